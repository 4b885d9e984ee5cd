import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from './bhxh-process.ts';
import { createTokenWorld, pin, readBytes, readJson } from './token-world.ts';
import type { TokenWorld } from './token-world.ts';

const isLong = process.env['BHXH_TEST_LONG'] === '1';
const count = isLong ? 2000 : 60;
const limit = isLong ? 900_000 : 60_000;

let world: TokenWorld;
beforeAll(() => {
  world = createTokenWorld();
}, 60_000);
afterAll(() => world.remove(), 60_000);
beforeEach(() => {
  world.shim.behave();
  for (const name of ['claims', 'out', 'more'])
    rmSync(join(world.folder, name), { recursive: true, force: true });
}, 60_000);

const claim = (number: number): string =>
  `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><T_BHTT>${number}</T_BHTT>\n<CHUKYDONVI/></GIAMDINHHS>\n`;
const name = (number: number): string => `${String(number).padStart(5, '0')}.xml`;

function writeClaims(folder: string, how: number): void {
  mkdirSync(join(world.folder, folder), { recursive: true });
  for (let number = 0; number < how; number++)
    writeFileSync(join(world.folder, folder, name(number)), claim(number));
}

const sign = (...words: string[]): string[] => [
  'sign',
  'claims',
  '--key',
  world.key,
  '--pin-file',
  world.pinFile,
  '--out',
  'out',
  '--format',
  'json',
  ...words,
];
const signed = (): string[] => readdirSync(join(world.folder, 'out')).filter((one) => one.endsWith('.xml'));
const allValid = (): boolean => world.run(['verify', 'out', '--trust', world.trust]).status === 0;

interface Report {
  readonly items: readonly {
    readonly path: string;
    readonly out: string;
    readonly state: string;
    readonly error?: { readonly code: string };
  }[];
  readonly summary: {
    readonly signed: number;
    readonly kept: number;
    readonly failed: number;
    readonly left: number;
  };
  readonly stopped?: { readonly code: string };
}

test(
  `${count} documents are signed with one login, though the command is killed twice on the way`,
  async () => {
    writeClaims('claims', count);
    world.shim.behave('delay C_Sign 20');
    const kept = new Map<string, string>();
    for (const share of [0.2, 0.5]) {
      const { process: running, ended } = world.start(sign('--resume', '--concurrency', '2'));
      await until(() => existsSync(join(world.folder, 'out')) && signed().length >= count * share);
      running.kill('SIGKILL');
      await ended;
      // What is visible is whole and valid, whenever the command died.
      expect(allValid()).toBe(true);
      for (const one of signed()) {
        const bytes = readBytes(join(world.folder, 'out', one));
        expect(kept.get(one) ?? bytes).toBe(bytes);
        kept.set(one, bytes);
      }
    }
    writeFileSync(join(world.folder, 'out', '.999999999.1.tmp'), 'half');
    world.shim.behave();
    expect(world.run(sign()).status).toBe(2);
    expect(world.logins()).toEqual([]);
    const last = world.run(sign('--resume'));
    expect(last.status, last.stderr).toBe(0);
    const { summary } = readJson<Report>(last.stdout);
    expect(summary).toEqual({ signed: count - kept.size, kept: kept.size, failed: 0, left: 0 });
    expect(kept.size).toBeGreaterThanOrEqual(count * 0.5);
    expect(world.logins()).toEqual(['C_Login 1 pin 0x0']);
    expect(readdirSync(join(world.folder, 'out'))).toEqual(signed());
    expect(signed()).toHaveLength(count);
    for (const [one, bytes] of kept) expect(readBytes(join(world.folder, 'out', one))).toBe(bytes);
    expect(allValid()).toBe(true);
  },
  limit,
);

