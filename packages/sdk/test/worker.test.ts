// How a worker treats senders, failures and its own end; on a PostgreSQL of its own, with gateways made up here.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { BhxhError, type ErrorCategory, type RetryClass } from '../src/errors/index.ts';
import {
  type Item,
  type ItemToAdd,
  openSharedJournal,
  readSharedStatus,
  runWorker,
  type SharedJournal,
  type SubmissionTarget,
  type WorkerEvent,
  type WorkerOptions,
} from '../src/submission/index.ts';
import { journalWorld } from './journal-world.ts';

const world = journalWorld('worker', (options) => openSharedJournal({ ...options, role: 'worker' }));
const open = (): Promise<SharedJournal> => world.open();

function itemsOf(sender: string, count: number, from = 0): ItemToAdd[] {
  return Array.from({ length: count }, (_unused, at) => {
    const bytes = Buffer.from(`<A>${sender} ${from + at}</A>`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {
      sender,
      kind: 'claim',
      route: 'claim:3176',
      key: `LK${from + at}`,
      sha256,
      size: bytes.length,
      path: `${from + at}.xml`,
      bytes,
    };
  });
}

interface Gateway {
  readonly target: SubmissionTarget;
  /** Hashes in order of arrival. */
  readonly received: string[];
}

interface GatewayOptions {
  readonly onSend?: (item: Item, nth: number) => void | Promise<void>;
  readonly statusQuery?: boolean;
  readonly find?: (item: Item) => boolean;
  readonly host?: string;
}

function gateway(sender: string, options: GatewayOptions = {}): Gateway {
  const received: string[] = [];
  let calls = 0;
  return {
    received,
    target: {
      host: options.host ?? 'gateway.example',
      sender,
      identify: () => ({ kind: 'claim', route: 'claim:3176', key: '' }),
      offers: async () => ({ idempotencyKey: false, statusQuery: options.statusQuery ?? true }),
      async send(item, _bytes, { onSend }) {
        await onSend();
        await options.onSend?.(item, ++calls);
        received.push(item.sha256);
        return { id: `GD${received.length}`, at: '20261122080000', text: '', attempts: 1 };
      },
      async find(item) {
        return options.find?.(item) ? { id: 'GD0', at: '20261122080000', text: '' } : null;
      },
      async *list() {},
    },
  };
}

function failure(code: `ERR_${string}`, category: ErrorCategory, retry: RetryClass): BhxhError {
  return new BhxhError({ code, category, retry, message: { vi: code, en: code } });
}

async function work(
  gateways: readonly Gateway[],
  options: Partial<WorkerOptions> = {},
  onEvent: (event: WorkerEvent) => void = () => {},
): Promise<WorkerEvent[]> {
  const journal = await open();
  const events: WorkerEvent[] = [];
  for await (const event of runWorker({
    journal,
    targets: gateways.map(({ target }) => target),
    now: () => new Date(),
    concurrency: 4,
    untilEmpty: true,
    lookEvery: 20,
    jobSpan: 2_000,
    askAfter: [0, 20, 40],
    random: () => 0.01,
    ...options,
  })) {
    events.push(event);
    onEvent(event);
  }
  await journal.close();
  return events;
}

const reasonOf = (events: readonly WorkerEvent[]): string | undefined => {
  const end = events.at(-1);
  return end?.kind === 'finished' ? end.reason : undefined;
};

it('a sender with ten thousand items does not starve one with ten', { timeout: 120_000 }, async () => {
  const queue = await open();
  for (let from = 0; from < 10_000; from += 2_000) await queue.add(itemsOf('mock/99001', 2_000, from));
  await queue.add(itemsOf('mock/99002', 10));
  const [large, small] = [gateway('mock/99001'), gateway('mock/99002')];
  const stop = new AbortController();
  await work([large, small], { signal: stop.signal, untilEmpty: false }, () => {
    if (small.received.length === 10) stop.abort();
  });
  expect(new Set(small.received).size).toBe(10);
  // Its ten places in turn, and what was on its way before the first and after the last of them.
  expect(large.received.length).toBeLessThanOrEqual(40);
  expect(await queue.counts('mock/99002')).toMatchObject({ accepted: 10 });
});

it('two workers share one queue without sending anything twice', async () => {
  await (await open()).add(itemsOf('mock/99001', 150));
  const [one, two] = [gateway('mock/99001'), gateway('mock/99001')];
  await Promise.all([work([one]), work([two])]);
  expect(new Set([...one.received, ...two.received]).size).toBe(150);
  expect(one.received.length + two.received.length).toBe(150);
});

it('a job that the engine gives to one worker twice sends nothing twice and leaves nothing behind', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 6));
  const slow = gateway('mock/99001', {
    async onSend(_item, nth) {
      // What waits in the worker counts as forgotten, is given again, and comes to the one worker there is.
      if (nth === 1)
        await queue.db.query(
          `UPDATE ${world.schema}.items SET scheduled_until = clock_timestamp() - interval '1 second'
           WHERE state = 'planned'`,
        );
      else await new Promise((resolve) => setTimeout(resolve, 300));
    },
  });
  let overtaken = 0;
  const events = await work([slow], { concurrency: 3 }, ({ kind }) => {
    if (kind === 'overtaken') overtaken += 1;
  });
  expect(reasonOf(events)).toBe('empty');
  expect(overtaken).toBeGreaterThan(0);
  expect(slow.received).toHaveLength(6);
  expect(new Set(slow.received).size).toBe(6);
  expect(await queue.counts()).toMatchObject({ planned: 0, sending: 0, unknown: 0, accepted: 6 });
});

