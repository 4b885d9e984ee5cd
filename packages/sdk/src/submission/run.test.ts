import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FaultGateway,
  type FaultGatewayOptions,
  noFaults,
  smallClaim,
  startFaultGateway,
} from '../../test/fault-gateway.ts';
import {
  type HostileServer,
  json,
  raw,
  received,
  startHostileServer,
  uploadPath,
} from '../../test/hostile-server.ts';
import { createClient } from '../client.ts';
import { claimsTarget } from '../claims/submit.ts';
import type { Journal } from './journal.ts';
import { openJournal } from './journal.ts';
import { type PlanEvent, planSubmission } from './plan.ts';
import type { SubmissionTarget } from './target.ts';
import { type RunEvent, type RunOptions, runSubmission } from './run.ts';

const now = (): Date => new Date();
let folder: string;
let closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-run-'));
  await mkdir(join(folder, 'claims'));
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
  await rm(folder, { recursive: true, force: true });
});

async function claimFiles(count: number): Promise<string[]> {
  const paths = [];
  for (let number = 1; number <= count; number++) {
    const path = join(folder, 'claims', `${String(number).padStart(4, '0')}.xml`);
    await writeFile(path, smallClaim(number));
    paths.push(path);
  }
  return paths;
}

async function gateway(options: Partial<FaultGatewayOptions>): Promise<FaultGateway> {
  const server = await startFaultGateway({
    faults: noFaults,
    seed: 1,
    idempotencyKey: false,
    statusQuery: true,
    ...options,
  });
  closing.push(() => server.close());
  return server;
}

async function hostile(): Promise<HostileServer> {
  const server = await startHostileServer();
  closing.push(() => server.close());
  return server;
}

async function open(
  url: string,
  answer = 5_000,
): Promise<{ journal: Journal; target: ReturnType<typeof claimsTarget> }> {
  const client = createClient({
    environment: 'mock',
    url,
    facility: '99001',
    credentials: { username: '99001_BV', password: 'synthetic-password' },
    now,
    timeLimits: { answer },
    retryPolicy: { attempts: 3, baseDelay: 1, maxDelay: 2 },
  });
  const journal = await openJournal({ path: join(folder, 'journal'), keyFile: join(folder, 'key'), now });
  closing.push(
    () => client.close(),
    () => journal.close(),
  );
  return { journal, target: claimsTarget(client) };
}

async function plan(
  parts: { journal: Journal; target: ReturnType<typeof claimsTarget> },
  paths: readonly string[],
  again = false,
): Promise<PlanEvent[]> {
  const events: PlanEvent[] = [];
  for await (const event of planSubmission({ ...parts, sources: paths.map((path) => ({ path })), again })) {
    events.push(event);
  }
  return events;
}

async function run(
  parts: { journal: Journal; target: ReturnType<typeof claimsTarget> },
  options: Partial<RunOptions> = {},
): Promise<{ events: RunEvent[]; end: Extract<RunEvent, { kind: 'finished' }> }> {
  const events: RunEvent[] = [];
  for await (const event of runSubmission({ ...parts, now, askAfter: [0, 20, 40, 80], ...options })) {
    events.push(event);
  }
  return { events, end: events.at(-1) as Extract<RunEvent, { kind: 'finished' }> };
}

describe('a plan', () => {
  it('takes each document once and says why others are left out', async () => {
    const server = await gateway({});
    const parts = await open(server.url);
    const [first = '', second = ''] = await claimFiles(2);
    const twin = join(folder, 'claims', 'twin.xml');
    await writeFile(twin, smallClaim(1));
    const foreign = join(folder, 'claims', 'foreign.xml');
    await writeFile(foreign, smallClaim(9).toString().replace('99001', '99002'));
    const broken = join(folder, 'claims', 'broken.xml');
    await writeFile(broken, '<GIAMDINHHS>');
    const events = await plan(parts, [
      first,
      twin,
      second,
      foreign,
      broken,
      join(folder, 'claims'),
      '/nowhere',
    ]);
    expect(events.map((event) => (event.kind === 'refused' ? event.problem.code : event.kind))).toEqual([
      'planned',
      'skipped',
      'planned',
      'ERR_FACILITY_MISMATCH',
      'XML_NOT_WELL_FORMED',
      'ERR_FILE_UNREADABLE',
      'ERR_FILE_UNREADABLE',
    ]);
    expect(events[1]).toMatchObject({ path: twin, reason: 'duplicate' });
    await run(parts);
    const later = await plan(parts, [first]);
    expect(later).toMatchObject([{ kind: 'skipped', reason: 'accepted', item: { state: 'accepted' } }]);
    expect(server.stored).toHaveLength(2);
  });

  it('hears a signal while it plans documents that are there at once', async () => {
    const parts = await open('http://127.0.0.1:1');
    const signal = new AbortController();
    // As the handler of a signal, a turn of the loop away.
    setImmediate(() => signal.abort());
    const sources = Array.from({ length: 2_000 }, (_, number) => ({
      path: `${number}.xml`,
      read: async () => Buffer.from(smallClaim(number)),
    }));
    const events: PlanEvent[] = [];
    for await (const event of planSubmission({ ...parts, sources, signal: signal.signal }))
      events.push(event);
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(sources.length);
  });
});

