// the reference server killed with -9 under load; what it answered for is there, and every key still gives the same answer.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ClaimsClient, createClient } from '../src/client.ts';
import { BhxhError } from '../src/errors/bhxh-error.ts';
import { claimsTarget } from '../src/submission/index.ts';
import { randomFrom, smallClaim } from './fault-gateway.ts';
import { startFaultProxy } from './fault-proxy.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const kills = Number(process.env['BHXH_TEST_KILLS'] ?? (long ? 100 : 3));
const clients = 4;
/** Fifty a second together. */
const gap = (1_000 * clients) / 50;

let folder: string;
let server: ChildProcess | undefined;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-server-'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  server?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Ready {
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

async function start(port: number): Promise<Ready> {
  const child = fork(
    fileURLToPath(new URL('./serving-child.ts', import.meta.url)),
    [join(folder, 'server.sqlite'), String(port)],
    { execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'], silent: true },
  );
  server = child;
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('exit', () => reject(new Error('the server did not start')));
  });
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

it(
  'keeps what it answered for over every kill, and answers again as before',
  { timeout: long ? 7_200_000 : 180_000 },
  async () => {
    let ready = await start(0);
    const proxy = await startFaultProxy({ target: `http://127.0.0.1:${ready.port}`, seed: 301 });
    closing.push(() => proxy.close());
    const answered = new Map<number, string>();
    const repeated = new Set<number>();
    let next = 0;
    let over = false;
    const connect = (): ClaimsClient =>
      createClient({
        environment: 'mock',
        url: proxy.url,
        facility: '99001',
        credentials: ready,
        now: () => new Date(),
        timeLimits: { answer: 10_000 },
        retryPolicy: { attempts: 1 },
      });
    let client = connect();
    closing.push(() => client.close());
    const keyOf = (number: number): string => createHash('sha256').update(`key ${number}`).digest('hex');
    const send = async (number: number): Promise<string> =>
      (await client.sendClaim(smallClaim(number), { idempotencyKey: keyOf(number) })).maGiaoDich;

    const sending = Array.from({ length: clients }, async () => {
      while (!over) {
        const number = ++next;
        while (!answered.has(number)) {
          try {
            answered.set(number, await send(number));
          } catch (error) {
            if (!(error instanceof BhxhError)) throw error;
            // A demo account has another password after each start, and a refused login is not tried twice.
            if (error.category === 'auth') client = connect();
            repeated.add(number);
            await wait(gap);
          }
        }
        await wait(gap);
      }
    });
    const random = randomFrom(301);
    for (let kill = 0; kill < kills; kill++) {
      const before = answered.size;
      while (answered.size < before + 3) await wait(10);
      await wait(random() * 400);
      server!.kill('SIGKILL');
      ready = await start(ready.port);
    }
    over = true;
    await Promise.all(sending);

    const target = claimsTarget(client);
    const held = new Map<string, string>();
    for await (const { sha256, receipt } of target.list({})) held.set(sha256, receipt.id);
    expect(answered.size).toBe(next);
    for (const [number, id] of answered) {
      const sha256 = createHash('sha256').update(smallClaim(number)).digest('hex');
      expect(held.get(sha256), `claim ${number}`).toBe(id);
      expect(await send(number), `claim ${number}`).toBe(id);
    }
    const stored: string[] = [];
    for await (const { sha256 } of target.list({})) stored.push(sha256);
    expect(stored).toHaveLength(next);
    expect(new Set(stored).size).toBe(next);
    process.stdout.write(
      `X-03 ${kills} kills, ${answered.size} answered, ${repeated.size} of them after a repetition\n`,
    );
  },
);
