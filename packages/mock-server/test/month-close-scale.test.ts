// A month is closed for very many units, killed twice on the way, and every statement is the one of an uninterrupted run.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openStore } from '../src/store/open-store.ts';
import { isAway, seedRegister, wageOfWorker, workersOfUnit } from './register-fixture.ts';

const isLong = process.env['BHXH_TEST_LONG'] === '1';
const UNITS = isLong ? 621_000 : 10_000;
const MONTH = '2026-10';
const AT = '2026-11-03T02:00:00Z';
const KEY = 'key';
const HOUR = 3_600_000;

let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-month-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly state: string;
  readonly units: number;
  readonly totalUnits: number;
  readonly workers: number;
  readonly principal: string;
  readonly digest: string;
}

/** The same sums with plain numbers, by the rates and bounds of October 2026. */
function expected(): { readonly workers: number; readonly principal: string } {
  const minimumWages = [5_310_000, 4_730_000, 4_140_000, 3_700_000];
  const social = 20 * 2_530_000;
  let workers = 0;
  let total = 0;
  for (let unit = 0; unit < UNITS; unit += 1) {
    const unemployment = 20 * (minimumWages[unit % 4] as number);
    for (let place = 0; place < workersOfUnit(unit); place += 1) {
      const number = unit * 46 + place;
      if (isAway(number)) continue;
      const wage = wageOfWorker(number);
      workers += 1;
      // 25 % + 0.5 % + 4.5 % on the one base, 2 % on the other; every wage is whole thousands, so nothing is rounded.
      total += (Math.min(wage, social) * 300 + Math.min(wage, unemployment) * 20) / 1_000;
    }
  }
  return { workers, principal: String(total) };
}

interface Child {
  readonly process: ChildProcess;
  ask(method: 'GET' | 'POST', path: string): Promise<Run>;
}

async function startChild(store: string): Promise<Child> {
  const file = fileURLToPath(new URL('month-close-child.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@bhxh/source', '--import', 'tsx', file, store, KEY, AT],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  children.push(child);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    process: child,
    async ask(method, path) {
      // A connection of its own each time: a busy server drops idle ones at any moment.
      const answer = await fetch(`${url}/control/${path}`, {
        method,
        headers: { 'x-bhxh-admin-key': KEY, Connection: 'close' },
      });
      expect(answer.status).toBe(200);
      return (await answer.json()) as Run;
    },
  };
}

async function killWhen(child: Child, isTime: (run: Run) => boolean): Promise<Run> {
  for (;;) {
    const run = await child.ask('GET', `months/${MONTH}`);
    if (isTime(run)) {
      const gone = once(child.process, 'exit');
      child.process.kill('SIGKILL');
      await gone;
      return run;
    }
    await new Promise((resolve) => setTimeout(resolve, isLong ? 500 : 20));
  }
}

const open = (store: string): Promise<BhxhServer> =>
  createServer({ store, clock: createVirtualClock(undefined, { frozenAt: new Date(AT) }), adminKey: KEY });

async function control(server: BhxhServer, method: string, path: string): Promise<Run> {
  const answer = await server.fetch(
    new Request(`http://server/control/${path}`, { method, headers: { 'x-bhxh-admin-key': KEY } }),
    { address: '127.0.0.1' },
  );
  return (await answer.json()) as Run;
}

it(
  `closes a month for ${UNITS} units, killed twice on the way, with the statements of an uninterrupted run`,
  async () => {
    const killed = join(folder, 'killed.db');
    const whole = join(folder, 'whole.db');
    const store = await openStore(killed);
    let since = performance.now();
    /** The long run says how long its parts take. */
    const told = (part: string): void => {
      const seconds = ((performance.now() - since) / 1_000).toFixed(1);
      if (isLong) process.stderr.write(`${part}: ${seconds} s\n`);
      since = performance.now();
    };
    await seedRegister(store, UNITS, '2026-10');
    await store.close();
    // The office signs with the same key in both.
    const first = await open(killed);
    await first.officeCertificate();
    await first.close();
    await copyFile(killed, whole);
    told('seeded');

    let child = await startChild(killed);
    await child.ask('POST', `months/${MONTH}/close`);
    const one = await killWhen(child, ({ units }) => units >= UNITS / 5);
    child = await startChild(killed);
    const two = await killWhen(child, ({ units }) => units >= (UNITS * 3) / 5);
    expect([one.state, two.state]).toEqual(['running', 'running']);
    expect(two.units).toBeGreaterThan(one.units);
    told('killed twice');
    const again = await open(killed);
    await again.idle();
    told('went on to the end');

    const undisturbed = await open(whole);
    await control(undisturbed, 'POST', `months/${MONTH}/close`);
    await undisturbed.idle();
    told('uninterrupted');

    const run = await control(again, 'GET', `months/${MONTH}`);
    expect(run).toMatchObject({ state: 'done', units: UNITS, totalUnits: UNITS, ...expected() });
    const other = await control(undisturbed, 'GET', `months/${MONTH}`);
    expect(run.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(other).toMatchObject({ state: 'done', digest: run.digest, principal: run.principal });
    const { maxRSS } = process.resourceUsage();
    told(`${JSON.stringify(run)} and at most ${Math.round(maxRSS / 1_024)} MB`);
    await again.close();
    await undisturbed.close();
  },
  isLong ? 2 * HOUR : HOUR / 6,
);
