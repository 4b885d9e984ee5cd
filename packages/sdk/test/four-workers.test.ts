// Four worker processes on one PostgreSQL and a faulty line to the reference server; two are killed with -9 and the
// database is restarted under them.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ItemToAdd, openJournal, readSharedStatus, verifyJournal } from '../src/submission/index.ts';
import { startPostgres, type TestPostgres } from '../../mock-server/test/postgres.ts';
import { randomFrom, smallClaim } from './fault-gateway.ts';
import { startFaultProxy } from './fault-proxy.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const total = Number(process.env['BHXH_TEST_FILES'] ?? (long ? 20_000 : 200));
const seed = Number(process.env['BHXH_TEST_SEED'] ?? 404);
/** Milliseconds between two moments of the run at most. */
const patience = long ? 1_200_000 : 60_000;
const facilities = ['99001', '99002', '99011'];
const faults = {
  unavailable: 0.05,
  timeoutAfterCommit: 0.01,
  resetBeforeCommit: 0.005,
  resetAfterCommit: 0.005,
  truncated: 0.01,
};

let folder: string;
let postgres: TestPostgres;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-workers-'));
  postgres = await startPostgres();
  closing = [() => postgres.stop()];
}, 120_000);
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

function claim(number: number): ItemToAdd {
  const facility = facilities[number % facilities.length]!;
  const bytes = Buffer.from(smallClaim(number, 2000).toString('utf8').replaceAll('99001', facility));
  return {
    sender: `mock/${facility}`,
    kind: 'claim',
    route: 'claim:3176',
    key: `LK${String(number).padStart(6, '0')}`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    path: `${number}.xml`,
    bytes,
  };
}

interface Ending {
  readonly reason: string;
  readonly code?: string;
  readonly items: number;
}

interface Working {
  readonly child: ChildProcess;
  readonly begun: Promise<unknown>;
  readonly ended: Promise<Ending | null>;
}

function startWorker(words: readonly string[], accounts: unknown): Working {
  const child = fork(fileURLToPath(new URL('./working-child.ts', import.meta.url)), words, {
    execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'],
    env: { ...process.env, BHXH_TEST_ACCOUNTS: JSON.stringify(accounts) },
    silent: true,
  });
  closing.push(async () => void child.kill('SIGKILL'));
  let text = '';
  let errors = '';
  child.stdout!.on('data', (piece) => (text += piece));
  child.stderr!.on('data', (piece) => (errors += piece));
  const ended = new Promise<Ending | null>((resolve, reject) => {
    child.once('close', (code) => {
      if (text.startsWith('{')) resolve(JSON.parse(text) as Ending);
      else if (code === null) resolve(null);
      else reject(new Error(`a worker ended with ${code}: ${errors.slice(0, 2000)}`));
    });
  });
  // One that ends before its first item has begun as well.
  const begun = Promise.race([new Promise((resolve) => child.once('message', resolve)), ended]);
  return { child, begun, ended };
}

/**
 * Waits for a moment of the run; those that shall be at work by then must not have ended. Where nothing moves for so long
 * that it never will, `standing` says how things stand.
 */
async function until(
  condition: () => boolean,
  atWork: readonly Working[],
  standing: () => Promise<unknown>,
): Promise<void> {
  const begun = performance.now();
  let ended: string | undefined;
  for (const worker of atWork) {
    worker.ended.then(
      (end) => (ended = JSON.stringify(end)),
      (error: unknown) => (ended = String(error)),
    );
  }
  while (!condition()) {
    if (ended !== undefined) throw new Error(`a worker ended too early: ${ended}`);
    if (performance.now() - begun > patience)
      throw new Error(`the work stands still: ${JSON.stringify(await standing())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('four workers on one PostgreSQL', () => {
  it(
    'lose nothing and double nothing when two of them are killed and the database is restarted',
    { timeout: long ? 3_600_000 : 300_000 },
    async () => {
      const server = await createServer({
        store: join(folder, 'server.sqlite'),
        demo: true,
        signaturesFrom: null,
      });
      const host = await startNodeServer(server);
      const proxy = await startFaultProxy({ target: host.url, seed, faults, withoutKeys: true });
      closing.push(
        () => host.close(),
        () => proxy.close(),
      );
      const accounts = Object.fromEntries(server.accounts.map((account) => [account.facility, account]));

      const path = `${postgres.address}?schema=night`;
      const keyFile = join(folder, 'key');
      const state = join(folder, 'state');
      const env = { BHXH_STATE_HOME: state };
      const now = (): Date => new Date();
      const queue = await openJournal({ path, keyFile, env, now, role: 'queue' });
      const input = new Set<string>();
      for (let at = 0; at < total; at += 200) {
        const batch = Array.from({ length: Math.min(200, total - at) }, (_unused, n) => claim(at + n));
        for (const { sha256 } of batch) input.add(sha256);
        await queue.add(batch);
      }
      await queue.close();

      const started = Date.now();
      const words = [
        path,
        proxy.url,
        keyFile,
        state,
        facilities.join(','),
        ...(long ? ['5000', '15000'] : ['2000', '3000']),
      ];
      const workers = [1, 2, 3, 4].map(() => startWorker(words, accounts));
      const random = randomFrom(seed);
      const within = (from: number, to: number): number =>
        Math.floor(total * (from + random() * (to - from)));
      const points = { first: within(0.05, 0.25), restart: within(0.3, 0.5), second: within(0.55, 0.8) };
      await Promise.all(workers.map(({ begun }) => begun));
      const standing = async (): Promise<unknown> => ({
        passed: proxy.passed.length,
        uploads: proxy.uploads,
        injected: proxy.injected,
        status: await readSharedStatus(path, now),
      });
      await until(() => proxy.passed.length >= points.first, workers, standing);
      workers[0]!.child.kill('SIGKILL');
      await until(() => proxy.passed.length >= points.restart, workers.slice(1), standing);
      await postgres.restart();
      await until(() => proxy.passed.length >= points.second, workers.slice(1), standing);
      workers[1]!.child.kill('SIGKILL');

      expect(await workers[0]!.ended).toBeNull();
      expect(await workers[1]!.ended).toBeNull();
      let atWork = 2;
      for (const { ended } of workers.slice(2)) void ended.finally(() => atWork--).catch(() => undefined);
      await until(() => atWork === 0, [], standing);
      const ends = [await workers[2]!.ended, await workers[3]!.ended];
      expect(ends.map((end) => end?.reason)).toEqual(['empty', 'empty']);

      const rows = await server.store.read.selectFrom('submission').select('sha256').execute();
      const stored = rows.map(({ sha256 }) => sha256);
      expect(new Set(stored)).toEqual(input);
      expect(stored).toHaveLength(total);
      expect(new Set(proxy.passed)).toEqual(input);
      expect(proxy.passed).toHaveLength(total);
      const verdict = await verifyJournal(path);
      expect(verdict).toMatchObject({ sound: true, damage: null, items: total });
      expect(verdict.counts!.accepted + verdict.counts!.confirmed).toBe(total);
      const status = await readSharedStatus(path, now);
      expect(status.writers.filter(({ role }) => role === 'worker').length).toBeGreaterThanOrEqual(4);
      process.stdout.write(
        `four workers: ${total} items, 0 lost, 0 doubled, ${proxy.uploads} uploads, ${Date.now() - started} ms, ` +
          `kills at ${points.first} and ${points.second}, restart at ${points.restart}, ` +
          `${JSON.stringify(proxy.injected)}, ${JSON.stringify(verdict.counts)}\n`,
      );
    },
  );
});
