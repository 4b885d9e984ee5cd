// the disk under the journal, the outbox and the report fails at the n-th call, inside SQLite as well.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../../sdk/test/fault-gateway.ts';
import { type FaultProxy, startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import {
  type Ended,
  canFailCalls,
  failingCalls,
  runBhxh,
  type ServerProcess,
  startServer,
  type Surroundings,
  surroundingsOf,
  writeClaims,
} from './bhxh-process.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const patience = long ? 7_200_000 : 300_000;
const { ENOSPC, EIO, EMFILE, EACCES, EDQUOT, EROFS } = constants.errno;
const each = 4;

let folder: string;
let server: ServerProcess;
let proxy: FaultProxy;
let around: Surroundings;
let shim: string;
let first = 1;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-disk-'));
  if (canFailCalls) shim = failingCalls(folder);
  server = await startServer(folder);
  proxy = await startFaultProxy({ target: server.url, seed: 1 });
  around = surroundingsOf(folder, proxy.url, server.account);
}, 120_000);
afterAll(async () => {
  await proxy.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Strike {
  readonly calls: string;
  readonly error: number;
  readonly nth: number;
  /** Every later call fails too, as on a full disk. */
  readonly forGood?: boolean;
}

/** The command with a failing disk under everything that belongs to the journal. */
async function struck(
  words: readonly string[],
  { calls, error, nth, forGood = false }: Strike,
  path: string,
): Promise<Ended & { readonly hit: boolean }> {
  const seen = join(folder, `seen-${first}-${calls}-${nth}`);
  const env = {
    ...around.env,
    LD_PRELOAD: shim,
    FAIL_CALLS: calls,
    FAIL_PATH: path,
    FAIL_AT: String(nth),
    FAIL_WITH: String(error),
    FAIL_ON: forGood ? 'from' : 'once',
    FAIL_SEEN: seen,
  };
  const ended = await runBhxh(words, { ...around, env });
  const hit = existsSync(seen);
  rmSync(seen, { force: true });
  return { ...ended, hit };
}

function statesOf(text: string): Map<string, string> {
  const { items } = JSON.parse(text) as { items: { path: string; state: string }[] };
  return new Map(items.map(({ path, state }) => [path, state]));
}

const isFinal = (state: string | undefined): boolean => state === 'accepted' || state === 'confirmed';

/** One run with a failure, one without: nothing that was shown as accepted is lost, and all is there once. */
async function survives(strike: Strike): Promise<boolean> {
  const input = join(folder, `in-${first}`);
  const state = join(folder, `state-${first}`);
  const { hashes } = writeClaims(input, each, first);
  first += each;
  const before = proxy.passed.length;
  const words = ['submit', input, '--journal', join(state, 'night.journal'), '--format', 'json'];
  const name = `${strike.calls} ${strike.nth} errno ${strike.error}`;
  const ended = await struck(words, strike, state);
  // 0: the failure was survived; 9 and 2: the journal or its folder cannot be used; 7: work is left.
  expect([0, 2, 7, 9], `${name}: ${ended.stderr}`).toContain(ended.status);
  if (ended.status !== 0) expect(ended.stderr, name).toMatch(/ERR_[A-Z_]+/);
  expect(ended.stderr, name).not.toMatch(/ERR_BUG|\n\s+at /);
  const shown =
    ended.stdout.startsWith('{"schema": "bhxh-submit/1"') || ended.stdout.includes('"bhxh-submit/1"');
  const accepted = shown
    ? [...statesOf(ended.stdout)].filter(([, is]) => isFinal(is)).map(([path]) => path)
    : [];
  const next = await runBhxh([...words, '--resume'], around);
  expect(next.status, `${name}, then: ${next.stderr}`).toBe(0);
  const states = statesOf(next.stdout);
  for (const path of accepted) expect(isFinal(states.get(path)), `${name}: ${path}`).toBe(true);
  const arrived = proxy.passed.slice(before);
  expect(arrived, name).toHaveLength(each);
  expect(new Set(arrived), name).toEqual(hashes);
  return ended.hit;
}

describe.runIf(canFailCalls)('X-05: the n-th call to the disk fails', () => {
  const errors = [ENOSPC, EIO, EMFILE, EACCES];
  const kinds = ['write', 'sync', 'open', 'link', 'truncate'];

  test.each(kinds)('%s', { timeout: patience }, async (calls) => {
    const random = randomFrom(calls.length * 31);
    let hits = 0;
    // The long form goes on until a run has fewer calls than that; the short one takes two of them.
    const chosen = [1, 2 + Math.floor(random() * 18)];
    for (let nth = 1; long || nth <= chosen[1]!; nth++) {
      if (!long && !chosen.includes(nth)) continue;
      const error = errors[Math.floor(random() * errors.length)]!;
      if (await survives({ calls, error, nth })) hits++;
      else if (nth > 1) break;
    }
    process.stdout.write(`X-05 ${calls}: ${hits} failures\n`);
    expect(hits).toBeGreaterThanOrEqual(1);
  });
});

describe.runIf(canFailCalls)('X-05: the outbox of signed documents', () => {
  test('cannot be written', { timeout: patience }, async () => {
    const [key] = server.ready.keys.filter(({ facility }) => facility === '99001');
    for (const calls of long ? ['rename', 'write', 'sync', 'open'] : ['rename', 'write']) {
      for (let nth = 1; nth <= (long ? 3 : 1); nth++) {
        const input = join(folder, `signed-${calls}-${nth}`);
        const seed = String(first++);
        const made = await runBhxh(
          ['generate', 'claims', '--count', '3', '--seed', seed, '--out', input],
          around,
        );
        expect(made.status, made.stderr).toBe(0);
        const before = server.held().length;
        const words = ['submit', input, '--journal', join(folder, `outbox-${seed}`, 'night.journal')];
        const signing = [...words, '--sign-with', key!.ref, '--pin-file', key!.pinFile];
        const ended = await struck(signing, { calls, error: ENOSPC, nth }, '.outbox');
        const name = `${calls} ${nth}`;
        expect(ended.hit, name).toBe(true);
        expect(ended.status, `${name}: ${ended.stderr}`).toBe(9);
        // A later open reads what was signed, to send it: that document alone is left out and named in the report.
        const told = calls === 'open' && nth > 1 ? ended.stdout + ended.stderr : ended.stderr;
        expect(told, name).toMatch(/ERR_OUTPUT_UNWRITABLE|ERR_FILE_UNREADABLE/);
        const next = await runBhxh([...signing, '--resume'], around);
        expect(next.status, `${name}, then: ${next.stderr}`).toBe(0);
        expect(server.held(), name).toHaveLength(before + 3);
      }
    }
  });
});

describe.runIf(canFailCalls)('X-10: the disk is full in the middle of a run', () => {
  test.each([
    ['no space', ENOSPC],
    ['over the quota', EDQUOT],
  ])(
    '%s: sending stops with exit 9 and a hint, and goes on when there is room',
    { timeout: patience },
    async (_, error) => {
      const count = long ? 500 : 40;
      const input = join(folder, `in-${first}`);
      const state = join(folder, `state-${first}`);
      const { hashes } = writeClaims(input, count, first);
      first += count;
      const before = proxy.passed.length;
      const words = ['submit', input, '--journal', join(state, 'night.journal'), '--format', 'json'];
      const strike = { calls: 'write', error, nth: 60 + count, forGood: true };
      const full = await struck(words, strike, state);
      expect(full.hit).toBe(true);
      expect([7, 9], full.stderr).toContain(full.status);
      expect(full.stderr).toContain('ERR_JOURNAL_UNWRITABLE');
      expect(full.stderr).toMatch(/full|space|disk/i);
      const sent = proxy.passed.length - before;
      expect(sent).toBeLessThan(count);
      const next = await runBhxh([...words, '--resume'], around);
      expect(next.status, next.stderr).toBe(0);
      const arrived = proxy.passed.slice(before);
      expect(arrived).toHaveLength(count);
      expect(new Set(arrived)).toEqual(hashes);
      process.stdout.write(`X-10 full disk: ${sent} of ${count} were sent before\n`);
    },
  );
});

describe.runIf(canFailCalls)('X-08: a place where nothing can be written', () => {
  test('is named with exit 2 or 9 before anything is sent', { timeout: patience }, async () => {
    const input = join(folder, `in-${first}`);
    writeClaims(input, 1, first);
    first += 1;
    const before = proxy.uploads;
    const state = join(folder, `state-${first}`);
    const words = ['submit', input, '--journal', join(state, 'night.journal')];
    const ended = await struck(
      words,
      { calls: 'open,link,write', error: EROFS, nth: 1, forGood: true },
      state,
    );
    expect([2, 9], ended.stderr).toContain(ended.status);
    expect(ended.stderr).toContain('ERR_');
    expect(proxy.uploads).toBe(before);
    expect(readdirSync(state).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});
