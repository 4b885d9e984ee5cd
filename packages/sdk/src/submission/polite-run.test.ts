// How a run treats a server and several senders: real sockets, real journals, a scripted gateway.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallClaim } from '../../test/fault-gateway.ts';
import {
  type Answer,
  type HostileServer,
  json,
  raw,
  received,
  startHostileServer,
  tokenPath,
  uploadPath,
} from '../../test/hostile-server.ts';
import { claimsTarget, type IdentifyOptions } from '../claims/submit.ts';
import { createClient } from '../client.ts';
import { createSessionCache } from '../transport/session.ts';
import type { Circuit } from './circuit.ts';
import { type Journal, openJournal } from './journal.ts';
import { type PlanEvent, planSubmission } from './plan.ts';
import { type RunEvent, type RunOptions, runSubmission } from './run.ts';
import type { SubmissionTarget } from './target.ts';

const now = (): Date => new Date();
let folder: string;
let server: HostileServer;
let journal: Journal;
let closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-polite-'));
  server = await startHostileServer();
  journal = await openJournal({ path: join(folder, 'journal'), keyFile: join(folder, 'key'), now });
});
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
  await journal.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface SenderOptions extends IdentifyOptions {
  readonly facility?: string;
  readonly clock?: () => Date;
  readonly attempts?: number;
  /** Of the first retry, in milliseconds. */
  readonly delay?: number;
}

const sessions = createSessionCache();

function sender({
  facility = '99001',
  clock = now,
  attempts = 3,
  delay = 1,
  ...options
}: SenderOptions = {}): SubmissionTarget {
  const client = createClient({
    environment: 'mock',
    url: server.url,
    facility,
    credentials: { username: `${facility}_BV`, password: 'synthetic-password' },
    now: clock,
    sessions,
    retryPolicy: { attempts, baseDelay: delay, maxDelay: 2 * delay },
  });
  closing.push(() => client.close());
  return claimsTarget(client, options);
}

/** Claims of a facility; NGAY_RA only where a day is given. */
async function plan(
  target: SubmissionTarget,
  facility: string,
  claims: readonly (string | undefined)[],
): Promise<PlanEvent[]> {
  const sources = [];
  for (const [at, endedOn] of claims.entries()) {
    const path = join(folder, `${facility}-${String(at).padStart(4, '0')}.xml`);
    let text = smallClaim(at).toString().replace('99001', facility);
    if (endedOn !== undefined) {
      const inner = /<NOIDUNGFILE>([^<]*)</.exec(text)![1]!;
      const table = Buffer.from(inner, 'base64')
        .toString()
        .replace('<GHI_CHU>', `<NGAY_RA>${endedOn}</NGAY_RA><GHI_CHU>`);
      text = text.replace(inner, Buffer.from(table).toString('base64'));
    }
    await writeFile(path, text);
    sources.push({ path });
  }
  const events: PlanEvent[] = [];
  for await (const event of planSubmission({ journal, target, sources })) events.push(event);
  return events;
}

async function run(
  target: RunOptions['target'],
  options: Partial<RunOptions> = {},
): Promise<{ events: RunEvent[]; end: Extract<RunEvent, { kind: 'finished' }> }> {
  const events: RunEvent[] = [];
  for await (const event of runSubmission({ journal, target, now, ...options })) events.push(event);
  return { events, end: events.at(-1) as Extract<RunEvent, { kind: 'finished' }> };
}

const many = (count: number): undefined[] => Array.from({ length: count }, () => undefined);
const uploads = (): string[] =>
  server.seen.filter(({ path }) => path === uploadPath).map(({ form }) => form.get('maCSKCB') ?? '');
const moment = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/;

