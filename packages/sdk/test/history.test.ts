// what clients saw against what the server holds, with faults on; and servers that must be found out.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../src/client.ts';
import { BhxhError } from '../src/errors/bhxh-error.ts';
import { randomFrom, smallClaim } from './fault-gateway.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { checkHistory, type Operation } from './history-checker.ts';
import { type KeyedStoreServer, type Mutation, startKeyedStoreServer } from './keyed-store-server.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const patience = long ? 7_200_000 : 60_000;
const clients = 8;

let folder: string;
let closing: (() => Promise<unknown>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-history-'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

describe('the checker', () => {
  it('names each anomaly and nothing else', () => {
    const history: Operation[] = [
      { document: 'a', outcome: 'ok' },
      { document: 'b', outcome: 'ok' },
      { document: 'c', outcome: 'fail' },
      { document: 'd', outcome: 'info' },
      { document: 'e', outcome: 'info' },
      { document: 'f', outcome: 'fail' },
      { document: 'f', outcome: 'ok' },
    ];
    expect(checkHistory(history, ['a', 'c', 'd', 'd', 'f', 'x'])).toEqual([
      { kind: 'lost', document: 'b' },
      { kind: 'failed-but-stored', document: 'c' },
      { kind: 'doubled', document: 'd' },
      { kind: 'phantom', document: 'x' },
    ]);
    expect(checkHistory(history.slice(3, 5), ['d'])).toEqual([]);
  });
});

describe('X-07: the reference server behind a faulty line', () => {
  it('eight clients see nothing that the server does not hold', { timeout: patience }, async () => {
    // A run by hand may choose its own size.
    const operations = Number(process.env['BHXH_TEST_OPERATIONS'] ?? (long ? 100_000 : 240));
    const server = await createServer({
      store: join(folder, 'server.sqlite'),
      demo: true,
      signaturesFrom: null,
    });
    const host = await startNodeServer(server);
    const proxy = await startFaultProxy({
      target: host.url,
      seed: 107,
      faults: {
        unavailable: 0.05,
        timeoutAfterCommit: 0.005,
        resetBeforeCommit: 0.02,
        resetAfterCommit: 0.02,
        truncated: 0.02,
        garbage: 0.02,
        slowDrip: 0.01,
        reordered: 0.1,
      },
    });
    closing.push(
      () => host.close(),
      () => proxy.close(),
    );
    const account = server.accounts.find(({ facility }) => facility === '99001')!;
    const history: Operation[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: clients }, async () => {
        const client = createClient({
          environment: 'mock',
          url: proxy.url,
          facility: '99001',
          credentials: account,
          now: () => new Date(),
          timeLimits: { answer: 3_000 },
          retryPolicy: { attempts: 1 },
        });
        while (next < operations) {
          const bytes = smallClaim(++next);
          const document = createHash('sha256').update(bytes).digest('hex');
          try {
            await client.sendClaim(bytes);
            history.push({ document, outcome: 'ok' });
          } catch (error) {
            if (!(error instanceof BhxhError)) throw error;
            history.push({ document, outcome: error.category === 'unknown-outcome' ? 'info' : 'fail' });
          }
        }
        await client.close();
      }),
    );
    const rows = await server.store.read.selectFrom('submission').select('sha256').execute();
    const outcomes = { ok: 0, fail: 0, info: 0 };
    for (const { outcome } of history) outcomes[outcome]++;
    process.stdout.write(`X-07 ${history.length} operations, ${JSON.stringify(outcomes)}\n`);
    expect(history).toHaveLength(operations);
    expect(Math.min(outcomes.ok, outcomes.fail, outcomes.info)).toBeGreaterThan(0);
    expect(
      checkHistory(
        history,
        rows.map(({ sha256 }) => sha256),
      ),
    ).toEqual([]);
  });
});

/** Eight senders that send again under the same key, at a server that is crashed while they do. */
async function sendWithCrashes(mutation?: Mutation): Promise<{ history: Operation[]; stored: string[] }> {
  const perClient = long ? 2_000 : 40;
  const file = join(folder, `${mutation ?? 'correct'}.jsonl`);
  let server: KeyedStoreServer = await startKeyedStoreServer(file, 0, mutation);
  const { url } = server;
  const port = Number(new URL(url).port);
  const random = randomFrom(7);
  const history: Operation[] = [];
  let working = clients;
  const senders = Array.from({ length: clients }, async (_, sender) => {
    for (let number = 0; number < perClient; number++) {
      const document = `${sender}-${number}`;
      // No machine is so fast that all is sent before the first crash.
      await new Promise((resolve) => setTimeout(resolve, 3));
      for (let attempt = 0; ; attempt++) {
        // Some answers are lost although they came: the sender repeats what was stored.
        const answered = await post(url, String(sender), document, `key-${number}`).catch(() => false);
        if (answered && (attempt > 0 || random() > 0.1)) {
          history.push({ document, outcome: 'ok' });
          break;
        }
        history.push({ document, outcome: 'info' });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    working--;
  });
  for (let crashes = 0; working > 0 && crashes < (long ? 50 : 3); crashes++) {
    await new Promise((resolve) => setTimeout(resolve, 40 + random() * 60));
    await server.crash();
    server = await startKeyedStoreServer(file, port, mutation);
  }
  await Promise.all(senders);
  // Whatever was still on its way to the disk arrives.
  await new Promise((resolve) => setTimeout(resolve, 250));
  const stored = server.stored();
  await server.crash();
  return { history, stored };
}

async function post(url: string, sender: string, document: string, key: string): Promise<boolean> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: JSON.stringify({ sender, document }),
  });
  return (await answer.text()) === 'ok';
}

describe('X-07: servers with a fault are found out', () => {
  it('and the one without is not', { timeout: patience }, async () => {
    const { history, stored } = await sendWithCrashes();
    expect(checkHistory(history, stored)).toEqual([]);
    expect(stored).toHaveLength(clients * (long ? 2_000 : 40));
  });

  it.each([
    ['no-dedupe', 'doubled'],
    ['reply-before-sync', 'lost'],
    ['key-without-sender', 'lost'],
  ] as const)('%s leaves documents %s', { timeout: patience }, async (mutation, kind) => {
    const { history, stored } = await sendWithCrashes(mutation);
    expect(checkHistory(history, stored).map((anomaly) => anomaly.kind)).toContain(kind);
  });
});