test('nothing is overwritten unless it is asked for, and what is not the signed document is never kept', () => {
  writeClaims('claims', 4);
  expect(world.run(sign()).status).toBe(0);
  const place = (number: number): string => join(world.folder, 'out', name(number));
  const first = readFileSync(place(0), 'latin1');
  // One altered, one of another document, one without a signature.
  writeFileSync(place(1), readFileSync(place(1), 'latin1').replace('<T_BHTT>1<', '<T_BHTT>7<'));
  writeFileSync(place(2), first);
  writeFileSync(place(3), claim(3));
  const resumed = world.run(sign('--resume'));
  expect(resumed.status).toBe(2);
  const { items, summary } = readJson<Report>(resumed.stdout);
  expect(items.map(({ state, error }) => [state, error?.code])).toEqual([
    ['kept', undefined],
    ['failed', 'ERR_OUTPUT_EXISTS'],
    ['failed', 'ERR_OUTPUT_EXISTS'],
    ['failed', 'ERR_OUTPUT_EXISTS'],
  ]);
  expect(summary).toEqual({ signed: 0, kept: 1, failed: 3, left: 0 });
  expect(readFileSync(place(3), 'latin1')).toBe(claim(3));
  const before = statSync(place(0)).mtimeMs;
  const forced = readJson<Report>(world.run(sign('--resume', '--force')).stdout);
  expect(forced.summary).toEqual({ signed: 3, kept: 1, failed: 0, left: 0 });
  expect(statSync(place(0)).mtimeMs).toBe(before);
  expect(allValid()).toBe(true);
});

test('a dry run asks for no PIN and writes nothing', () => {
  writeClaims('claims', 2);
  const { status, stdout } = world.run(sign('--dry-run'));
  expect(status).toBe(0);
  expect(readJson<Report>(stdout).items.map(({ state }) => state)).toEqual(['planned', 'planned']);
  expect(existsSync(join(world.folder, 'out'))).toBe(false);
  expect(world.logins()).toEqual([]);
});

test('a document that cannot be signed is told, and the rest is signed; folders keep their order', () => {
  writeClaims('claims', 2);
  writeClaims('claims/ward', 2);
  writeFileSync(join(world.folder, 'claims', 'broken.xml'), '<GIAMDINHHS><CHUKYDONVI/>');
  const { status, stdout } = world.run(sign());
  expect(status).toBe(9);
  const { items, summary } = readJson<Report>(stdout);
  expect(summary).toEqual({ signed: 4, kept: 0, failed: 1, left: 0 });
  expect(items.find(({ state }) => state === 'failed')).toMatchObject({
    path: join('claims', 'broken.xml'),
    error: { code: 'ERR_DOCUMENT_UNREADABLE' },
  });
  expect(existsSync(join(world.folder, 'out', 'ward', name(1)))).toBe(true);
  expect(existsSync(join(world.folder, 'out', 'broken.xml'))).toBe(false);
});

test('outputs inside the input folder are no inputs of the next run', () => {
  writeClaims('claims', 2);
  const words = ['sign', 'claims', '--key', world.key, '--pin-file', world.pinFile, '--out', 'claims/signed'];
  expect(world.run(words).status).toBe(0);
  const again = world.run([...words, '--resume', '--format', 'json']);
  expect(readJson<Report>(again.stdout).summary).toEqual({ signed: 0, kept: 2, failed: 0, left: 0 });
});

test('a token that goes stops the batch with what was signed, and the next run goes on', () => {
  writeClaims('claims', 12);
  world.shim.behave('fail 1 C_Sign 0x32 99 5');
  const stopped = world.run(sign());
  expect(stopped.status, stopped.stderr).toBe(8);
  const report = readJson<Report>(stopped.stdout);
  expect(report).toMatchObject({
    summary: { signed: 5, kept: 0, failed: 0, left: 7 },
    stopped: { code: 'ERR_TOKEN_GONE' },
  });
  expect(stopped.stderr).toContain('--resume');
  expect(stopped.stdout + stopped.stderr).not.toContain(pin);
  world.shim.behave();
  const resumed = world.run(sign('--resume'));
  expect(readJson<Report>(resumed.stdout).summary).toEqual({ signed: 7, kept: 5, failed: 0, left: 0 });
  expect(allValid()).toBe(true);
});

test('Ctrl-C ends the batch between two documents', async () => {
  writeClaims('claims', 30);
  world.shim.behave('delay C_Sign 100');
  const { process: running, ended } = world.start(sign());
  await until(() => existsSync(join(world.folder, 'out')) && signed().length >= 3);
  running.kill('SIGINT');
  await ended;
  expect(running.exitCode).toBe(130);
  expect(signed().length).toBeLessThan(30);
  expect(readdirSync(join(world.folder, 'out'))).toEqual(signed());
  expect(allValid()).toBe(true);
});
