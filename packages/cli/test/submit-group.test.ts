// A group of hospitals: the documents of several facilities in one folder, sent by one run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallClaim } from '../../sdk/test/fault-gateway.ts';
import { type Ended, runBhxh } from './bhxh-process.ts';
import { submittingWorld } from './submitting-world.ts';

const world = submittingWorld('group');
const each = 12;
const facilities = ['99001', '99002'];

interface Report {
  readonly items: readonly {
    readonly path: string;
    readonly state: string;
    readonly problem: { readonly code: string; readonly en: string } | null;
  }[];
  readonly counts: Readonly<Record<string, number>>;
}
const reportOf = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;

/** Claims of both facilities in one folder, and the accounts of both in the configuration. */
function prepare(passwords: Readonly<Record<string, string>> = {}): (...words: string[]) => Promise<Ended> {
  const input = join(world.folder, 'in');
  mkdirSync(input);
  for (const facility of facilities) {
    for (let number = 0; number < each; number++) {
      const text = smallClaim(world.nextClaim + number)
        .toString('utf8')
        .replaceAll('99001', facility);
      writeFileSync(join(input, `${number}-${facility}.xml`), text);
    }
  }
  world.freshClaims('counted', each);
  const accounts = facilities.map((code) =>
    world.server.ready.accounts.find(({ facility }) => facility === code)!,
  );
  const lines = accounts.map(
    ({ facility, username }) =>
      `  h${facility}: { environment: mock, url: '${world.proxy.url}', facility: '${facility}', username: '${username}', passwordEnv: PASSWORD_${facility} }`,
  );
  writeFileSync(join(world.folder, 'bhxh.config.yaml'), `accounts:\n${lines.join('\n')}\n`);
  const { cwd, env } = world.around;
  const own = {
    PATH: env['PATH'],
    HOME: env['HOME'],
    BHXH_JOURNAL: join(world.folder, 'group.journal'),
    ...Object.fromEntries(
      accounts.map(({ facility, password }) => [`PASSWORD_${facility}`, passwords[facility!] ?? password]),
    ),
  };
  return (...words) => runBhxh(words, { cwd, env: own });
}

test('each goes with the account of its own facility, once, and what is nobody’s is refused', async () => {
  const bhxh = prepare();
  const foreign = smallClaim(world.nextClaim).toString('utf8').replaceAll('99001', '99011');
  writeFileSync(join(world.folder, 'in', 'foreign.xml'), foreign);
  writeFileSync(
    join(world.folder, 'in', 'catalogue.xml'),
    '<HSDANHMUC><DSACH_TBYT Id="Id-1"/><CHUKYDONVI/></HSDANHMUC>',
  );
  const group = ['--facilities', '99001,99002', '--format', 'json'];

  const foreseen = reportOf(await bhxh('submit', 'in', '--dry-run', ...group));
  expect(foreseen.counts).toEqual({ 'would-send': 2 * each, refused: 2 });

  const sent = await bhxh('submit', 'in', ...group);
  const { items, counts } = reportOf(sent);
  expect(counts, sent.stderr).toEqual({ accepted: 2 * each, refused: 2 });
  expect(sent.status).toBe(6);
  const refused = new Map(items.map(({ path, problem }) => [path, problem]));
  expect(refused.get(join('in', 'foreign.xml'))).toMatchObject({
    code: 'ERR_SENDER_UNCLEAR',
    en: 'The document is of facility 99011, which is none of mock/99001, mock/99002.',
  });
  expect(refused.get(join('in', 'catalogue.xml'))?.code).toBe('ERR_SENDER_UNCLEAR');
  expect(world.proxy.passed).toHaveLength(2 * each);
  expect(world.proxy.logins).toBe(2);

  // The same journal knows them when one facility alone sends its own, and the catalogue is its own then.
  const alone = reportOf(await bhxh('submit', 'in', '--account', 'h99002', '--format', 'json'));
  expect(alone.counts).toEqual({ accepted: each + 1, refused: each + 1 });
  expect(world.proxy.passed).toHaveLength(2 * each + 1);
  expect((await bhxh('journal', 'verify')).status).toBe(0);
});

test('an account that is refused stops its own facility only', async () => {
  const wrong = prepare({ '99002': 'wrong' });
  const first = await wrong('submit', 'in', '--facilities', '99001,99002', '--format', 'json');
  expect(first.status, first.stderr).toBe(4);
  expect(reportOf(first).counts).toEqual({ accepted: each, planned: each });
  expect(first.stderr).toContain('mock/99002: ERR_');

  const { env, cwd } = world.around;
  const account = world.server.ready.accounts.find(({ facility }) => facility === '99002')!;
  const second = await runBhxh(['submit', '--resume', '--facilities', '99002', '--format', 'json'], {
    cwd,
    env: {
      PATH: env['PATH'],
      HOME: env['HOME'],
      BHXH_JOURNAL: join(world.folder, 'group.journal'),
      PASSWORD_99002: account.password,
    },
  });
  expect(second.status, second.stderr).toBe(0);
  expect(new Set(world.proxy.passed).size).toBe(2 * each);
  expect(world.proxy.passed).toHaveLength(2 * each);
});

test('a group needs one journal, and no key of one facility signs for all', async () => {
  const bhxh = prepare();
  const config = readFileSync(join(world.folder, 'bhxh.config.yaml'), 'utf8');
  const signing = await bhxh('submit', 'in', '--facilities', '99001,99002', '--sign-with', 'key.p12');
  expect(signing.status).toBe(2);
  expect(signing.stderr).toContain('--sign-with');
  const { env, cwd } = world.around;
  const homeless = { PATH: env['PATH'], HOME: env['HOME'], PASSWORD_99001: 'a', PASSWORD_99002: 'b' };
  const unnamed = await runBhxh(['submit', 'in', '--facilities', '99001,99002'], { cwd, env: homeless });
  expect(unnamed.status).toBe(2);
  expect(unnamed.stderr).toContain('--journal');
  writeFileSync(
    join(world.folder, 'bhxh.config.yaml'),
    `${config}${config.split('\n')[1]!.replace('h99001', 'twin')}\n`,
  );
  const doubled = await bhxh('submit', 'in', '--facilities', '99001');
  expect(doubled.status).toBe(2);
  expect(doubled.stderr).toContain('mock/99001, mock/99001');
  expect(world.proxy.uploads).toBe(0);
});
