// Submissions that are cut off and continued: real processes, real signals, the built server behind a proxy that counts.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import {
  runBhxh,
  type ServerProcess,
  startBhxh,
  startServer,
  type Surroundings,
  surroundingsOf,
  until,
  writeClaims,
} from './bhxh-process.ts';
import { buildZip } from './zip-builder.ts';

let home: string;
let server: ServerProcess;
let folder: string;
let proxy: FaultProxy;
let numbered = 1;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bhxh-resume-'));
  server = await startServer(home);
}, 180_000);
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(home, 'case-'));
  proxy = await startFaultProxy({ target: server.url, seed: 1 });
});
afterEach(() => proxy.close());

const around = (): Surroundings => surroundingsOf(folder, proxy.url, server.account);

/** Claims that no other test of this file has. */
function freshClaims(to: string, count: number): ReturnType<typeof writeClaims> {
  const claims = writeClaims(to, count, numbered);
  numbered += count;
  return claims;
}

async function slowProxy(delay: number): Promise<void> {
  await proxy.close();
  proxy = await startFaultProxy({ target: server.url, seed: 1, delay });
}

interface Report {
  readonly items: readonly Record<string, unknown>[];
  readonly counts: Record<string, number>;
}

/** What is left of a report without attempts, times, receipt numbers and the numbers of this run's documents. */
function comparable(stdout: string, first: number): unknown {
  const { items, counts } = JSON.parse(stdout) as Report;
  return {
    counts,
    items: items.map(({ path, state, where, receipt, deadline, problem, findings }) => ({
      path: String(path).replace(/\d{6}/, (digits) => String(Number(digits) - first)),
      state,
      where,
      received: receipt !== null,
      deadline,
      problem,
      findings,
    })),
  };
}

/** A folder with good claims and one that cannot be sent, under the same names whatever the numbers are. */
function mixedFolder(count: number): number {
  const first = numbered;
  freshClaims(join(folder, 'd'), count);
  writeFileSync(join(folder, 'd', 'broken.xml'), '<GIAMDINHHS>');
  return first;
}

describe('a submission that is interrupted twice and resumed', () => {
  test('by kill -9, alone or with its paths, ends with the same report as one that was not', async () => {
    const whole = mixedFolder(24);
    const uninterrupted = await runBhxh(['submit', 'd', '--format', 'json'], around());
    const expected = comparable(uninterrupted.stdout, whole);
    expect(uninterrupted.status, uninterrupted.stderr).toBe(6);

    for (const last of [
      ['submit', '--resume'],
      ['submit', 'd', '--resume'],
      ['submit', 'd'],
    ]) {
      folder = mkdtempSync(join(home, 'case-'));
      await slowProxy(100);
      const first = mixedFolder(24);
      for (const [words, sent] of [
        [['submit', 'd'], 4],
        [['submit', '--resume'], 3],
      ] as const) {
        const before = proxy.uploads;
        const run = startBhxh([...words, '--concurrency', '3', '--format', 'json'], around());
        await until(() => proxy.uploads >= before + sent);
        run.process.kill('SIGKILL');
        expect((await run.ended).status).toBeNull();
      }
      const resumed = await runBhxh([...last, '--format', 'json'], around());
      expect(comparable(resumed.stdout, first), last.join(' ')).toEqual(expected);
      expect(resumed.status, resumed.stderr).toBe(6);
      expect(new Set(proxy.passed).size, 'nothing was sent twice').toBe(proxy.passed.length);
    }
  }, 240_000);

  test('by Ctrl-C likewise, and a complete submission leaves no list behind', async () => {
    const whole = mixedFolder(12);
    const uninterrupted = await runBhxh(['submit', 'd', '--format', 'json'], around());
    folder = mkdtempSync(join(home, 'case-'));
    await slowProxy(100);
    const first = mixedFolder(12);
    for (const words of [
      ['submit', 'd'],
      ['submit', '--resume'],
    ]) {
      const before = proxy.uploads;
      const run = startBhxh([...words, '--concurrency', '2'], around());
      await until(() => proxy.uploads >= before + 2);
      run.process.kill('SIGINT');
      expect((await run.ended).status).toBe(130);
    }
    const resumed = await runBhxh(['submit', '--resume', '--format', 'json'], around());
    expect(comparable(resumed.stdout, first)).toEqual(comparable(uninterrupted.stdout, whole));
    const state = join(folder, '.local', 'state', 'bhxh');
    const left = readdirSync(state, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => name.endsWith('.run'))).toEqual([]);
  }, 120_000);
});

