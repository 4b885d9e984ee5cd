// Options of `bhxh submit` with real processes: the built command, a proxy that counts, the built server.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { smallClaim } from '../../sdk/test/fault-gateway.ts';
import { type FaultProxy, startFaultProxy } from '../../sdk/test/fault-proxy.ts';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');

let home: string;
let server: ChildProcess;
let account: { readonly username: string; readonly password: string };
let target: string;
let folder: string;
let proxy: FaultProxy;
let numbered = 0;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bhxh-submit-'));
  const readyFile = join(home, 'ready.json');
  server = spawn(process.execPath, [bhxh, 'mock', 'start', '--demo', '--ready-file', readyFile], {
    stdio: 'ignore',
  });
  await until(() => existsSync(readyFile));
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as {
    url: string;
    accounts: { facility: string | null; username: string; password: string }[];
  };
  target = ready.url;
  account = ready.accounts.find(({ facility }) => facility === '99001')!;
}, 60_000);
afterAll(() => {
  server.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(home, 'case-'));
  proxy = await startFaultProxy({ target, seed: 1 });
});
afterEach(() => proxy.close());

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 40_000) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Claims with bytes that no other test of this file has. */
function writeClaims(to: string, count: number): string[] {
  mkdirSync(to, { recursive: true });
  return Array.from({ length: count }, (_, at) => {
    const path = join(to, `${String(at + 1).padStart(3, '0')}.xml`);
    writeFileSync(path, smallClaim(++numbered, 200));
    return path;
  });
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function surroundings(): { cwd: string; env: NodeJS.ProcessEnv } {
  return {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      BHXH_URL: proxy.url,
      BHXH_FACILITY: '99001',
      BHXH_USERNAME: account.username,
      BHXH_PASSWORD: account.password,
    },
  };
}

function start(
  words: readonly string[],
  input = '',
): { readonly process: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [bhxh, ...words, '--lang', 'en'], surroundings());
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (status) => resolve({ status, stdout, stderr })),
  );
  return { process: child, ended };
}

const run = (words: readonly string[], input?: string): Promise<Ended> => start(words, input).ended;

function statesOf(stdout: string): string[] {
  return (JSON.parse(stdout) as { items: { state: string }[] }).items.map(({ state }) => state).sort();
}

function journalIsSound(): void {
  const verified = spawnSync(process.execPath, [bhxh, 'journal', 'verify'], {
    ...surroundings(),
    encoding: 'utf8',
  });
  expect(verified.status, verified.stdout + verified.stderr).toBe(0);
}