describe('a run that must stop', () => {
  it('stops when the retries of all calls are spent and says when to come back', async () => {
    // Every call needs a retry, none fails for good: only the quota can end it.
    const refusedOnce = new Set<string>();
    server.script(uploadPath, (request, response, socket) => {
      const file = request.form.get('fileHSBase64') ?? '';
      if (refusedOnce.has(file)) return received(request, response, socket);
      refusedOnce.add(file);
      return raw('', 503)(request, response, socket);
    });
    const target = sender();
    await plan(target, '99001', many(60));
    const { end } = await run(target, { concurrency: 1 });
    expect(end).toMatchObject({ reason: 'error', error: { category: 'unavailable', retry: 'safe' } });
    expect(end.error!.sentences.en).toContain('retry budget is spent');
    expect(end.error!.hint!.en).toMatch(moment);
    // Ten retries at first, then one for every five calls; logging in and asking what is offered are calls too.
    expect(end.counts.accepted).toBeGreaterThanOrEqual(10);
    expect(end.counts.accepted).toBeLessThanOrEqual(14);
    expect(end.counts).toMatchObject({ planned: 60 - end.counts.accepted, unknown: 0, sending: 0 });
  });

  it('leaves a failing host alone over several runs of one process, then tries once', async () => {
    server.script(uploadPath, raw('', 503));
    const target = sender({ attempts: 1 });
    await plan(target, '99001', many(40));
    const circuits = new Map<string, Circuit>();
    let time = 0;
    const elapsed = (): number => time;
    const first = await run(target, { circuits, elapsed, concurrency: 2 });
    expect(first.end).toMatchObject({
      error: { code: 'ERR_CIRCUIT_OPEN', category: 'unavailable', retry: 'safe' },
      counts: { planned: 40 },
    });
    expect(first.end.error!.hint!.en).toMatch(moment);
    const sent = server.seen.length;
    expect((await run(target, { circuits, elapsed })).end.error?.code).toBe('ERR_CIRCUIT_OPEN');
    expect(server.seen, 'nothing left').toHaveLength(sent);
    time += 40_000;
    server.script(uploadPath, received);
    expect((await run(target, { circuits, elapsed })).end).toMatchObject({
      reason: 'done',
      counts: { accepted: 40 },
    });
  });

  it('does not wait for a server that asks for a day', async () => {
    server.script(uploadPath, received, raw('', 503, { 'retry-after': '86400' }));
    const target = sender();
    await plan(target, '99001', many(10));
    const { end } = await run(target, { concurrency: 1 });
    expect(end).toMatchObject({ reason: 'error', counts: { accepted: 1, planned: 9 } });
    expect(end.error!.hint!.en).toMatch(moment);
    expect(uploads()).toHaveLength(2);
  });

  it('asks once when the account is locked, and says whom to turn to', async () => {
    server.script(tokenPath, json({ maKetQua: '403' }));
    const target = sender({ facility: '99007' });
    await plan(target, '99007', many(10));
    const { end } = await run(target);
    expect(end).toMatchObject({
      error: { code: 'ERR_ACCOUNT_LOCKED', category: 'auth' },
      counts: { planned: 10 },
    });
    expect(end.error!.hint!.en).not.toBe('');
    expect(server.seen.filter(({ path }) => path === tokenPath)).toHaveLength(1);
    expect(uploads()).toEqual([]);
  });

  it('begins nothing during announced maintenance, and nothing more when it begins', async () => {
    const start = Date.parse('2026-11-23T12:00:00Z');
    let time = start;
    const clock = (): Date => new Date(time);
    server.script(uploadPath, (request, response, socket) => {
      time += 60_000;
      return received(request, response, socket);
    });
    const target = sender({
      facility: '99008',
      clock,
      maintenance: [{ from: '2026-11-23T12:05:00Z', to: '2026-11-23T20:00:00+07:00' }],
    });
    await plan(target, '99008', many(20));
    const { end } = await run(target, { concurrency: 1, now: clock });
    expect(end.counts).toMatchObject({ accepted: 5, planned: 15 });
    expect(end.error).toMatchObject({ code: 'ERR_MAINTENANCE_ANNOUNCED', category: 'unavailable' });
    expect(end.error!.hint!.en).toContain('2026-11-23T13:00:00.000Z');
    const sent = server.seen.length;
    await run(target, { now: clock });
    expect(server.seen).toHaveLength(sent);
    time = Date.parse('2026-11-23T13:00:00Z');
    expect((await run(target, { concurrency: 1, now: clock })).end.counts.accepted).toBe(20);
  });
});

describe('several senders of one run', () => {
  it('take turns, each with a token of its own, so that a short queue does not wait for a long one', async () => {
    server.script(uploadPath, received);
    const big = sender({ facility: '99002' });
    const small = sender({ facility: '99003' });
    await plan(big, '99002', many(80));
    await plan(small, '99003', many(8));
    const { end } = await run([big, small], { concurrency: 2 });
    expect(end).toMatchObject({ reason: 'done', counts: { accepted: 88 } });
    const order = uploads();
    expect(order.lastIndexOf('99003')).toBeLessThan(24);
    const tokens = new Map<string, Set<string>>();
    for (const { path, form, headers } of server.seen) {
      if (path !== uploadPath) continue;
      const facility = form.get('maCSKCB')!;
      tokens.set(
        facility,
        (tokens.get(facility) ?? new Set()).add(
          JSON.stringify(headers['authorization'] ?? headers['access_token'] ?? headers['token'] ?? ''),
        ),
      );
    }
    for (const [, used] of tokens) expect(used.size).toBe(1);
    expect(server.seen.filter(({ path }) => path === tokenPath)).toHaveLength(2);
  });

  it('do not stop with the one whose account is refused', async () => {
    const perAccount: Answer = (request, response, socket) =>
      request.form.get('username') === '99004_BV' || request.text.includes('99004_BV')
        ? json({ maKetQua: '403' })(request, response, socket)
        : json({
            maKetQua: '200',
            APIKey: { access_token: 'synthetic-access', id_token: 'synthetic-id', expires_in: 'soon' },
          })(request, response, socket);
    server.script(tokenPath, perAccount);
    server.script(uploadPath, received);
    const locked = sender({ facility: '99004' });
    const open = sender({ facility: '99005' });
    await plan(locked, '99004', many(10));
    await plan(open, '99005', many(30));
    const { events, end } = await run([locked, open]);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'sender-stopped', sender: 'mock/99004' }));
    expect(end).toMatchObject({
      reason: 'error',
      error: { code: 'ERR_ACCOUNT_LOCKED' },
      counts: { accepted: 30, planned: 10 },
    });
  });
});

