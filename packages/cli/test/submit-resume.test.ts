// Submissions that are cut off and continued: real processes, real signals, the built server behind a proxy that counts.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, until } from './bhxh-process.ts';
import { submittingWorld } from './submitting-world.ts';
import { buildZip } from './zip-builder.ts';

const world = submittingWorld('resume');

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
  const first = world.nextClaim;
  world.freshClaims('d', count);
  writeFileSync(join(world.folder, 'd', 'broken.xml'), '<GIAMDINHHS>');
  return first;
}

describe('a submission that is interrupted twice and resumed', () => {
  test('by kill -9, alone or with its paths, ends with the same report as one that was not', async () => {
    const whole = mixedFolder(24);
    const uninterrupted = await world.run(['submit', 'd', '--format', 'json']);
    const expected = comparable(uninterrupted.stdout, whole);
    expect(uninterrupted.status, uninterrupted.stderr).toBe(6);

    for (const last of [
      ['submit', '--resume'],
      ['submit', 'd', '--resume'],
      ['submit', 'd'],
    ]) {
      world.moveOn();
      await world.connect({ delay: 100 });
      const first = mixedFolder(24);
      for (const [words, sent] of [
        [['submit', 'd'], 4],
        [['submit', '--resume'], 3],
      ] as const) {
        const before = world.proxy.uploads;
        const run = world.start([...words, '--concurrency', '3', '--format', 'json']);
        await until(() => world.proxy.uploads >= before + sent);
        run.process.kill('SIGKILL');
        expect((await run.ended).status).toBeNull();
      }
      const resumed = await world.run([...last, '--format', 'json']);
      expect(comparable(resumed.stdout, first), last.join(' ')).toEqual(expected);
      expect(resumed.status, resumed.stderr).toBe(6);
      expect(new Set(world.proxy.passed).size, 'nothing was sent twice').toBe(world.proxy.passed.length);
    }
  }, 240_000);

  test('by Ctrl-C likewise, and a complete submission leaves no list behind', async () => {
    const whole = mixedFolder(12);
    const uninterrupted = await world.run(['submit', 'd', '--format', 'json']);
    world.moveOn();
    await world.connect({ delay: 100 });
    const first = mixedFolder(12);
    for (const words of [
      ['submit', 'd'],
      ['submit', '--resume'],
    ]) {
      const before = world.proxy.uploads;
      const run = world.start([...words, '--concurrency', '2']);
      await until(() => world.proxy.uploads >= before + 2);
      run.process.kill('SIGINT');
      expect((await run.ended).status).toBe(130);
    }
    const resumed = await world.run(['submit', '--resume', '--format', 'json']);
    expect(comparable(resumed.stdout, first)).toEqual(comparable(uninterrupted.stdout, whole));
    const state = join(world.folder, '.local', 'state', 'bhxh');
    const left = readdirSync(state, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => name.endsWith('.run'))).toEqual([]);
  });
});

test('a journal that was never begun is not taken for one in which everything is done', async () => {
  const mistyped = ['submit', '--resume', '--journal', 'nihgt.journal'];
  for (const words of [mistyped, [...mistyped, '--dry-run']]) {
    const refused = await world.run(words);
    expect(refused.status, refused.stderr).toBe(9);
    expect(refused.stderr).toMatch(/ERR_JOURNAL_MISSING.*nihgt\.journal/);
  }
  expect(readdirSync(world.folder).filter((name) => name.startsWith('nihgt'))).toEqual([]);

  world.freshClaims('d', 2);
  expect((await world.run(['submit', 'd', '--journal', 'night.journal'])).status).toBe(0);
  rmSync(join(world.folder, 'night.journal'));
  const lost = await world.run(['submit', '--resume', '--journal', 'night.journal']);
  expect(lost.stderr).not.toContain('ERR_JOURNAL_MISSING');
});