it('an unknown outcome is asked for, and sent again only when the server has nothing', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 6));
  const lost = new Set<string>();
  const { target, received } = gateway('mock/99001', {
    find: ({ sha256 }) => received.includes(sha256),
    onSend(item, nth) {
      if (nth > 2) return;
      lost.add(item.sha256);
      // The first arrived, the second did not.
      if (nth === 1) received.push(item.sha256);
      throw failure('ERR_NO_ANSWER_AFTER_SEND', 'unknown-outcome', 'after-check');
    },
  });
  const events = await work([{ target, received }], { concurrency: 1 });
  expect(reasonOf(events)).toBe('empty');
  expect(received).toHaveLength(6);
  expect(new Set(received).size).toBe(6);
  expect(await queue.counts()).toMatchObject({ accepted: 5, confirmed: 1 });
});

it('an outcome that cannot be asked for is left to a person', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 3));
  const { target, received } = gateway('mock/99001', {
    statusQuery: false,
    onSend(_item, nth) {
      if (nth === 1) throw failure('ERR_NO_ANSWER_AFTER_SEND', 'unknown-outcome', 'after-check');
    },
  });
  expect(reasonOf(await work([{ target, received }]))).toBe('empty');
  expect(await queue.counts()).toMatchObject({ accepted: 2, unknown: 1 });
  expect(received).toHaveLength(2);
});

it('what the server refuses for a while comes back later and ends well', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 8));
  const tried = new Map<number, number>();
  const busy = gateway('mock/99001', {
    onSend({ id }) {
      const times = (tried.get(id) ?? 0) + 1;
      tried.set(id, times);
      if (id % 4 === 0 && times === 1) throw failure('ERR_UNAVAILABLE', 'unavailable', 'safe');
    },
  });
  expect(reasonOf(await work([busy]))).toBe('empty');
  expect(new Set(busy.received).size).toBe(8);
  expect(await queue.counts()).toMatchObject({ accepted: 8 });
});

it('a locked account rests for everybody while other senders are served', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 5));
  await queue.add(itemsOf('mock/99002', 5));
  const locked = gateway('mock/99001', {
    onSend() {
      throw failure('ERR_ACCOUNT_LOCKED', 'auth', 'after-check');
    },
  });
  const open2 = gateway('mock/99002');
  const stop = new AbortController();
  const events = await work([locked, open2], { signal: stop.signal, untilEmpty: false }, () => {
    if (open2.received.length === 5) stop.abort();
  });
  expect(events.some((event) => event.kind === 'paused' && event.sender === 'mock/99001')).toBe(true);
  const status = await readSharedStatus(world.address, () => new Date());
  expect(status.lanes).toMatchObject([
    { sender: 'mock/99001', pauseReason: 'ERR_ACCOUNT_LOCKED', counts: { planned: 5 } },
    { sender: 'mock/99002', pauseReason: null, counts: { accepted: 5 } },
  ]);
});

it('a worker whose only account is refused ends with the reason, and everything stays planned', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 5));
  const refused = gateway('mock/99001', {
    onSend() {
      throw failure('ERR_CREDENTIALS', 'auth', 'never');
    },
  });
  const events = await work([refused]);
  expect(events.at(-1)).toMatchObject({
    kind: 'finished',
    reason: 'error',
    error: { code: 'ERR_CREDENTIALS' },
  });
  expect(await queue.counts()).toMatchObject({ planned: 5, sending: 0 });
});

it('a server that fails for everybody is left alone', async () => {
  await (await open()).add(itemsOf('mock/99001', 40));
  let calls = 0;
  const down = gateway('mock/99001', {
    onSend() {
      calls++;
      throw failure('ERR_UNREACHABLE', 'network', 'safe');
    },
  });
  const stop = new AbortController();
  const events = await work([down], { signal: stop.signal, untilEmpty: false }, (event) => {
    if (event.kind === 'paused') setTimeout(() => stop.abort(), 300);
  });
  expect(events.some(({ kind }) => kind === 'paused')).toBe(true);
  // Five failures open the circuit; what was on its way then is finished.
  expect(calls).toBeLessThanOrEqual(5 + 4);
  expect(reasonOf(events)).toBe('signal');
});

it('a worker that is told to stop finishes what is on its way and gives the rest back', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 30));
  const stop = new AbortController();
  let release: () => void = () => {};
  const slow = gateway('mock/99001', {
    onSend: (_item, nth) =>
      nth < 4
        ? undefined
        : new Promise<void>((resolve) => {
            release = resolve;
            setTimeout(resolve, 200);
            stop.abort();
          }),
  });
  expect(reasonOf(await work([slow], { signal: stop.signal }))).toBe('signal');
  release();
  const counts = await queue.counts();
  expect(counts).toMatchObject({ sending: 0, unknown: 0, accepted: slow.received.length });
  expect(counts.planned).toBe(30 - slow.received.length);
  expect(counts.planned).toBeGreaterThan(10);
  // Nobody has to wait for the jobs of the one that left.
  const next = gateway('mock/99001');
  await work([next], { jobSpan: 600_000 });
  expect(await queue.counts()).toMatchObject({ accepted: 30 });
});

it('jobs that the engine lost are scheduled again from the journal', async () => {
  const queue = await open();
  await queue.add(itemsOf('mock/99001', 20));
  const [one] = [gateway('mock/99001')];
  const stop = new AbortController();
  await work([one], { signal: stop.signal, untilEmpty: false, concurrency: 1 }, () => {
    if (one.received.length >= 2) stop.abort();
  });
  await queue.db.query(`DELETE FROM ${queue.db.schema}_jobs.job`);
  const rest = gateway('mock/99001');
  await work([rest], { jobSpan: 300 });
  expect(one.received.length + rest.received.length).toBe(20);
  expect(await queue.counts()).toMatchObject({ accepted: 20 });
});
