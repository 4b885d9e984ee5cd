// The queue of many machines from the command line: the built command, a PostgreSQL of its own, the built server.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
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
import { buildDossier } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../mock-server/test/postgres.ts';
import { smallClaim } from '../../sdk/test/fault-gateway.ts';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const count = 24;
const unit = 'ZZ0001A';
const dossiers = 5;

let home: string;
let postgres: TestPostgres;
let server: ChildProcess;
let env: NodeJS.ProcessEnv;
let said = '';

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bhxh-worker-cli-'));
  postgres = await startPostgres();
  const readyFile = join(home, 'ready.json');
  server = spawn(process.execPath, [bhxh, 'mock', 'start', '--demo', '--ready-file', readyFile], {
    stdio: 'ignore',
  });
  while (!existsSync(readyFile)) await new Promise((resolve) => setTimeout(resolve, 20));
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as {
    url: string;
    accounts: {
      facility: string | null;
      username: string;
      password: string;
      units?: readonly string[];
    }[];
  };
  const employer = ready.accounts.find(({ units }) => units?.includes(unit))!;
  const accounts = ['99001', '99002'].map((code) =>
    ready.accounts.find(({ facility }) => facility === code)!,
  );
  const lines = accounts.map(
    ({ facility, username }) =>
      `  h${facility}: { environment: mock, url: '${ready.url}', facility: '${facility}', ` +
      `username: '${username}', passwordEnv: PASSWORD_${facility} }`,
  );
  lines.push(
    `  employer: { environment: mock, url: '${ready.url}', facility: '${unit}', unit: '${unit}', ` +
      `username: '${employer.username}', passwordEnv: PASSWORD_EMPLOYER }`,
  );
  writeFileSync(join(home, 'bhxh.config.yaml'), `accounts:\n${lines.join('\n')}\n`);
  mkdirSync(join(home, 'dossiers'));
  for (let month = 1; month <= dossiers; month++)
    writeFileSync(join(home, 'dossiers', `${month}.xml`), await dossierOf(month));
  for (const { facility } of accounts) {
    mkdirSync(join(home, facility!));
    for (let number = 1; number <= count; number++) {
      const text = smallClaim(number).toString('utf8').replaceAll('99001', facility!);
      writeFileSync(join(home, facility!, `${number}.xml`), text);
    }
  }
  env = {
    ...process.env,
    BHXH_STATE_HOME: join(home, 'state'),
    BHXH_JOURNAL: `${postgres.address}?schema=night`,
    PASSWORD_EMPLOYER: employer.password,
    ...Object.fromEntries(accounts.map(({ facility, password }) => [`PASSWORD_${facility}`, password])),
  };
}, 180_000);
afterAll(async () => {
  server?.kill();
  await postgres?.stop();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

function dossierOf(month: number): Promise<Uint8Array> {
  return buildDossier(openSpecifications(undefined, { overlay: 'synthetic' }), {
    provider: { MaIVAN: '99999', TenIVAN: 'Provider' },
    unit: { MaSoBHXH: unit, CoQuanQuanLy: '09901' },
    dossier: {
      TenThuTuc: 'a',
      MaThuTuc: '600',
      KyKeKhai: `0${month}/2026`,
      NgayLap: `10/0${month}/2026`,
    },
    forms: [],
    attachments: [],
  });
}

function run(...words: string[]): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...words], {
    cwd: home,
    env,
    encoding: 'utf8',
  });
  said += stdout + stderr;
  return { code: status, out: stdout };
}

function json(...words: string[]): { code: number | null; result: Record<string, unknown> } {
  const { code, out } = run(...words, '--format', 'json');
  return { code, result: JSON.parse(out) as Record<string, unknown> };
}

function startWorker(...words: string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; out: string }>;
} {
  const child = spawn(process.execPath, [bhxh, 'worker', 'run', '--format', 'json', ...words], {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout!.on('data', (piece) => (out += piece));
  child.stderr!.on('data', (piece) => (said += piece));
  const ended = new Promise<{ code: number | null; out: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out })),
  );
  return { child, ended };
}