describe('the pace', () => {
  it('stays at what the server takes at a time, never above the limit, and nothing is lost by it', async () => {
    let inFlight = 0;
    let most = 0;
    let refused = 0;
    server.script(uploadPath, async (request, response, socket) => {
      most = Math.max(most, ++inFlight);
      const busy = inFlight > 4;
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight--;
      if (!busy) return received(request, response, socket);
      refused++;
      return raw('', 429)(request, response, socket);
    });
    const target = sender({ attempts: 6, delay: 40 });
    await plan(target, '99001', many(150));
    const { events, end } = await run(target, { concurrency: 12, failureLimit: 50 });
    expect(end).toMatchObject({ reason: 'done', counts: { accepted: 150 } });
    expect(most).toBeLessThanOrEqual(12);
    const paces = events.flatMap((event) => (event.kind === 'pace' ? [event.concurrency] : []));
    expect(Math.max(...paces)).toBeGreaterThan(4);
    expect(
      paces.some((pace, at) => at > 0 && pace < paces[at - 1]!),
      'it slowed down',
    ).toBe(true);
    expect(refused).toBeLessThan(60);
  });

  it('never goes above what the server grants one sender', async () => {
    let inFlight = 0;
    let most = 0;
    server.script(uploadPath, async (request, response, socket) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight--;
      return received(request, response, socket);
    });
    const target = { ...sender(), concurrency: 3 };
    await plan(target, '99001', many(60));
    await run(target, { concurrency: 16 });
    expect(most).toBe(3);
  });
});

describe('legal deadlines', () => {
  it('follow from NGAY_RA over the working days of the calendar, and the nearest goes first', async () => {
    server.script(uploadPath, received);
    const target = sender();
    // 24 November 2026 is a holiday: seven working days after Friday the 20th end on Wednesday, 2 December.
    const events = await plan(target, '99001', [
      undefined,
      '202611201000',
      '202610050800',
      '20261120',
      'soon',
    ]);
    expect(events.map((event) => ('item' in event ? (event.item.deadline ?? null) : 'refused'))).toEqual([
      null,
      '2026-12-02T16:59:59.000Z',
      '2026-10-14T16:59:59.000Z',
      '2026-12-02T16:59:59.000Z',
      null,
    ]);
    const { events: changes } = await run(target, { concurrency: 1 });
    const sent = changes.flatMap((event) => (event.kind === 'item' ? [event.item.id] : []));
    expect(sent).toEqual([3, 2, 4, 1, 5]);
  });
});

describe('the size windows', () => {
  it('hold a file above 20 MB in office hours and let it go afterwards', async () => {
    server.script(uploadPath, received);
    let time = Date.parse('2026-11-23T10:00:00+07:00');
    const clock = (): Date => new Date(time);
    const target = sender({ clock });
    const path = join(folder, 'large.xml');
    await writeFile(path, smallClaim(1, 12_000_000));
    for await (const event of planSubmission({ journal, target, sources: [{ path }] })) {
      expect(event.kind).toBe('planned');
    }
    const held = await run(target, { now: clock });
    expect(held.events).toContainEqual(
      expect.objectContaining({ kind: 'deferred', until: new Date('2026-11-23T11:00:00+07:00') }),
    );
    expect(held.end.counts.planned).toBe(1);
    time = Date.parse('2026-11-23T11:00:00+07:00');
    expect((await run(target, { now: clock })).end.counts.accepted).toBe(1);
  });
});

describe('the clocks', () => {
  it('are told once when the server’s is further away than the specifications allow', async () => {
    server.script(uploadPath, received);
    for (const [minutes, told] of [
      [5, 1],
      [-5, 1],
      [0, 0],
    ] as const) {
      const facility = `9910${minutes + 5}`.slice(0, 5);
      const clock = (): Date => new Date(Date.now() - minutes * 60_000);
      const target = sender({ facility, clock });
      await plan(target, facility, many(4));
      const { events } = await run(target, { now: clock });
      const skews = events.flatMap((event) => (event.kind === 'clock-skew' ? [event.milliseconds] : []));
      expect(skews).toHaveLength(told);
      if (told === 1) expect(Math.round(skews[0]! / 60_000)).toBe(minutes);
    }
  });
});
