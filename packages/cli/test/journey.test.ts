// The built command against the built server over a socket, as a hospital would use them.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');

interface Ready {
  readonly url: string;
  readonly accounts: readonly {
    readonly facility: string | null;
    readonly username: string;
    readonly password: string;
  }[];
  readonly keys: readonly { readonly facility: string; readonly ref: string; readonly pinFile: string }[];
  readonly trust: readonly string[];
}

let folder: string;
let server: ChildProcess;
let ready: Ready;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-journey-'));
  const readyFile = join(folder, 'ready.json');
  server = spawn(process.execPath, [bhxh, 'mock', 'start', '--demo', '--ready-file', readyFile], {
    stdio: 'ignore',
  });
  for (let waited = 0; !existsSync(readyFile); waited += 50) {
    if (waited > 30_000) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
}, 60_000);

afterAll(() => {
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const account = ready.accounts.find(({ facility }) => facility === '99001');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...args, '--lang', 'en'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      BHXH_URL: ready.url,
      BHXH_FACILITY: '99001',
      BHXH_USERNAME: account?.username,
      BHXH_PASSWORD: account?.password,
    },
  });
  return { status, stdout, stderr };
}

const key = (): string[] => {
  const own = ready.keys.find(({ facility }) => facility === '99001');
  return ['--key', own?.ref ?? '', '--pin-file', own?.pinFile ?? ''];
};

test('claims go from generation to adjudication', async () => {
  expect(run('generate', 'claims', '--count', '5', '--seed', '11', '--out', 'claims').status).toBe(0);
  expect(run('validate', 'claims').status).toBe(0);

  const signed = run('sign', 'claims', ...key(), '--out', 'signed');
  expect(signed.status, signed.stderr).toBe(0);
  expect(readdirSync(join(folder, 'signed'))).toHaveLength(5);
  expect(run('sign', 'claims', ...key(), '--out', 'signed').status).toBe(2);

  const verified = run('verify', 'signed', '--trust', ready.trust[0] ?? '', '--format', 'json');
  expect(verified.status, verified.stdout).toBe(0);
  expect(run('verify', 'signed').status, 'without a root nothing is trusted').toBe(1);
  expect(run('validate', 'signed', '--require-signature').status).toBe(0);
  expect(run('validate', 'claims', '--require-signature').status).toBe(1);

  const dry = run('submit', 'signed', '--dry-run', '--format', 'json');
  expect(dry.status, dry.stderr).toBe(0);
  const sent = run('submit', 'signed', '--format', 'json');
  expect(sent.status, sent.stderr).toBe(0);
  const { items } = JSON.parse(sent.stdout) as { items: { state: string; receipt: { id: string } | null }[] };
  expect(items).toHaveLength(5);
  expect(
    items.every(({ state, receipt }) => ['accepted', 'confirmed'].includes(state) && receipt !== null),
  ).toBe(true);

  const again = run('submit', 'signed', '--format', 'json');
  expect(again.status, again.stderr).toBe(0);
  const repeated = JSON.parse(again.stdout) as { items: { receipt: { id: string } | null }[] };
  expect(repeated.items.map(({ receipt }) => receipt?.id).sort()).toEqual(
    items.map(({ receipt }) => receipt?.id).sort(),
  );

  await expect
    .poll(
      () => {
        const { claims } = JSON.parse(run('status', '--format', 'json').stdout) as {
          claims: { state: string }[];
        };
        return claims.map(({ state }) => state);
      },
      { timeout: 20_000 },
    )
    .toEqual(Array.from({ length: 5 }, () => 'adjudicated'));
}, 120_000);

test('documents are validated, signed and sent in one pass, and what is wrong stays here', () => {
  expect(run('generate', 'claims', '--count', '3', '--seed', '12', '--out', 'more').status).toBe(0);
  const [first = ''] = readdirSync(join(folder, 'more'));
  const path = join(folder, 'more', first);
  const text = readFileSync(path, 'utf8')
    .replace(/<NGAYLAP>[^<]*<\/NGAYLAP>/, '<NGAYLAP>20250230</NGAYLAP>')
    .replace('<HOSO>', '<HOSO><X/>');
  writeFileSync(path, text);
  const own = ready.keys.find(({ facility }) => facility === '99001');
  const sent = run(
    'submit',
    'more',
    '--sign-with',
    own?.ref ?? '',
    '--pin-file',
    own?.pinFile ?? '',
    '--format',
    'json',
  );
  const { items } = JSON.parse(sent.stdout) as { items: { state: string; where: string | null }[] };
  expect(items.filter(({ state }) => state === 'refused')).toMatchObject([{ where: 'local' }]);
  expect(items.filter(({ state }) => state === 'accepted' || state === 'confirmed')).toHaveLength(2);
  expect(sent.status).toBe(1);
}, 60_000);

test('a wrong password is an authentication failure and nothing is lost', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [bhxh, 'submit', 'signed', '--journal', join(folder, 'other.journal'), '--lang', 'en'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        BHXH_URL: ready.url,
        BHXH_FACILITY: '99001',
        BHXH_USERNAME: '99001_BV',
        BHXH_PASSWORD: 'wrong',
      },
    },
  );
  expect(status === 4 || status === 7, stderr).toBe(true);
  expect(stderr).not.toContain('wrong"');
});

test('an unreachable gateway leaves the work for later', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      bhxh,
      'submit',
      'signed',
      '--url',
      'http://127.0.0.1:9',
      '--journal',
      join(folder, 'third.journal'),
      '--lang',
      'en',
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        BHXH_FACILITY: '99001',
        BHXH_USERNAME: '99001_BV',
        BHXH_PASSWORD: 'x',
      },
    },
  );
  expect(status, stderr).toBe(5);
  expect(stderr).toContain('--resume');
});

test('a file from the last day of 2024 and one from 2025 are judged by their own standard, and explain says why', () => {
  for (const [date, ruleset] of [
    ['2024-12-31', 'qd4750-2023'],
    ['2025-01-02', 'qd3176-2024'],
  ] as const) {
    expect(run('generate', 'claims', '--count', '1', '--date', date, '--out', date).status).toBe(0);
    const [name = ''] = readdirSync(join(folder, date));
    const explained = run('explain', join(date, name));
    expect(explained.status, explained.stderr).toBe(0);
    expect(explained.stdout).toContain(`Standard ${ruleset}`);
    expect(explained.stdout).toMatch(/Legal basis: .*QĐ-BYT/);
  }
});

test('the demo prints its whole journey', () => {
  const demo = run('demo');
  expect(demo.status, demo.stdout + demo.stderr).toBe(0);
  expect(demo.stdout).toMatch(
    /Generated[\s\S]*Validated[\s\S]*vi:[\s\S]*en:[\s\S]*PKCS#12[\s\S]*maGiaoDich[\s\S]*Adjudicated[\s\S]*total/,
  );
}, 60_000);
