// as a hospital meets them: `bhxh submit` killed with -9 between a faulty line and the reference server.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomFrom } from '../../sdk/test/fault-gateway.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import {
  type Ended,
  canFailCalls,
  failingCalls,
  runBhxh,
  type ServerProcess,
  startBhxh,
  startServer,
  type Surroundings,
  surroundingsOf,
  until,
  writeClaims,
} from './bhxh-process.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const patience = long ? 7_200_000 : 300_000;
/** A run by hand may choose its own size and seed. */
const sized = (name: string, size: number): number => Number(process.env[name] ?? size);
const files = sized('BHXH_TEST_FILES', long ? 10_000 : 60);
const kills = sized('BHXH_TEST_KILLS', long ? 200 : 3);
const seed = sized('BHXH_TEST_SEED', 201);
const concurrency = 8;
const faults = {
  unavailable: 0.05,
  timeoutAfterCommit: 0.01,
  resetBeforeCommit: 0.005,
  resetAfterCommit: 0.005,
  truncated: 0.01,
};

let folder: string;
let server: ServerProcess;
let proxy: FaultProxy;
let around: Surroundings;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-killed-'));
});
afterEach(async () => {
  await proxy?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

async function serve(between: Partial<FaultProxyOptions>, words: readonly string[] = []): Promise<void> {
  server = await startServer(folder, words);
  proxy = await startFaultProxy({ target: server.url, seed, silentFor: long ? 10_000 : 1_000, ...between });
  around = surroundingsOf(folder, proxy.url, server.account);
}

/** `submit` of everything again and `--resume` alone must both go on where the dead process was, if it ever began. */
const again = (random: () => number, hasBegun: boolean): string[] =>
  random() < 0.3 || !hasBegun ? ['submit', 'in', '--resume'] : ['submit', '--resume'];

/**
 * Kills process after process: three in four after a random number of uploads, so that the kills spread over the whole
 * night, the others at a random moment after their start, so that starting, planning and closing are met too.
 */
async function killRepeatedly(): Promise<number> {
  const random = randomFrom(seed);
  let killed = 0;
  let hasBegun = true;
  for (let words = ['submit', 'in']; killed < kills; words = again(random, hasBegun)) {
    const left = files - proxy.passed.length;
    const enough = proxy.uploads + Math.floor((random() * 2 * left) / (kills - killed + 1));
    const byTime = random() < 0.25;
    const moment = random() * (byTime ? 1_500 : 20);
    const submitting = startBhxh(words, around);
    let over = false;
    void submitting.ended.then(() => (over = true));
    // Where nothing can be asked for a while, a run may first wait for what the one before it left open.
    if (!byTime) await until(() => over || proxy.uploads >= enough, patience);
    await new Promise((resolve) => setTimeout(resolve, moment));
    submitting.process.kill('SIGKILL');
    const { status, stderr } = await submitting.ended;
    if (status === null) killed++;
    else expect([0, 5, 7, 9], stderr).toContain(status);
    hasBegun = status !== 9;
    if (status === 9) expect(stderr).toContain('ERR_JOURNAL_MISSING');
    if (proxy.passed.length >= files && status === 0) break;
  }
  return killed;
}

/** Runs until nothing is left or nothing more can be known; a server that was down for a while is come back to. */
async function submitToTheEnd(): Promise<Ended> {
  for (let runs = 1; ; runs++) {
    const ended = await runBhxh(['submit', 'in', '--resume', '--format', 'json'], around);
    if (ended.status === 0 || runs === 5 || countOf(ended, 'planned', 'sending') === 0) return ended;
  }
}

interface Report {
  readonly items: readonly { readonly path: string; readonly state: string }[];
  readonly counts: Readonly<Record<string, number>>;
}

const countOf = (ended: Ended, ...states: string[]): number => {
  const { counts } = JSON.parse(ended.stdout) as Report;
  return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
};

async function journalIsSound(): Promise<void> {
  const verified = await runBhxh(['journal', 'verify'], around);
  expect(verified.status, verified.stdout + verified.stderr).toBe(0);
}

function told(name: string, killed: number): void {
  process.stdout.write(
    `${name} seed ${seed}: ${files} files, ${killed} kills, ${proxy.uploads} uploads (${(proxy.uploads / files).toFixed(3)} a file), ${JSON.stringify(proxy.injected)}\n`,
  );
}

describe('X-01: the command killed at random points', () => {
  test('loses nothing and doubles nothing', { timeout: patience }, async () => {
    const { hashes } = writeClaims(join(folder, 'in'), files, 1, 2_000);
    await serve({ faults });
    const killed = await killRepeatedly();
    const last = await submitToTheEnd();
    expect(last.status, last.stderr).toBe(0);
    expect(killed).toBeGreaterThanOrEqual(Math.min(kills, 2));
    expect(countOf(last, 'accepted', 'confirmed')).toBe(files);
    const held = server.held();
    expect(held).toHaveLength(files);
    expect(new Set(held)).toEqual(hashes);
    expect(proxy.passed).toHaveLength(files);
    expect(proxy.uploads).toBeLessThanOrEqual(files * 1.12 + (killed + 1) * concurrency);
    await journalIsSound();
    told('X-01', killed);
  });

  test.runIf(canFailCalls)('and at every step of the journal', { timeout: patience }, async () => {
    await serve({});
    const shim = failingCalls(folder);
    const each = 4;
    let first = 1;
    let killed = 0;
    const random = randomFrom(seed);
    for (const [calls, how] of [
      ['write', 'kill'],
      ['write', 'tear'],
      ['sync', 'kill'],
      ['open', 'kill'],
    ] as const) {
      // The short form takes one call of each kind, the long one all of them.
      const chosen = 1 + Math.floor(random() * (calls === 'open' ? 12 : 25));
      for (let nth = long ? 1 : chosen; long || nth === chosen; nth++) {
        const input = join(folder, `in-${first}`);
        const journal = join(folder, `steps-${first}`, 'night.journal');
        const { hashes } = writeClaims(input, each, first);
        first += each;
        const before = proxy.passed.length;
        const words = ['submit', input, '--journal', journal];
        const seen = join(folder, `seen-${first}`);
        const struck = await runBhxh(words, {
          ...around,
          env: {
            ...around.env,
            LD_PRELOAD: shim,
            FAIL_CALLS: calls,
            FAIL_PATH: join(folder, `steps-`),
            FAIL_AT: String(nth),
            FAIL_WITH: how,
            FAIL_SEEN: seen,
          },
        });
        expect(struck.status, `${how} at ${calls} ${nth}: ${struck.stderr}`).toBe(
          existsSync(seen) ? null : 0,
        );
        const resumed = await runBhxh([...words, '--resume'], around);
        expect(resumed.status, `${how} at ${calls} ${nth}: ${resumed.stderr}`).toBe(0);
        const arrived = proxy.passed.slice(before);
        expect(arrived, `${how} at ${calls} ${nth}`).toHaveLength(each);
        expect(new Set(arrived)).toEqual(hashes);
        const verified = await runBhxh(['journal', 'verify', '--journal', journal], around);
        expect(verified.status, verified.stdout).toBe(0);
        if (!existsSync(seen)) break;
        killed++;
      }
    }
    expect(killed).toBeGreaterThanOrEqual(long ? 150 : 4);
    const held = server.held();
    expect(held).toHaveLength(new Set(held).size);
    process.stdout.write(`X-01 at every step: ${killed} kills\n`);
  });
});

describe('X-02: a server without idempotency keys', () => {
  // The command asks for forty seconds before it believes that nothing arrived; the short form of this is
  // packages/sdk/test/exactly-once.test.ts, where the gaps can be shortened.
  if (long)
    test('that can be asked late is sent nothing twice', { timeout: patience }, async () => {
      const { hashes } = writeClaims(join(folder, 'in'), files, 1, 2_000);
      await serve({ faults, withoutKeys: true, visibleAfter: 30_000 });
      const killed = await killRepeatedly();
      const last = await submitToTheEnd();
      expect(last.status, last.stderr).toBe(0);
      expect(new Set(server.held())).toEqual(hashes);
      expect(proxy.passed).toHaveLength(files);
      expect(new Set(proxy.passed)).toEqual(hashes);
      await journalIsSound();
      told('X-02 late status', killed);
    });

  test('that cannot be asked leaves what is unknown to a person', { timeout: patience }, async () => {
    const { hashes } = writeClaims(join(folder, 'in'), files, 1, 2_000);
    await serve({ faults }, ['--legacy']);
    const killed = await killRepeatedly();
    const last = await submitToTheEnd();
    const { items } = JSON.parse(last.stdout) as Report;
    const unknown = items.filter(({ state }) => state === 'unknown');
    expect(items).toHaveLength(files);
    expect(last.status, last.stderr).toBe(unknown.length > 0 ? 7 : 0);
    expect(countOf(last, 'accepted', 'unknown')).toBe(files);
    expect(proxy.passed).toHaveLength(new Set(proxy.passed).size);
    // No more can be open than was on its way at a kill or met a fault that hides the answer.
    const hidden = ['timeoutAfterCommit', 'resetBeforeCommit', 'resetAfterCommit', 'truncated'] as const;
    const lost = hidden.reduce((sum, name) => sum + (proxy.injected[name] ?? 0), 0);
    expect(unknown.length).toBeLessThanOrEqual(killed * concurrency + lost);
    const held = new Set(server.held());
    const missing = [...hashes].filter((sha256) => !held.has(sha256));
    expect(missing.length).toBeLessThanOrEqual(unknown.length);
    await journalIsSound();
    told(`X-02 nothing to ask, ${unknown.length} unknown, ${missing.length} of them not there,`, killed);
  });
});