describe('a submission that is interrupted while it reads its documents', () => {
  const words = ['--journal', 'n.journal', '--concurrency', '8'];
  const readSoFar = (): number => {
    const list = join(world.folder, 'n.journal.run');
    return existsSync(list) ? readFileSync(list, 'utf8').split('"item"').length - 1 : 0;
  };

  const interruptedReading = async (signal: 'SIGINT' | 'SIGKILL'): Promise<Ended> => {
    const run = world.start(['submit', 'd', ...words, '--until', '2020-01-01T00:00']);
    await until(() => readSoFar() > 0);
    run.process.kill(signal);
    return run.ended;
  };

  test('by Ctrl-C says what to do', async () => {
    world.freshClaims('d', 2_000);
    const ended = await interruptedReading('SIGINT');
    expect(ended.status, ended.stderr).toBe(130);
    expect(ended.stderr).toMatch(/WARN_NOT_ALL_READ.*bhxh submit d /);
  });

  test('by kill -9 is never taken for a whole one', async () => {
    const { hashes } = world.freshClaims('d', 2_000);
    expect((await interruptedReading('SIGKILL')).status).toBeNull();

    const resumed = await world.run(['submit', '--resume', ...words]);
    expect(resumed.status, resumed.stderr).toBe(7);
    expect(resumed.stderr).toMatch(/WARN_NOT_ALL_READ.*bhxh submit d /);
    expect(world.proxy.passed.length).toBeGreaterThan(0);
    expect(world.proxy.passed.length).toBeLessThan(hashes.size);

    const other = world.freshClaims('other', 1);
    const beside = await world.run(['submit', 'other', ...words]);
    expect(beside.status, beside.stderr).toBe(0);
    expect(beside.stderr).toMatch(/WARN_NOT_ALL_READ.*bhxh submit d /);

    const whole = await world.run(['submit', 'd', ...words]);
    expect(whole.status, whole.stderr).toBe(0);
    expect(whole.stderr).not.toContain('WARN_NOT_ALL_READ');
    expect(new Set(world.proxy.passed)).toEqual(new Set([...hashes, ...other.hashes]));
    expect(world.proxy.passed).toHaveLength(hashes.size + other.hashes.size);
    expect(existsSync(join(world.folder, 'n.journal.run'))).toBe(false);
  });
});

test('a list that is never ended does not keep whoever interrupts waiting', async () => {
  const { paths } = world.freshClaims('d', 20);
  const run = world.start(['submit', '--list', '-', '--journal', 'n.journal'], null);
  run.process.stdin!.write(`${paths.join('\n')}\n`);
  await until(() => existsSync(join(world.folder, 'n.journal.run')));
  run.process.kill('SIGINT');
  const ended = await run.ended;
  expect(ended.status, ended.stderr).toBe(130);
});

