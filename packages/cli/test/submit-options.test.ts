// Options of `bhxh submit` with real processes: the built command, a proxy that counts, the built server.
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from './bhxh-process.ts';
import { submittingWorld } from './submitting-world.ts';

const world = submittingWorld('submit');

function statesOf(stdout: string): string[] {
  return (JSON.parse(stdout) as { items: { state: string }[] }).items.map(({ state }) => state).sort();
}

describe('input', () => {
  test('a list on standard input names files line by line, as text or JSON', async () => {
    const [first = '', second = '', third = ''] = world.freshClaims('in', 3).paths;
    const list = `${first}\r\n\n${JSON.stringify({ path: second, ward: 'K01' })}\n${third}`;
    const sent = await world.run(['submit', '--list', '-', '--format', 'json'], list);
    expect(sent.status, sent.stderr).toBe(0);
    expect(statesOf(sent.stdout)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(world.proxy.passed).toHaveLength(3);
  });

  test('a list in a file may name what is not there, and the rest is sent', async () => {
    const [first = ''] = world.freshClaims('in', 1).paths;
    writeFileSync(join(world.folder, 'list.txt'), `gone.xml\n${first}\n`);
    const sent = await world.run(['submit', '--list', 'list.txt', '--format', 'json']);
    expect(sent.status, sent.stderr).toBe(0);
    expect(sent.stderr).toContain('gone.xml: no such file');
    expect(world.proxy.passed).toHaveLength(1);
  });

  test('a JSON line without a path is wrong usage and names its line', async () => {
    const sent = await world.run(['submit', '--list', '-'], '\n{"file": "x.xml"}\n');
    expect(sent.status).toBe(2);
    expect(sent.stderr).toContain('#2');
  });
});

describe('limits', () => {
  test('--max-rate spaces the calls', async () => {
    world.freshClaims('in', 8);
    const begun = performance.now();
    const sent = await world.run(['submit', 'in', '--max-rate', '4']);
    expect(sent.status, sent.stderr).toBe(0);
    // Eight uploads, one login and the question what is offered: nine waits of a quarter of a second.
    expect(performance.now() - begun).toBeGreaterThan(2_000);
  });

  test('--until in the past begins nothing and leaves all for --resume', async () => {
    world.freshClaims('in', 2);
    const stopped = await world.run(['submit', 'in', '--until', '2020-01-01T00:00', '--format', 'json']);
    expect(stopped.status, stopped.stderr).toBe(7);
    expect(statesOf(stopped.stdout)).toEqual(['planned', 'planned']);
    expect(world.proxy.uploads).toBe(0);
    const resumed = await world.run(['submit', '--resume', '--until', '2020-01-01T00:00']);
    expect(resumed.status, 'work is left although nothing moved').toBe(7);
    expect((await world.run(['submit', '--resume'])).status).toBe(0);
    expect(world.proxy.passed).toHaveLength(2);
  });

  test('--until that is no time is wrong usage', async () => {
    const sent = await world.run(['submit', 'in', '--until', '25:00']);
    expect(sent.status).toBe(2);
    expect(sent.stderr).toContain('--until');
  });

  test('--stop-on ends after so many rejections', async () => {
    world.freshClaims('in', 6);
    for (const name of readdirSync(join(world.folder, 'in'))) {
      const path = join(world.folder, 'in', name);
      const text = readFileSync(path, 'utf8');
      const inner = /<NOIDUNGFILE>([^<]*)</.exec(text)?.[1] ?? '';
      const table = Buffer.from(inner, 'base64')
        .toString('utf8')
        .replace(/LK(\d+)/, 'SCENARIO.bad-format.$1');
      writeFileSync(path, text.replace(inner, Buffer.from(table).toString('base64')));
    }
    const sent = await world.run([
      'submit',
      'in',
      '--stop-on',
      '2',
      '--concurrency',
      '1',
      '--format',
      'json',
    ]);
    expect(statesOf(sent.stdout)).toEqual([
      'planned',
      'planned',
      'planned',
      'planned',
      'rejected',
      'rejected',
    ]);
    expect(sent.status).toBe(7);
  });
});

describe('an interruption', () => {
  test('Ctrl-C lets what is on its way finish, and --resume sends the rest once', async () => {
    await world.connect({ delay: 300 });
    world.freshClaims('in', 20);
    const submitting = world.start(['submit', 'in', '--concurrency', '4', '--format', 'json']);
    await until(() => world.proxy.uploads >= 6);
    submitting.process.kill('SIGINT');
    const stopped = await submitting.ended;
    expect(stopped.status, stopped.stderr).toBe(130);
    const states = statesOf(stopped.stdout);
    expect(states.filter((state) => state === 'accepted')).toHaveLength(world.proxy.passed.length);
    expect(new Set(states)).toEqual(new Set(['accepted', 'planned']));
    await world.expectSoundJournal();
    const resumed = await world.run(['submit', '--resume']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(world.proxy.passed).toHaveLength(20);
    expect(new Set(world.proxy.passed).size).toBe(20);
  });

  test('a second Ctrl-C ends at once, the journal is sound, and nothing is sent twice', async () => {
    await world.connect({ delay: 3_000 });
    world.freshClaims('in', 6);
    const submitting = world.start(['submit', 'in', '--concurrency', '3']);
    await until(() => world.proxy.uploads >= 3);
    submitting.process.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 150));
    const begun = performance.now();
    submitting.process.kill('SIGINT');
    const stopped = await submitting.ended;
    expect(stopped.status, stopped.stderr).toBe(130);
    expect(performance.now() - begun).toBeLessThan(2_500);
    await world.expectSoundJournal();
    await until(() => world.proxy.passed.length >= 3);
    const resumed = await world.run(['submit', '--resume']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(world.proxy.passed).toHaveLength(6);
    expect(new Set(world.proxy.passed).size).toBe(6);
  });
});

describe('X-08: two processes and one journal', () => {
  test('one works, the other says that the journal is in use and ends with 2', async () => {
    await world.connect({ delay: 200 });
    const rounds = process.env['BHXH_TEST_LONG'] === '1' ? 50 : 2;
    for (let round = 1; round <= rounds; round++) {
      const sent = world.proxy.passed.length;
      world.freshClaims(`in-${round}`, 10);
      const both = [1, 2].map(() => world.start(['submit', `in-${round}`, '--concurrency', '2']));
      const ends = await Promise.all(both.map(({ ended }) => ended));
      expect(ends.map(({ status }) => status).sort(), ends.map(({ stderr }) => stderr).join('')).toEqual([
        0, 2,
      ]);
      expect(ends.find(({ status }) => status === 2)?.stderr).toContain('ERR_JOURNAL_BUSY');
      expect(world.proxy.passed).toHaveLength(sent + 10);
    }
    expect(new Set(world.proxy.passed).size).toBe(world.proxy.passed.length);
    await world.expectSoundJournal();
  }, 600_000);

  test('a lock that a killed process left is taken over', async () => {
    await world.connect({ delay: 200 });
    world.freshClaims('in', 8);
    const killed = world.start(['submit', 'in', '--concurrency', '2']);
    await until(() => world.proxy.uploads >= 3);
    killed.process.kill('SIGKILL');
    await killed.ended;
    await until(() => world.proxy.passed.length >= world.proxy.uploads);
    const resumed = await world.run(['submit', 'in']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(world.proxy.passed).toHaveLength(8);
    await world.expectSoundJournal();
  });
});

describe('a watched folder', () => {
  test('sends what has settled, moves it, and keeps what is still being written', async () => {
    const inbox = join(world.folder, 'inbox');
    const [other = ''] = world.freshClaims('made', 1).paths;
    const [first = '', second = ''] = world.freshClaims('inbox', 2).paths.map((path) => basename(path));
    writeFileSync(join(inbox, 'broken.xml'), '<GIAMDINHHS>');
    writeFileSync(join(inbox, 'notes.txt'), 'not a document');
    const watching = world.start(['submit', '--watch', 'inbox']);
    let grown = 0;
    const writing = setInterval(() => writeFileSync(join(inbox, 'growing.xml'), 'x'.repeat(++grown)), 200);
    try {
      await until(() => existsSync(join(inbox, 'done', second)));
      await until(() => existsSync(join(inbox, 'rejected', 'broken.xml')));
      // The same name again, with other bytes: nothing in `done` is overwritten.
      copyFileSync(other, join(inbox, first));
      await until(() => readdirSync(join(inbox, 'done')).length === 3);
      expect(existsSync(join(inbox, 'growing.xml'))).toBe(true);
    } finally {
      clearInterval(writing);
    }
    watching.process.kill('SIGINT');
    const stopped = await watching.ended;
    expect(stopped.status, stopped.stderr).toBe(130);
    expect(
      readdirSync(join(inbox, 'done')).filter((name) => name.startsWith(first.slice(0, 6))),
    ).toHaveLength(2);
    expect(readdirSync(inbox)).toContain('notes.txt');
    expect(world.proxy.passed).toHaveLength(3);
    await world.expectSoundJournal();
  });

  test('a document whose outcome is not known stays, and a later watch moves it without sending it again', async () => {
    const inbox = join(world.folder, 'inbox');
    const [path = ''] = world.freshClaims('inbox', 1).paths;
    world.proxy.partition(true);
    const stopped = await world.run([
      'submit',
      '--watch',
      'inbox',
      '--until',
      new Date(Date.now() + 4_000).toISOString().slice(0, 19) + 'Z',
    ]);
    expect(stopped.status, stopped.stderr).toBe(5);
    expect(existsSync(path)).toBe(true);
    world.proxy.partition(false);
    expect((await world.run(['submit', '--resume'])).status).toBe(0);
    const watching = world.start(['submit', '--watch', 'inbox']);
    await until(() => existsSync(join(inbox, 'done', basename(path))));
    watching.process.kill('SIGTERM');
    expect((await watching.ended).status).toBe(130);
    expect(world.proxy.passed).toHaveLength(1);
  });
});