function abortWhen(controller: AbortController, holds: () => boolean): void {
  const timer = setInterval(() => {
    if (!holds()) return;
    clearInterval(timer);
    controller.abort();
  }, 5);
}

describe('a run', () => {
  it('reports every change after it is durable and ends with nothing left', async () => {
    const server = await gateway({});
    const parts = await open(server.url);
    await plan(parts, await claimFiles(30));
    const { events, end } = await run(parts);
    expect(events.filter(({ kind }) => kind === 'item')).toHaveLength(30);
    expect(end).toMatchObject({
      reason: 'done',
      counts: { planned: 0, sending: 0, accepted: 30, unknown: 0 },
    });
    expect(await parts.journal.counts()).toMatchObject({ accepted: 30 });
    expect((await run(parts)).end.counts.accepted).toBe(30);
    expect(server.posts).toBe(30);
  });

  it('asks for an unknown outcome, waits until it can be seen, and sends again only what is not there', async () => {
    const server = await gateway({
      faults: { ...noFaults, timeoutAfterCommit: 0.2, resetBeforeCommit: 0.2 },
      visibleAfter: 60,
      seed: 3,
    });
    const parts = await open(server.url, 150);
    await plan(parts, await claimFiles(40));
    const { events, end } = await run(parts, { failureLimit: 50 });
    expect(events.some(({ kind }) => kind === 'asking')).toBe(true);
    expect(end.reason).toBe('done');
    expect(end.counts.accepted + end.counts.confirmed).toBe(40);
    expect(end.counts.confirmed).toBeGreaterThan(0);
    expect(new Set(server.stored).size).toBe(40);
    expect(server.stored).toHaveLength(40);
  });

  it('asks for every outcome that is open before it waits for the second round of the first', async () => {
    const journal = await openJournal({ path: join(folder, 'journal'), keyFile: join(folder, 'key'), now });
    closing.push(() => journal.close());
    const count = 600;
    const bytes = Buffer.from('<A/>');
    const added = await journal.add(
      Array.from({ length: count }, (_, number) => ({
        sender: 'mock/99001',
        kind: 'claim',
        route: 'claim:3176',
        key: `LK${number}`,
        sha256: String(number).padStart(64, '0'),
        size: bytes.length,
        path: `${number}.xml`,
      })),
    );
    const problem = { code: 'X', where: 'server', vi: '', en: '' } as const;
    await Promise.all(
      added.map(async ({ item }) => {
        const claimed = await journal.record(item, { state: 'sending', attempts: 0, bytes });
        await journal.record(claimed, { state: 'unknown', attempts: 1, problem });
      }),
    );
    const asked = new Set<number>();
    let sent = 0;
    const target: SubmissionTarget = {
      host: 'gateway.example',
      sender: 'mock/99001',
      identify: () => ({ kind: 'claim', route: 'claim:3176', key: '' }),
      offers: async () => ({ idempotencyKey: false, statusQuery: true }),
      async send() {
        sent += 1;
        throw new Error('nothing is to be sent again');
      },
      async find({ id }) {
        asked.add(id);
        return asked.size < count ? null : { id: `GD${id}`, at: '20261122080000', text: '' };
      },
      async *list() {},
    };
    let end: RunEvent | undefined;
    for await (const event of runSubmission({ journal, target, now, askAfter: [0, 2_000, 2_000] }))
      end = event;
    expect(end).toMatchObject({ kind: 'finished', reason: 'done', counts: { confirmed: count, unknown: 0 } });
    expect(sent).toBe(0);
  });

  it('leaves an unknown outcome to a person where nothing can be asked', async () => {
    const server = await gateway({ statusQuery: false, faults: { ...noFaults, timeoutAfterCommit: 1 } });
    const parts = await open(server.url, 150);
    await plan(parts, await claimFiles(2));
    expect((await run(parts)).end.counts).toMatchObject({ unknown: 2, planned: 0 });
    expect((await run(parts)).end.counts).toMatchObject({ unknown: 2, planned: 0 });
    expect(server.posts).toBe(2);
  });

  it('sends the same idempotency key for the same item where the server honours it', async () => {
    const server = await gateway({
      idempotencyKey: true,
      faults: { ...noFaults, timeoutAfterCommit: 0.3 },
      visibleAfter: 600_000,
    });
    const parts = await open(server.url, 1_500);
    await plan(parts, await claimFiles(10));
    const { end } = await run(parts, { failureLimit: 50 });
    expect(end.counts.accepted + end.counts.confirmed).toBe(10);
    expect(server.posts).toBeGreaterThan(10);
    expect(server.stored).toHaveLength(10);
  });

  it('does not send a file that changed or went since it was planned', async () => {
    const server = await gateway({});
    const parts = await open(server.url);
    const [first = '', second = '', third = ''] = await claimFiles(3);
    await plan(parts, [first, second, third]);
    await writeFile(first, smallClaim(77));
    await unlink(second);
    const { events, end } = await run(parts, { concurrency: 1 });
    const problems = events.flatMap((event) =>
      event.kind === 'item' && event.item.problem ? [event.item.problem] : [],
    );
    expect(problems).toMatchObject([
      { code: 'ERR_FILE_CHANGED', where: 'local' },
      { code: 'ERR_FILE_UNREADABLE', where: 'local' },
    ]);
    expect(end.counts).toMatchObject({ accepted: 1, rejected: 2 });
  });

  it('keeps a rejection with the gateway’s code and sends it again only when told', async () => {
    const server = await hostile();
    server.script(uploadPath, json({ maKetQua: '205', thongDiep: 'sai' }), received);
    const parts = await open(server.url);
    const paths = await claimFiles(1);
    await plan(parts, paths);
    const { end } = await run(parts);
    expect(end.counts.rejected).toBe(1);
    expect(await parts.journal.item(1)).toMatchObject({
      problem: { code: 'ERR_PARAMETERS_REFUSED', where: 'server', official: { code: '205', text: 'sai' } },
    });
    expect(await plan(parts, paths)).toMatchObject([{ kind: 'skipped', reason: 'rejected' }]);
    expect(await plan(parts, paths, true)).toMatchObject([{ kind: 'planned' }]);
    expect((await run(parts)).end.counts.accepted).toBe(1);
  });

  it('stops when the account is refused and leaves the rest planned', async () => {
    const server = await hostile();
    server.script(uploadPath, received, received, json({ maKetQua: '401' }));
    const parts = await open(server.url);
    await plan(parts, await claimFiles(20));
    const { end } = await run(parts, { concurrency: 1 });
    expect(end).toMatchObject({
      reason: 'error',
      error: { category: 'auth' },
      counts: { accepted: 2, planned: 18, sending: 0, unknown: 0 },
    });
  });

  it('stops politely when the server is down, without a storm of requests', async () => {
    const server = await hostile();
    server.script(uploadPath, raw('', 503));
    const parts = await open(server.url);
    await plan(parts, await claimFiles(40));
    const { end } = await run(parts);
    expect(end).toMatchObject({
      reason: 'error',
      error: { category: 'unavailable' },
      counts: { planned: 40 },
    });
    expect(server.seen.filter(({ path }) => path === uploadPath).length).toBeLessThanOrEqual(60);
  });

  it('leaves a file that is too large for this hour in the queue and refuses one that always is', async () => {
    const server = await gateway({});
    const parts = await open(server.url);
    const paths = await claimFiles(2);
    const large = join(folder, 'claims', 'large.xml');
    await writeFile(large, smallClaim(3, 5_000));
    const huge = join(folder, 'claims', 'huge.xml');
    await writeFile(huge, smallClaim(4, 50_000));
    const until = new Date('2026-11-20T04:00:00Z');
    const sizeWindow = (bytes: number): 'open' | 'never' | Date =>
      bytes > 50_000 ? 'never' : bytes > 5_000 ? until : 'open';
    const target = { ...parts.target, sizeWindow };
    const planned = await plan({ ...parts, target }, [...paths, large, huge]);
    expect(planned.map((event) => (event.kind === 'refused' ? event.problem.code : event.kind))).toEqual([
      'planned',
      'planned',
      'planned',
      'ERR_FILE_TOO_LARGE',
    ]);
    const { events, end } = await run({ ...parts, target });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'deferred', until }));
    expect(end.counts).toMatchObject({ accepted: 2, planned: 1 });
  });

  it('drains on the first signal and cuts on the second', async () => {
    const server = await gateway({ answerAfter: 80, statusQuery: false });
    const parts = await open(server.url);
    await plan(parts, await claimFiles(50));
    const stop = new AbortController();
    abortWhen(stop, () => server.stored.length > 0);
    const first = await run(parts, { concurrency: 4, signal: stop.signal });
    expect(first.end).toMatchObject({ reason: 'signal', counts: { sending: 0, unknown: 0 } });
    expect(first.end.counts.accepted).toBe(server.stored.length);
    expect(first.end.counts.planned).toBeGreaterThan(0);

    const cut = new AbortController();
    const before = server.stored.length;
    // Stored, and the answer comes later: so there is something on its way, however slow this machine is.
    abortWhen(cut, () => server.stored.length > before);
    const second = await run(parts, { concurrency: 4, abort: cut.signal });
    expect(second.end.counts.sending).toBe(0);
    expect(second.end.counts.unknown).toBeGreaterThan(0);
    expect(await parts.journal.counts()).toEqual(second.end.counts);
  });

  it('stops the same way when its reader leaves early', async () => {
    const server = await gateway({ answerAfter: 20 });
    const parts = await open(server.url);
    await plan(parts, await claimFiles(30));
    for await (const event of runSubmission({ ...parts, now })) if (event.kind === 'item') break;
    const counts = await parts.journal.counts();
    expect(counts.sending).toBe(0);
    expect(counts.accepted).toBe(server.stored.length);
    expect(counts.planned).toBeGreaterThan(0);
  });
});
