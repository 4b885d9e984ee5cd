// `bhxh listen`, `bhxh trigger` and the laboratory's other commands as processes beside a server in its own: what is triggered is
// forwarded signed, once more after a lost connection, and never twice under another id.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyWebhook, type Webhook } from '@bhxh/sdk/webhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bhxh, runBhxh, until, type Ended } from './bhxh-process.ts';

let home: string;
let readyFile: string;
let server: ChildProcess | undefined;
let receiver: Server;
let address: string;
const arrived: { readonly headers: Record<string, string | string[] | undefined>; readonly body: string }[] =
  [];

const run = (...words: string[]): Promise<Ended> =>
  runBhxh(words, { cwd: home, env: { PATH: process.env['PATH'], HOME: home } });
const control = (...words: string[]): Promise<Ended> => run(...words, '--ready-file', readyFile);

async function startServer(env: Readonly<Record<string, string>> = {}): Promise<void> {
  rmSync(readyFile, { force: true });
  server = spawn(process.execPath, [bhxh, 'mock', 'start', '--server-config', join(home, 'server.yaml')], {
    cwd: home,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: home, ...env },
  });
  await until(() => existsSync(readyFile));
}

async function stopServer(signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => server?.once('exit', resolve));
  server?.kill(signal);
  await gone;
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bhxh-listen-'));
  readyFile = join(home, 'ready.json');
  writeFileSync(join(home, 'audit.key'), 'seals the log of this test\n', { mode: 0o600 });
  writeFileSync(join(home, 'admin.key'), 'the admin key of this test\n', { mode: 0o600 });
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  writeFileSync(
    join(home, 'server.yaml'),
    `port: ${port}\nstore: server.db\ndemo: true\nreadyFile: ready.json\nlog: server.log\nauditKeyFile: audit.key\nadminKeyFile: admin.key\n`,
  );
  receiver = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      arrived.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  await startServer();
}, 120_000);
afterAll(async () => {
  server?.kill('SIGKILL');
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

test('what is triggered is forwarded signed and in order, and goes on behind the last event after the server was gone', async () => {
  const listener = spawn(
    process.execPath,
    [bhxh, 'listen', '--forward-to', address, '--ready-file', readyFile, '--format', 'json', '--lang', 'en'],
    { cwd: home, env: { PATH: process.env['PATH'], HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  listener.stdout.on('data', (piece: Buffer) => (said += piece.toString('utf8')));
  await until(() => said.includes('\n'));
  const { secret } = JSON.parse(said.slice(0, said.indexOf('\n'))) as { secret: string };

  const triggered = await control('trigger', 'claim.adjudicated');
  expect([triggered.status, triggered.stderr]).toEqual([0, '']);
  const id = /claim\.adjudicated {2}(\S+)/.exec(triggered.stdout)?.[1];
  await until(() => arrived.length >= 2);
  const read = (): Webhook[] =>
    arrived.map(({ headers, body }) =>
      verifyWebhook(headers, body, { secrets: [secret], now: () => new Date() }),
    );
  expect(read().map(({ type, data }) => [type, data['subject']])).toEqual([
    ['claim.received', id],
    ['claim.adjudicated', id],
  ]);

  await stopServer('SIGKILL');
  await startServer();
  expect((await control('trigger', 'lookup.locked')).status).toBe(0);
  await until(() => arrived.length >= 3);
  expect(read().at(-1)?.type).toBe('lookup.locked');
  expect(new Set(read().map((webhook) => webhook.id)).size).toBe(arrived.length);
  const ended = new Promise((resolve) => listener.once('exit', resolve));
  listener.kill('SIGINT');
  expect(await ended).toBe(130);
}, 180_000);

test('a dossier is triggered to its end by moving the clock, and the unit is told by SMS', async () => {
  const done = await control('trigger', 'dossier.completed');
  expect([done.status, done.stderr]).toEqual([0, '']);
  const outbox = await control('mock', 'outbox', '--format', 'json');
  const { notices } = JSON.parse(outbox.stdout) as { notices: { kind: string; recipient: string }[] };
  expect(notices.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['dossier.received', 'dossier.done', 'lookup.locked']),
  );
  expect(notices.every(({ recipient }) => recipient === null || recipient.includes('*'))).toBe(true);
  const sms = await control('mock', 'sms', 'TC THE DN4999900000000');
  expect(sms.stdout).toMatch(/^The DN4999900000000: gia tri su dung tu /);
  const names = await run('trigger');
  expect(names.stdout.split('\n')).toContain('claim.replaced');
  expect((await control('trigger', 'nonsense')).status).toBe(2);
}, 120_000);

test.each([
  'certificates.received',
  'certificates.accepted',
  'certificates.rejected',
  'payment.received',
  'payment.reversed',
  'payment.trace',
])(
  'what %s needs is done at the gateways, twice, and it happens to what is named',
  async (event) => {
    const { url, adminKey } = JSON.parse(readFileSync(readyFile, 'utf8')) as {
      url: string;
      adminKey: string;
    };
    const ids: unknown[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const ended = await control('trigger', event, '--format', 'json');
      expect([ended.status, ended.stderr]).toEqual([0, '']);
      ids.push((JSON.parse(ended.stdout) as { subject: string }).subject);
    }
    const answer = await fetch(`${url}/control/events?after=0&types=${event}`, {
      headers: { 'x-bhxh-admin-key': adminKey },
    });
    const { events } = (await answer.json()) as { events: { data: { subject: string } }[] };
    expect(events.map(({ data }) => data.subject)).toEqual(expect.arrayContaining(ids));
    expect(new Set(ids).size).toBe(2);
  },
  120_000,
);

test('calls are listed and sent again, a snapshot is taken and restored', async () => {
  const listed = await control('mock', 'requests', '--format', 'json');
  const { requests } = JSON.parse(listed.stdout) as { requests: { id: string; path: string }[] };
  const one = requests.find(({ path }) => path === '/declarations/v1/dossiers')!;
  const again = await control('mock', 'replay', one.id);
  expect(again.status).toBe(0);
  expect(again.stdout).toContain('/declarations/v1/dossiers');
  expect(again.stdout).toContain('authorization: ***');
  expect((await control('mock', 'snapshot', 'take', 'one')).stdout).toMatch(/^one {2}/);
  expect((await control('mock', 'snapshot', 'restore', 'one')).status).toBe(0);
  expect((await control('mock', 'snapshot', 'drop', 'one')).stdout).toBe('');
  expect((await control('mock', 'snapshot', 'take')).status).toBe(2);
}, 120_000);

test('the audit log is verified and shown, and a changed entry is found with its place', async () => {
  await stopServer('SIGTERM');
  const where = ['--store', join(home, 'server.db'), '--audit-key-file', join(home, 'audit.key')];
  const sound = await run('mock', 'audit', 'verify', ...where);
  expect([sound.status, sound.stderr]).toEqual([0, '']);
  const head = /--head (\d+:[0-9a-f]{64})/.exec(sound.stdout)?.[1] ?? '';
  const shown = await run('mock', 'audit', 'show', ...where);
  expect(shown.stdout).toContain('lookup.locked  99001');
  const { default: Libsql } = await import('libsql');
  const db = new Libsql(join(home, 'server.db'));
  db.exec("update audit_entry set actor = 'nobody' where place = 2");
  db.close();
  const damaged = await run('mock', 'audit', 'verify', ...where, '--head', head);
  expect(damaged.status).toBe(1);
  expect(damaged.stdout).toMatch(/^AUDIT_CHANGED {2}2$/m);
  expect((await run('mock', 'audit', 'verify', ...where, '--head', 'x')).status).toBe(2);
  const log = readFileSync(join(home, 'server.log'), 'utf8');
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(lines.some(({ event }) => event === 'request')).toBe(true);
  expect(log).not.toMatch(/DN4\d{12}|099\d{9}|admin key/);
}, 120_000);

test('a configuration is checked before anything starts, by the name of what is wrong', async () => {
  const start = async (content: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const path = join(home, 'wrong.yaml');
    writeFileSync(path, content);
    const ended = await runBhxh(['mock', 'start', '--server-config', path], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, ...env },
    });
    expect(ended.status, content).toBe(2);
    return ended.stderr;
  };
  expect(await start('prot: 8080\n')).toContain('prot');
  expect(await start('port: 99999\n')).toContain('port');
  expect(await start('rateLimit: fast\n')).toContain('rateLimit');
  expect(await start('timeLimit: 0:60\n')).toContain('timeLimit');
  expect(await start('mostConnections: 0\n')).toContain('mostConnections');
  expect(await start('tlsKeyFile: server.key\n')).toContain('tlsCertificateFile');
  expect(await start('- a list\n')).toContain('wrong.yaml');
  expect(await start('', { BHXH_MOCK_PORT: 'x' })).toContain('BHXH_MOCK');
  expect(await start('port: 0\n', { BHXH_MOCK_PROT: '1' })).toContain('BHXH_MOCK_PROT');
}, 120_000);