describe('documents that are no plain files', () => {
  test('of an archive are sent, also after an interruption and without naming the archive again', async () => {
    await world.connect({ delay: 100 });
    const { paths, hashes } = world.freshClaims('made', 8);
    const entries = paths.map((path, at) => ({ name: `khoa/${at + 1}.xml`, content: readFileSync(path) }));
    writeFileSync(join(world.folder, 'night.zip'), buildZip(entries));
    const run = world.start(['submit', 'night.zip', '--concurrency', '2']);
    await until(() => world.proxy.uploads >= 3);
    run.process.kill('SIGKILL');
    await run.ended;
    const resumed = await world.run(['submit', '--resume', '--format', 'json']);
    expect(resumed.status, resumed.stderr).toBe(0);
    const { items } = JSON.parse(resumed.stdout) as Report;
    expect(items.map(({ path }) => path)).toEqual(entries.map(({ name }) => `night.zip!${name}`));
    expect(new Set(world.proxy.passed).size).toBe(hashes.size);
    expect(world.proxy.passed).toHaveLength(hashes.size);
  });

  test('of standard input are kept until they are sent', async () => {
    const { paths } = world.freshClaims('made', 1);
    const document = readFileSync(paths[0]!, 'utf8');
    const begun = await world.run(['submit', '-', '--until', '2020-01-01T00:00'], document);
    expect(begun.status, begun.stderr).toBe(7);
    const resumed = await world.run(['submit', '--resume', '--format', 'json']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect((JSON.parse(resumed.stdout) as Report).items).toMatchObject([{ path: '-', state: 'accepted' }]);
  });

  test('of a list made on Windows are found, with a deadline of their own going first', async () => {
    const { paths } = world.freshClaims('ra vien', 3);
    const name = (at: number): string => paths[at]!.split('/').at(-1)!;
    const list = [
      `"ra vien\\${name(0)}"`,
      `ra vien\\${name(1)}`,
      JSON.stringify({ path: `ra vien\\${name(2)}`, deadline: '2020-01-02' }),
    ].join('\r\n');
    writeFileSync(join(world.folder, 'list.txt'), Buffer.from(`\uFEFF${list}\r\n`, 'utf16le'));
    const planned = await world.run([
      'submit',
      '--list',
      'list.txt',
      '--until',
      '2020-01-01T00:00',
      '--format',
      'json',
    ]);
    expect(planned.status, planned.stderr).toBe(7);
    const report = JSON.parse(planned.stdout) as Report & { deadlines: Record<string, number> };
    expect(report.items).toMatchObject([
      { deadline: null },
      { deadline: null },
      { deadline: '2020-01-02T16:59:59.000Z' },
    ]);
    expect(report.deadlines).toEqual({ overdue: 1, near: 0 });
    const sent = await world.run(['submit', '--resume', '--concurrency', '1']);
    expect(sent.status, sent.stderr).toBe(0);
    const order = await world.run(['journal', 'show', '--format', 'json']);
    const { items } = JSON.parse(order.stdout) as { items: { changedAt: string; deadline?: string }[] };
    const [soonest] = [...items].sort((one, other) => (one.changedAt < other.changedAt ? -1 : 1));
    expect(soonest?.deadline).toBeDefined();
  });
});

describe('signing while sending', () => {
  const signing = (): string[] => {
    const own = world.server.ready.keys.find(({ facility }) => facility === '99001');
    return ['--sign-with', own?.ref ?? '', '--pin-file', own?.pinFile ?? ''];
  };
  const generate = async (to: string, seed: number): Promise<number> => {
    const made = await world.run(['generate', 'claims', '--count', '6', '--seed', String(seed), '--out', to]);
    expect(made.status, made.stderr).toBe(0);
    return readdirSync(join(world.folder, to)).filter((name) => name.endsWith('.xml')).length;
  };

  test('signs each document once, however often the submission is killed and begun again', async () => {
    await world.connect({ delay: 150 });
    const count = await generate('d', 71);
    for (let kill = 1; kill <= 2; kill++) {
      const before = world.proxy.uploads;
      const run = world.start(['submit', 'd', ...signing(), '--concurrency', '1']);
      await until(() => world.proxy.uploads >= before + 1);
      run.process.kill('SIGKILL');
      await run.ended;
      await until(() => world.proxy.passed.length >= world.proxy.uploads);
    }
    const last = await world.run(['submit', 'd', ...signing(), '--format', 'json']);
    expect(last.status, last.stderr).toBe(0);
    const again = await world.run(['submit', 'd', ...signing(), '--format', 'json']);
    expect(again.status, again.stderr).toBe(0);
    expect((JSON.parse(again.stdout) as Report).items.map(({ path }) => path)).toEqual(
      readdirSync(join(world.folder, 'd'))
        .filter((name) => name.endsWith('.xml'))
        .sort()
        .map((name) => `d/${name}`),
    );
    expect(world.proxy.passed).toHaveLength(count);
  });

  test('goes with a watched folder, and what is wrong is moved aside unsigned', async () => {
    const count = await generate('inbox', 72);
    mkdirSync(join(world.folder, 'inbox'), { recursive: true });
    writeFileSync(join(world.folder, 'inbox', 'wrong.xml'), '<GIAMDINHHS/>');
    const watching = world.start(['submit', '--watch', 'inbox', ...signing()]);
    await until(() => existsSync(join(world.folder, 'inbox', 'rejected', 'wrong.xml')));
    await until(() => readdirSync(join(world.folder, 'inbox', 'done')).length === count);
    watching.process.kill('SIGTERM');
    expect((await watching.ended).status).toBe(130);
    expect(world.proxy.passed).toHaveLength(count);
  });
});