describe('documents that are no plain files', () => {
  test('of an archive are sent, also after an interruption and without naming the archive again', async () => {
    await slowProxy(100);
    const { paths, hashes } = freshClaims(join(folder, 'made'), 8);
    const entries = paths.map((path, at) => ({ name: `khoa/${at + 1}.xml`, content: readFileSync(path) }));
    writeFileSync(join(folder, 'night.zip'), buildZip(entries));
    const run = startBhxh(['submit', 'night.zip', '--concurrency', '2'], around());
    await until(() => proxy.uploads >= 3);
    run.process.kill('SIGKILL');
    await run.ended;
    const resumed = await runBhxh(['submit', '--resume', '--format', 'json'], around());
    expect(resumed.status, resumed.stderr).toBe(0);
    const { items } = JSON.parse(resumed.stdout) as Report;
    expect(items.map(({ path }) => path)).toEqual(entries.map(({ name }) => `night.zip!${name}`));
    expect(new Set(proxy.passed).size).toBe(hashes.size);
    expect(proxy.passed).toHaveLength(hashes.size);
  }, 120_000);

  test('of standard input are kept until they are sent', async () => {
    const { paths } = freshClaims(join(folder, 'made'), 1);
    const document = readFileSync(paths[0]!, 'utf8');
    const begun = await runBhxh(['submit', '-', '--until', '2020-01-01T00:00'], around(), document);
    expect(begun.status, begun.stderr).toBe(7);
    const resumed = await runBhxh(['submit', '--resume', '--format', 'json'], around());
    expect(resumed.status, resumed.stderr).toBe(0);
    expect((JSON.parse(resumed.stdout) as Report).items).toMatchObject([{ path: '-', state: 'accepted' }]);
  }, 60_000);

  test('of a list made on Windows are found, with a deadline of their own going first', async () => {
    const { paths } = freshClaims(join(folder, 'ra vien'), 3);
    const name = (at: number): string => paths[at]!.split('/').at(-1)!;
    const list = [
      `"ra vien\\${name(0)}"`,
      `ra vien\\${name(1)}`,
      JSON.stringify({ path: `ra vien\\${name(2)}`, deadline: '2020-01-02' }),
    ].join('\r\n');
    writeFileSync(join(folder, 'list.txt'), Buffer.from(`\uFEFF${list}\r\n`, 'utf16le'));
    const planned = await runBhxh(
      ['submit', '--list', 'list.txt', '--until', '2020-01-01T00:00', '--format', 'json'],
      around(),
    );
    expect(planned.status, planned.stderr).toBe(7);
    const report = JSON.parse(planned.stdout) as Report & { deadlines: Record<string, number> };
    expect(report.items).toMatchObject([
      { deadline: null },
      { deadline: null },
      { deadline: '2020-01-02T16:59:59.000Z' },
    ]);
    expect(report.deadlines).toEqual({ overdue: 1, near: 0 });
    const sent = await runBhxh(['submit', '--resume', '--concurrency', '1'], around());
    expect(sent.status, sent.stderr).toBe(0);
    const order = await runBhxh(['journal', 'show', '--format', 'json'], around());
    const { items } = JSON.parse(order.stdout) as { items: { changedAt: string; deadline?: string }[] };
    const [soonest] = [...items].sort((one, other) => (one.changedAt < other.changedAt ? -1 : 1));
    expect(soonest?.deadline).toBeDefined();
  }, 60_000);
});

describe('signing while sending', () => {
  const signing = (): string[] => {
    const own = server.ready.keys.find(({ facility }) => facility === '99001');
    return ['--sign-with', own?.ref ?? '', '--pin-file', own?.pinFile ?? ''];
  };
  const generate = async (to: string, seed: number): Promise<number> => {
    const made = await runBhxh(
      ['generate', 'claims', '--count', '6', '--seed', String(seed), '--out', to],
      around(),
    );
    expect(made.status, made.stderr).toBe(0);
    return readdirSync(join(folder, to)).filter((name) => name.endsWith('.xml')).length;
  };

  test('signs each document once, however often the submission is killed and begun again', async () => {
    await slowProxy(150);
    const count = await generate('d', 71);
    for (let kill = 1; kill <= 2; kill++) {
      const before = proxy.uploads;
      const run = startBhxh(['submit', 'd', ...signing(), '--concurrency', '1'], around());
      await until(() => proxy.uploads >= before + 1);
      run.process.kill('SIGKILL');
      await run.ended;
      await until(() => proxy.passed.length >= proxy.uploads);
    }
    const last = await runBhxh(['submit', 'd', ...signing(), '--format', 'json'], around());
    expect(last.status, last.stderr).toBe(0);
    const again = await runBhxh(['submit', 'd', ...signing(), '--format', 'json'], around());
    expect(again.status, again.stderr).toBe(0);
    expect((JSON.parse(again.stdout) as Report).items.map(({ path }) => path)).toEqual(
      readdirSync(join(folder, 'd'))
        .filter((name) => name.endsWith('.xml'))
        .sort()
        .map((name) => `d/${name}`),
    );
    expect(proxy.passed).toHaveLength(count);
  }, 180_000);

  test('goes with a watched folder, and what is wrong is moved aside unsigned', async () => {
    const count = await generate('inbox', 72);
    mkdirSync(join(folder, 'inbox'), { recursive: true });
    writeFileSync(join(folder, 'inbox', 'wrong.xml'), '<GIAMDINHHS/>');
    const watching = startBhxh(['submit', '--watch', 'inbox', ...signing()], around());
    await until(() => existsSync(join(folder, 'inbox', 'rejected', 'wrong.xml')));
    await until(() => readdirSync(join(folder, 'inbox', 'done')).length === count);
    watching.process.kill('SIGTERM');
    expect((await watching.ended).status).toBe(130);
    expect(proxy.passed).toHaveLength(count);
  }, 120_000);
});