describe('input', () => {
  test('a list on standard input names files line by line, as text or JSON', async () => {
    const [first = '', second = '', third = ''] = writeClaims(join(folder, 'in'), 3);
    const list = `${first}\r\n\n${JSON.stringify({ path: second, ward: 'K01' })}\n${third}`;
    const sent = await run(['submit', '--list', '-', '--format', 'json'], list);
    expect(sent.status, sent.stderr).toBe(0);
    expect(statesOf(sent.stdout)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(proxy.passed).toHaveLength(3);
  });

  test('a list in a file may name what is not there, and the rest is sent', async () => {
    const [first = ''] = writeClaims(join(folder, 'in'), 1);
    writeFileSync(join(folder, 'list.txt'), `gone.xml\n${first}\n`);
    const sent = await run(['submit', '--list', 'list.txt', '--format', 'json']);
    expect(sent.status, sent.stderr).toBe(0);
    expect(sent.stderr).toContain('gone.xml: no such file');
    expect(proxy.passed).toHaveLength(1);
  });

  test('a JSON line without a path is wrong usage and names its line', async () => {
    const sent = await run(['submit', '--list', '-'], '\n{"file": "x.xml"}\n');
    expect(sent.status).toBe(2);
    expect(sent.stderr).toContain('#2');
  });
});

describe('limits', () => {
  test('--max-rate spaces the calls', async () => {
    writeClaims(join(folder, 'in'), 8);
    const begun = performance.now();
    const sent = await run(['submit', 'in', '--max-rate', '4']);
    expect(sent.status, sent.stderr).toBe(0);
    // Eight uploads, one login and the question what is offered: nine waits of a quarter of a second.
    expect(performance.now() - begun).toBeGreaterThan(2_000);
  });

  test('--until in the past begins nothing and leaves all for --resume', async () => {
    writeClaims(join(folder, 'in'), 2);
    const stopped = await run(['submit', 'in', '--until', '2020-01-01T00:00', '--format', 'json']);
    expect(stopped.status, stopped.stderr).toBe(7);
    expect(statesOf(stopped.stdout)).toEqual(['planned', 'planned']);
    expect(proxy.uploads).toBe(0);
    const resumed = await run(['submit', '--resume', '--until', '2020-01-01T00:00']);
    expect(resumed.status, 'work is left although nothing moved').toBe(7);
    expect((await run(['submit', '--resume'])).status).toBe(0);
    expect(proxy.passed).toHaveLength(2);
  });

  test('--until that is no time is wrong usage', async () => {
    const sent = await run(['submit', 'in', '--until', '25:00']);
    expect(sent.status).toBe(2);
    expect(sent.stderr).toContain('--until');
  });

  test('--stop-on ends after so many rejections', async () => {
    writeClaims(join(folder, 'in'), 6);
    for (const name of readdirSync(join(folder, 'in'))) {
      const path = join(folder, 'in', name);
      const text = readFileSync(path, 'utf8');
      const inner = /<NOIDUNGFILE>([^<]*)</.exec(text)?.[1] ?? '';
      const table = Buffer.from(inner, 'base64')
        .toString('utf8')
        .replace(/LK(\d+)/, 'SCENARIO.bad-format.$1');
      writeFileSync(path, text.replace(inner, Buffer.from(table).toString('base64')));
    }
    const sent = await run(['submit', 'in', '--stop-on', '2', '--concurrency', '1', '--format', 'json']);
    expect(statesOf(sent.stdout)).toEqual([
      'planned',
      'planned',
      'planned',
      'planned',
      'rejected',
      'rejected',
    ]);
    expect(sent.status).toBe(7);
  });
});

describe('an interruption', () => {
  test('Ctrl-C lets what is on its way finish, and --resume sends the rest once', async () => {
    await proxy.close();
    proxy = await startFaultProxy({ target, seed: 1, delay: 300 });
    writeClaims(join(folder, 'in'), 20);
    const submitting = start(['submit', 'in', '--concurrency', '4', '--format', 'json']);
    await until(() => proxy.uploads >= 6);
    submitting.process.kill('SIGINT');
    const stopped = await submitting.ended;
    expect(stopped.status, stopped.stderr).toBe(130);
    const states = statesOf(stopped.stdout);
    expect(states.filter((state) => state === 'accepted')).toHaveLength(proxy.passed.length);
    expect(new Set(states)).toEqual(new Set(['accepted', 'planned']));
    journalIsSound();
    const resumed = await run(['submit', '--resume']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(proxy.passed).toHaveLength(20);
    expect(new Set(proxy.passed).size).toBe(20);
  }, 60_000);

  test('a second Ctrl-C ends at once, the journal is sound, and nothing is sent twice', async () => {
    await proxy.close();
    proxy = await startFaultProxy({ target, seed: 1, delay: 1_500 });
    writeClaims(join(folder, 'in'), 6);
    const submitting = start(['submit', 'in', '--concurrency', '3']);
    await until(() => proxy.uploads >= 3);
    submitting.process.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 150));
    const begun = performance.now();
    submitting.process.kill('SIGINT');
    const stopped = await submitting.ended;
    expect(stopped.status, stopped.stderr).toBe(130);
    expect(performance.now() - begun).toBeLessThan(1_300);
    journalIsSound();
    await until(() => proxy.passed.length >= 3);
    const resumed = await run(['submit', '--resume']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(proxy.passed).toHaveLength(6);
    expect(new Set(proxy.passed).size).toBe(6);
  }, 60_000);
});

describe('X-08: two processes and one journal', () => {
  test('one works, the other says that the journal is in use and ends with 2', async () => {
    await proxy.close();
    proxy = await startFaultProxy({ target, seed: 1, delay: 200 });
    const rounds = process.env['BHXH_TEST_LONG'] === '1' ? 50 : 2;
    for (let round = 1; round <= rounds; round++) {
      const sent = proxy.passed.length;
      writeClaims(join(folder, `in-${round}`), 10);
      const both = [1, 2].map(() => start(['submit', `in-${round}`, '--concurrency', '2']));
      const ends = await Promise.all(both.map(({ ended }) => ended));
      expect(ends.map(({ status }) => status).sort(), ends.map(({ stderr }) => stderr).join('')).toEqual([
        0, 2,
      ]);
      expect(ends.find(({ status }) => status === 2)?.stderr).toContain('ERR_JOURNAL_BUSY');
      expect(proxy.passed).toHaveLength(sent + 10);
    }
    expect(new Set(proxy.passed).size).toBe(proxy.passed.length);
    journalIsSound();
  }, 600_000);

  test('a lock that a killed process left is taken over', async () => {
    await proxy.close();
    proxy = await startFaultProxy({ target, seed: 1, delay: 200 });
    writeClaims(join(folder, 'in'), 8);
    const killed = start(['submit', 'in', '--concurrency', '2']);
    await until(() => proxy.uploads >= 3);
    killed.process.kill('SIGKILL');
    await killed.ended;
    await until(() => proxy.passed.length >= proxy.uploads);
    const resumed = await run(['submit', 'in']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(proxy.passed).toHaveLength(8);
    journalIsSound();
  }, 60_000);
});

describe('a watched folder', () => {
  test('sends what has settled, moves it, and keeps what is still being written', async () => {
    const inbox = join(folder, 'inbox');
    writeClaims(join(folder, 'made'), 3);
    writeClaims(inbox, 2);
    writeFileSync(join(inbox, 'broken.xml'), '<GIAMDINHHS>');
    writeFileSync(join(inbox, 'notes.txt'), 'not a document');
    const watching = start(['submit', '--watch', 'inbox']);
    let grown = 0;
    const writing = setInterval(() => writeFileSync(join(inbox, 'growing.xml'), 'x'.repeat(++grown)), 200);
    try {
      await until(() => existsSync(join(inbox, 'done', '002.xml')));
      await until(() => existsSync(join(inbox, 'rejected', 'broken.xml')));
      // The same name again, with other bytes: nothing in `done` is overwritten.
      copyFileSync(join(folder, 'made', '003.xml'), join(inbox, '001.xml'));
      await until(() => readdirSync(join(inbox, 'done')).length === 3);
      expect(existsSync(join(inbox, 'growing.xml'))).toBe(true);
    } finally {
      clearInterval(writing);
    }
    watching.process.kill('SIGINT');
    const stopped = await watching.ended;
    expect(stopped.status, stopped.stderr).toBe(130);
    expect(readdirSync(join(inbox, 'done')).filter((name) => name.startsWith('001'))).toHaveLength(2);
    expect(readdirSync(inbox)).toContain('notes.txt');
    expect(proxy.passed).toHaveLength(3);
    journalIsSound();
  }, 60_000);

  test('a document whose outcome is not known stays, and a later watch moves it without sending it again', async () => {
    const inbox = join(folder, 'inbox');
    const [path = ''] = writeClaims(inbox, 1);
    proxy.partition(true);
    const stopped = await run([
      'submit',
      '--watch',
      'inbox',
      '--until',
      new Date(Date.now() + 4_000).toISOString().slice(0, 19) + 'Z',
    ]);
    expect(stopped.status, stopped.stderr).toBe(5);
    expect(existsSync(path)).toBe(true);
    proxy.partition(false);
    expect((await run(['submit', '--resume'])).status).toBe(0);
    const watching = start(['submit', '--watch', 'inbox']);
    await until(() => existsSync(join(inbox, 'done', '001.xml')));
    watching.process.kill('SIGTERM');
    expect((await watching.ended).status).toBe(130);
    expect(proxy.passed).toHaveLength(1);
  }, 60_000);
});
