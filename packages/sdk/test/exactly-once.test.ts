// The engine, the client and the reference server with a fault proxy between them, all on real sockets and real files.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BhxhServer, createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../src/client.ts';
import {
  claimsTarget,
  type Item,
  openJournal,
  planSubmission,
  type RunEvent,
  type RunOptions,
  runSubmission,
  type SubmissionTarget,
  verifyJournal,
} from '../src/submission/index.ts';
import { randomFrom, smallClaim } from './fault-gateway.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const patience = long ? 14_400_000 : 300_000;
const faults = {
  unavailable: 0.05,
  timeoutAfterCommit: 0.01,
  resetBeforeCommit: 0.005,
  resetAfterCommit: 0.005,
  truncated: 0.01,
};

interface Account {
  readonly username: string;
  readonly password: string;
}

let folder: string;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-once-'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

async function writeClaims(count: number): Promise<{ paths: string[]; hashes: Set<string> }> {
  const paths: string[] = [];
  const hashes = new Set<string>();
  await mkdir(join(folder, 'claims'));
  for (let number = 1; number <= count; number++) {
    const bytes = smallClaim(number, 2000);
    const path = join(folder, 'claims', `${String(number).padStart(6, '0')}.xml`);
    await writeFile(path, bytes);
    paths.push(path);
    hashes.add(createHash('sha256').update(bytes).digest('hex'));
  }
  return { paths, hashes };
}

async function serve(
  between: Omit<FaultProxyOptions, 'target'>,
  legacy = false,
): Promise<{ server: BhxhServer; proxy: FaultProxy; account: Account }> {
  const server = await createServer({
    store: join(folder, 'server.sqlite'),
    demo: true,
    signaturesFrom: null,
    legacy,
  });
  const host = await startNodeServer(server);
  const proxy = await startFaultProxy({ target: host.url, ...between });
  closing.push(
    () => host.close(),
    () => proxy.close(),
  );
  return { server, proxy, account: server.accounts.find(({ facility }) => facility === '99001')! };
}

async function storedAt(server: BhxhServer): Promise<string[]> {
  const rows = await server.store.read.selectFrom('submission').select('sha256').execute();
  return rows.map(({ sha256 }) => sha256);
}

interface Outcome {
  readonly reason: string;
  readonly counts: Readonly<Record<string, number>>;
}

function startChild(script: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(fileURLToPath(new URL(script, import.meta.url)), words, {
    execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'],
    env: { ...process.env, ...env },
    silent: true,
  });
}

interface Submitting {
  readonly child: ChildProcess;
  /** Undefined when it was killed. */
  readonly ended: Promise<Outcome | undefined>;
}

/** Submits the folder in a process of its own. */
function startSubmitting(url: string, account: Account): Submitting {
  const child = startChild(
    './submitting-child.ts',
    [url, join(folder, 'claims'), join(folder, 'night.journal'), join(folder, 'key'), '8', '1000'],
    { BHXH_TEST_USER: account.username, BHXH_TEST_PASSWORD: account.password },
  );
  let text = '';
  let errors = '';
  child.stdout!.on('data', (piece) => (text += piece));
  child.stderr!.on('data', (piece) => (errors += piece));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve)).then((code) => {
    const last = text.trim().split('\n').at(-1) ?? '';
    if (last.startsWith('{')) return JSON.parse(last) as Outcome;
    if (code !== null) throw new Error(`the child ended with ${code}: ${errors.slice(0, 2000)}`);
    return undefined;
  });
  return { child, ended };
}