test(
  'documents are queued once, sent by two workers, and every receipt is kept',
  { timeout: 240_000 },
  async () => {
    const added = json('queue', 'add', '99001', '--account', 'h99001');
    expect(added).toMatchObject({ code: 0, result: { counts: { planned: count, skipped: 0, refused: 0 } } });
    expect(json('queue', 'add', '99001', '--account', 'h99001').result).toMatchObject({
      counts: { planned: 0, skipped: count },
    });
    // A claim of another facility is not this account's to send.
    expect(json('queue', 'add', '99002', '--account', 'h99001')).toMatchObject({
      code: 6,
      result: { counts: { refused: count } },
    });
    // A group's folder goes to the accounts of its facilities; of one it is known already.
    expect(json('queue', 'add', '99001', '99002', '--facilities', '99001,99002')).toMatchObject({
      code: 0,
      result: { counts: { planned: count, skipped: count, refused: 0 } },
    });
    expect(run('queue', 'add', '99002', '--account', 'h99002', '--lang', 'en').out).toContain(
      `0 queued, ${count} `,
    );
    // What is queued no longer needs its files.
    rmSync(join(home, '99001'), { recursive: true });

    expect(json('worker', 'status').result).toMatchObject({ counts: { planned: 2 * count }, writers: [] });
    const workers = [startWorker('--until-empty'), startWorker('--until-empty', '--facilities', '99001')];
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const sent = ends.map(
      ({ out }) => (JSON.parse(out) as { counts: { accepted?: number } }).counts.accepted ?? 0,
    );
    expect(sent[0]! + sent[1]!).toBe(2 * count);

    const status = json('worker', 'status').result as { counts: { accepted: number }; writers: unknown[] };
    expect(status.counts.accepted).toBe(2 * count);
    expect(status.writers).toHaveLength(2);
    expect(run('worker', 'status', '--lang', 'vi').out).toContain('mock/99002');
    expect(json('journal', 'show', '--limit', '3').result).toMatchObject({ counts: { accepted: 2 * count } });
    expect(json('journal', 'verify')).toMatchObject({ code: 0, result: { sound: true, items: 2 * count } });
    expect(run('receipts', '--out', 'bytes').code).toBe(0);
    expect(readdirSync(join(home, 'bytes'))).toHaveLength(2 * count);
    expect(json('journal', 'repair')).toMatchObject({ code: 0, result: { items: 2 * count, unknown: 0 } });
  },
);

test(
  'the dossiers of an employer go through the same queue and the same worker, each once',
  { timeout: 240_000 },
  async () => {
    const before = (json('worker', 'status').result as { counts: { accepted: number } }).counts.accepted;
    for (const fresh of [dossiers, 0])
      expect(json('queue', 'add', 'dossiers', '--account', 'employer')).toMatchObject({
        code: 0,
        result: { counts: { planned: fresh, skipped: dossiers - fresh, refused: 0 } },
      });
    // A dossier is no claim: a hospital's account does not take it.
    expect(json('queue', 'add', 'dossiers', '--account', 'h99001')).toMatchObject({
      code: 6,
      result: { counts: { refused: dossiers } },
    });
    const { code, out } = await startWorker('--until-empty').ended;
    expect(code, said).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ counts: { accepted: dossiers } });
    expect(json('worker', 'status').result).toMatchObject({ counts: { accepted: before + dossiers } });
    expect(run('worker', 'status', '--lang', 'en').out).toContain(`mock/${unit}`);
  },
);

test(
  'a worker that is interrupted ends with 130 and leaves nothing half done',
  { timeout: 120_000 },
  async () => {
    const { child, ended } = startWorker();
    const alive = (): boolean =>
      (json('worker', 'status').result as { writers: { state: string; pid: number }[] }).writers.some(
        ({ state, pid }) => state === 'alive' && pid === child.pid,
      );
    while (!alive());
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ schema: 'bhxh-worker/1', counts: {} });
    expect(alive()).toBe(false);
  },
);

test('commands say what is missing, and never the password of the database', { timeout: 60_000 }, () => {
  const { BHXH_JOURNAL: _address, ...without } = env;
  const missing = spawnSync(process.execPath, [bhxh, 'worker', 'status', '--lang', 'en'], {
    cwd: home,
    env: without,
    encoding: 'utf8',
  });
  expect(missing.status).toBe(2);
  expect(missing.stderr).toContain('--journal');
  const nowhere = run('worker', 'status', '--journal', 'postgres://someone:test-only@127.0.0.1:1/none');
  expect(nowhere.code).toBe(5);
  expect(run('worker', 'run', '--facilities', '99099').code).toBe(2);
  expect(said).not.toContain('test-only');
});