/** Submits, and kills with -9 a while after it began to send, or lets it end. */
function submit(url: string, account: Account, killAfter?: number): Promise<Outcome | undefined> {
  const { child, ended } = startSubmitting(url, account);
  if (killAfter !== undefined)
    child.once('message', () => setTimeout(() => child.kill('SIGKILL'), killAfter));
  return ended;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function submitToTheEnd(url: string, account: () => Account): Promise<Outcome> {
  for (let runs = 1; ; runs++) {
    const outcome = await submit(url, account());
    if (outcome?.reason === 'done' || runs === 20) return outcome!;
  }
}

async function killRepeatedly(url: string, account: Account, kills: number, seed: number): Promise<number> {
  const random = randomFrom(seed);
  let killed = 0;
  while (killed < kills && !(await submit(url, account, Math.floor(random() * 500)))) killed++;
  return killed;
}

/** The engine in this process. */
async function run(
  target: SubmissionTarget,
  paths: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<{ end: Extract<RunEvent, { kind: 'finished' }>; items: Item[] }> {
  const now = options.now ?? (() => new Date());
  const journal = await openJournal({
    path: join(folder, 'night.journal'),
    keyFile: join(folder, 'key'),
    now,
  });
  try {
    const sources = paths.map((path) => ({ path }));
    for await (const event of planSubmission({ journal, target, sources })) {
      if (event.kind === 'refused') throw new Error(event.problem.code);
    }
    let end: RunEvent | undefined;
    for await (const event of runSubmission({ journal, target, now, askAfter: [0, 50, 100], ...options }))
      end = event;
    const items: Item[] = [];
    for await (const item of journal.items()) items.push(item);
    return { end: end as Extract<RunEvent, { kind: 'finished' }>, items };
  } finally {
    await journal.close();
  }
}

function targetAt(
  url: string,
  account: Account,
  more: { now?: () => Date; password?: () => Promise<string>; maxRate?: number } = {},
): SubmissionTarget {
  const client = createClient({
    environment: 'mock',
    url,
    facility: '99001',
    credentials: { username: account.username, password: more.password ?? account.password },
    now: more.now ?? (() => new Date()),
    timeLimits: { answer: 10_000 },
    retryPolicy: { baseDelay: 2, maxDelay: 10 },
    ...(more.maxRate === undefined ? {} : { maxRate: more.maxRate }),
  });
  closing.push(() => client.close());
  return claimsTarget(client);
}

/** A run by hand may choose its own size. */
const sized = (name: string, size: number): number => Number(process.env[name] ?? size);
const shape = {
  files: sized('BHXH_TEST_FILES', long ? 10_000 : 80),
  kills: sized('BHXH_TEST_KILLS', long ? 200 : 2),
};

describe('X-01: killed with -9 between a faulty line and a server that can be asked', () => {
  it('the server has every document once and the journal is whole', { timeout: patience }, async () => {
    const { hashes } = await writeClaims(shape.files);
    const { server, proxy, account } = await serve({ seed: 101, faults });
    const killed = await killRepeatedly(proxy.url, account, shape.kills, 101);
    const outcome = await submitToTheEnd(proxy.url, () => account);
    expect(outcome.reason).toBe('done');
    expect(killed).toBeGreaterThan(0);
    expect(new Set(await storedAt(server))).toEqual(hashes);
    expect(new Set(proxy.passed)).toEqual(hashes);
    expect(proxy.passed).toHaveLength(shape.files);
    expect(Object.keys(proxy.injected).length).toBeGreaterThanOrEqual(long ? 5 : 2);
    expect(proxy.uploads).toBeLessThanOrEqual(shape.files * 1.12 + (killed + 1) * 8);
    expect((await verifyJournal(join(folder, 'night.journal'))).sound).toBe(true);
    process.stdout.write(
      `X-01 ${killed} kills, ${proxy.uploads} uploads, ${JSON.stringify(proxy.injected)}\n`,
    );
  });
});

describe('X-02: a server without idempotency keys', () => {
  it('whose status comes late is not sent anything twice', { timeout: patience }, async () => {
    const { hashes } = await writeClaims(shape.files);
    const { server, proxy, account } = await serve({
      seed: 102,
      faults: { ...faults, garbage: 0.02 },
      visibleAfter: 250,
      withoutKeys: true,
    });
    const killed = await killRepeatedly(proxy.url, account, long ? shape.kills : 1, 102);
    const outcome = await submitToTheEnd(proxy.url, () => account);
    expect(outcome.reason).toBe('done');
    expect(outcome.counts['unknown']).toBe(0);
    expect(new Set(await storedAt(server))).toEqual(hashes);
    expect(proxy.passed).toHaveLength(shape.files);
    process.stdout.write(`X-02 late status: ${killed} kills, ${JSON.stringify(proxy.injected)}\n`);
  });

  it('that cannot be asked at all leaves open outcomes to a person', { timeout: patience }, async () => {
    const { hashes } = await writeClaims(shape.files);
    const { server, proxy, account } = await serve({ seed: 103, faults }, true);
    const killed = await killRepeatedly(proxy.url, account, long ? shape.kills : 1, 103);
    const outcome = await submitToTheEnd(proxy.url, () => account);
    expect(outcome.counts['planned']).toBe(0);
    expect(new Set(proxy.passed).size).toBe(proxy.passed.length);
    expect((outcome.counts['accepted'] ?? 0) + (outcome.counts['unknown'] ?? 0)).toBe(shape.files);
    expect(outcome.counts['unknown']).toBeGreaterThan(0);
    const stored = new Set(await storedAt(server));
    expect([...hashes].filter((sha256) => !stored.has(sha256)).length).toBeLessThanOrEqual(
      outcome.counts['unknown']!,
    );
    process.stdout.write(`X-02 nothing to ask: ${killed} kills, ${outcome.counts['unknown']} unknown\n`);
  });
});

describe('X-04: client and server killed, the line cut, answers out of order', () => {
  it('the server has every document once', { timeout: patience }, async () => {
    const { hashes } = await writeClaims(shape.files);
    const store = join(folder, 'server.sqlite');
    let port = 0;
    let account: Account = { username: '', password: '' };
    let server: ChildProcess;
    const startServer = async (): Promise<void> => {
      server = startChild('./serving-child.ts', [store, String(port)]);
      const ready = await new Promise<Account & { port: number }>((resolve, reject) => {
        server.once('message', (message) => resolve(message as Account & { port: number }));
        server.once('exit', () => reject(new Error('the server did not start')));
      });
      ({ port } = ready);
      account = ready;
    };
    await startServer();
    closing.push(async () => server.kill('SIGKILL'));
    const proxy = await startFaultProxy({
      target: `http://127.0.0.1:${port}`,
      seed: 104,
      faults: { ...faults, reordered: 0.2, slowDrip: 0.02 },
      delay: 5,
    });
    closing.push(() => proxy.close());
    const random = randomFrom(104);
    const rounds = sized('BHXH_TEST_ROUNDS', long ? 100 : 1);
    const cutFor = long ? 60_000 : 400;
    const ways = ['refused', 'silent', 'one-way'] as const;
    let clientKills = 0;
    for (let round = 0; round < rounds; round++) {
      const before = proxy.uploads;
      const clientDies = 50 + random() * 400;
      const serverDies = 50 + random() * 500;
      const client = startSubmitting(proxy.url, account);
      let over = false;
      const ended = client.ended.finally(() => (over = true));
      // Both die while documents are on their way, one before the other, whatever the machine needs to begin.
      while (!over && proxy.uploads === before) await wait(5);
      const dying = server!;
      setTimeout(() => client.child.kill('SIGKILL'), clientDies);
      setTimeout(() => dying.kill('SIGKILL'), serverDies);
      if ((await ended) === undefined) clientKills++;
      dying.kill('SIGKILL');
      await startServer();
      if (round % 10 > 0) continue;
      const cutAndHeal = async (): Promise<void> => {
        await wait(300);
        proxy.partition(ways[(round / 10) % ways.length]!);
        await wait(cutFor);
        proxy.partition(false);
      };
      const { child, ended: cutOff } = startSubmitting(proxy.url, account);
      let healed = Promise.resolve();
      child.once('message', () => (healed = cutAndHeal()));
      await cutOff;
      await healed;
    }
    const outcome = await submitToTheEnd(proxy.url, () => account);
    expect(outcome.reason).toBe('done');
    const target = targetAt(proxy.url, account);
    const stored: string[] = [];
    for await (const { sha256 } of target.list({})) stored.push(sha256);
    expect(new Set(stored)).toEqual(hashes);
    expect(stored).toHaveLength(shape.files);
    expect(new Set(proxy.passed).size).toBe(proxy.passed.length);
    process.stdout.write(
      `X-04 ${rounds} rounds, client killed in ${clientKills}, ${proxy.uploads} uploads, ${JSON.stringify(proxy.injected)}\n`,
    );
  });
});

describe('X-09: the clock is set while documents are on their way', () => {
  const zones = ['UTC', 'Asia/Ho_Chi_Minh', 'America/Los_Angeles'];
  const starts = ['2026-11-21T08:00:00Z', '2026-12-31T16:59:59Z', '2028-02-28T16:59:59Z'];
  const jumps = [-86_400_000, 86_400_000];
  const cases = zones.flatMap((zone) =>
    starts.flatMap((start) => jumps.map((jump) => ({ zone, start, jump }))),
  );
  const chosen = long ? cases : cases.filter((_, at) => at % 5 === 0);

  it.each(chosen)('$zone, $start, $jump ms', { timeout: patience }, async ({ zone, start, jump }) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      const { paths, hashes } = await writeClaims(12);
      const { server, proxy, account } = await serve({
        seed: 109,
        faults: { truncated: 0.3 },
        visibleAfter: 40,
        withoutKeys: true,
      });
      const offset = new Date(start).getTime() - Date.now();
      const now = (): Date => new Date(Date.now() + offset + (proxy.uploads > 3 ? jump : 0));
      const target = targetAt(proxy.url, account, { now, maxRate: 100 });
      const { end, items } = await run(target, paths, { now, concurrency: 2 });
      expect(end.reason, end.error?.code).toBe('done');
      expect(
        items.map(({ state }) => state).filter((state) => state !== 'accepted' && state !== 'confirmed'),
      ).toEqual([]);
      expect(new Set(await storedAt(server))).toEqual(hashes);
      expect(proxy.passed).toHaveLength(12);
      expect((await verifyJournal(join(folder, 'night.journal'))).sound).toBe(true);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('X-10: files that change while others are uploaded', () => {
  it('are refused here and nothing of them leaves', { timeout: patience }, async () => {
    const count = long ? 2_000 : 40;
    const { paths } = await writeClaims(count);
    const { proxy, account } = await serve({ seed: 110, delay: 10 });
    const [changed = '', gone = '', grown = '', moved = ''] = paths.slice(-4);
    let touched = false;
    const target = targetAt(proxy.url, account);
    const { end, items } = await run(
      {
        ...target,
        async send(item, bytes, options) {
          if (!touched) {
            touched = true;
            await writeFile(changed, smallClaim(999_999));
            await unlink(gone);
            await appendFile(grown, '\n');
            await rename(moved, `${moved}.away`);
          }
          return target.send(item, bytes, options);
        },
      },
      paths,
      { concurrency: 2 },
    );
    expect(end.reason).toBe('done');
    const refused = items.filter(({ state }) => state === 'rejected');
    expect(refused.map(({ path, problem }) => [path, problem?.where, problem?.code])).toEqual([
      [changed, 'local', 'ERR_FILE_CHANGED'],
      [gone, 'local', 'ERR_FILE_UNREADABLE'],
      [grown, 'local', 'ERR_FILE_CHANGED'],
      [moved, 'local', 'ERR_FILE_UNREADABLE'],
    ]);
    expect(proxy.uploads).toBe(count - 4);
  });
});

describe('X-11: the token is taken away and the password changed in the middle', () => {
  const count = long ? 10_000 : 40;
  const middle = count / 2;

  it('a token that was revoked is renewed once and the run goes on', { timeout: patience }, async () => {
    const { paths, hashes } = await writeClaims(count);
    const { server, proxy, account } = await serve({ seed: 111 });
    const target = targetAt(proxy.url, account);
    let revoked = false;
    const { end } = await run(
      {
        ...target,
        async send(item, bytes, options) {
          if (!revoked && proxy.passed.length >= middle) {
            revoked = true;
            await server.store.write((connection) => connection.deleteFrom('token').execute());
          }
          return target.send(item, bytes, options);
        },
      },
      paths,
    );
    expect(end.reason).toBe('done');
    expect(revoked).toBe(true);
    expect(proxy.logins).toBe(2);
    expect(new Set(await storedAt(server))).toEqual(hashes);
    expect(proxy.passed).toHaveLength(count);
  });

  it(
    'a changed password stops the run after one refusal, and the rest stays planned',
    { timeout: patience },
    async () => {
      const { paths } = await writeClaims(count);
      const { server, proxy, account } = await serve({ seed: 112 });
      let revoked = false;
      const target = targetAt(proxy.url, account, {
        password: async () => (revoked ? 'old-password' : account.password),
      });
      const { end } = await run(
        {
          ...target,
          async send(item, bytes, options) {
            if (!revoked && proxy.passed.length >= middle) {
              revoked = true;
              await server.store.write((connection) => connection.deleteFrom('token').execute());
            }
            return target.send(item, bytes, options);
          },
        },
        paths,
      );
      expect(end.reason).toBe('error');
      expect(end.error?.category).toBe('auth');
      expect(proxy.logins).toBe(2);
      expect(end.counts.unknown).toBe(0);
      expect(end.counts.accepted).toBe(proxy.passed.length);
      expect(end.counts.planned).toBe(count - proxy.passed.length);
    },
  );
});
