import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { defaultRateLimits } from '../src/limits/rate-limiter.ts';
import { callAtRate, quantile } from './constant-rate.ts';
import { openSmallHospital, seedFacilities, type SmallHospital } from './many-facilities.ts';
import { startNodeProcess } from './node-process.ts';

export interface ManyFacilitiesRun {
  readonly facilities: number;
  /** Seconds in which all of them log in, each at its own moment, and send. */
  readonly seconds: number;
  /** Claims each of them sends, one after the other's answer. */
  readonly claims: number;
  /** Then some of them go on at a constant rate, in turns without and beside a noisy one. */
  readonly turns: number;
  readonly secondsOfTurn: number;
  /** Claims a second of the others together. */
  readonly perSecond: number;
  /** Claims a second of the noisy one, which is entitled to 20. */
  readonly noise: number;
}

export interface ManyFacilitiesReport {
  /** Milliseconds of log-in and claims together, one figure for each facility, rising. */
  readonly journeys: readonly number[];
  readonly failed: ReadonlyMap<string, number>;
  readonly quiet: readonly number[];
  readonly beside: readonly number[];
  readonly failedOthers: ReadonlyMap<string, number>;
  /** Answers to the noisy one: taken, and by refusal. */
  readonly taken: number;
  readonly refused: ReadonlyMap<string, number>;
  readonly secondsOfNoise: number;
  readonly lines: readonly string[];
}

/** How many of them go on; the noisy one is none of them. */
const OTHERS = 40;

function add(to: Map<string, number>, failed: ReadonlyMap<string, number>): void {
  for (const [what, count] of failed) to.set(what, (to.get(what) ?? 0) + count);
}

/** Spread over the time evenly, but not in the order of their codes: the golden ratio visits every place once. */
const momentOf = (number: number, seconds: number): number =>
  ((number * 0.618_033_988_75) % 1) * seconds * 1_000;

/** many facilities at the same hour, then one that calls ten times as often as it may. */
export async function holdManyFacilities(run: ManyFacilitiesRun): Promise<ManyFacilitiesReport> {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-many-'));
  const store = join(folder, 'server.sqlite');
  await seedFacilities(store, run.facilities + 1);
  const address = process.platform === 'linux' ? defaultRateLimits.address : { perSecond: 1e6, burst: 1e6 };
  const node = await startNodeProcess(store, 'plain', {
    server: { rateLimits: { facility: defaultRateLimits.facility, address } },
  });
  try {
    const { journeys, failed } = await logInAndSend(node.url, run);
    const others = Array.from({ length: Math.min(OTHERS, run.facilities) }, (_, number) =>
      openSmallHospital(node.url, number),
    );
    const noisy = await startNoise(node.url, run.facilities);
    const parts = { quiet: [] as number[], beside: [] as number[] };
    const failedOthers = new Map<string, number>();
    const refused = new Map<string, number>();
    let taken = 0;
    try {
      for (const hospital of others) add(failed, asFailed(await hospital.login()));
      for (let turn = 0; turn < 2 * run.turns; turn += 1) {
        const noise = turn % 2 === 0 ? undefined : noisy.call(run.noise, run.noise * run.secondsOfTurn);
        const other = await callAtRate(run.perSecond, run.perSecond * run.secondsOfTurn, (number) =>
          others[number % others.length]!.claim(),
        );
        add(failedOthers, other.failed);
        parts[noise === undefined ? 'quiet' : 'beside'].push(...other.sorted);
        const said = await noise;
        taken += said?.taken ?? 0;
        add(refused, new Map(said?.refused));
      }
    } finally {
      for (const hospital of others) hospital.close();
      noisy.stop();
    }
    const quiet = parts.quiet.sort((a, b) => a - b);
    const beside = parts.beside.sort((a, b) => a - b);
    const report = {
      journeys,
      failed,
      quiet,
      beside,
      failedOthers,
      taken,
      refused,
      secondsOfNoise: run.turns * run.secondsOfTurn,
    };
    return { ...report, lines: linesOf(run, report) };
  } finally {
    node.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Noise {
  readonly taken: number;
  readonly refused: readonly (readonly [string, number])[];
}

interface NoisyFacility {
  call(perSecond: number, count: number): Promise<Noise>;
  stop(): void;
}

/** Logged in, in a process of its own: its noise is the server's to bear, not that of who measures. */
async function startNoise(url: string, number: number): Promise<NoisyFacility> {
  const child = fork(fileURLToPath(new URL('./noise-child.ts', import.meta.url)), [url, String(number)], {
    execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'],
    silent: true,
  });
  const said = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const gone = (status: number | null): void =>
        reject(new Error(`the noisy facility ended with ${status}`));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        resolve(message);
      });
    });
  await said();
  return {
    async call(perSecond, count) {
      child.send({ perSecond, count });
      return (await said()) as Noise;
    },
    stop: () => void child.kill(),
  };
}

const asFailed = (wrong: string | undefined): ReadonlyMap<string, number> =>
  new Map(wrong === undefined ? [] : [[wrong, 1]]);

async function logInAndSend(
  url: string,
  run: ManyFacilitiesRun,
): Promise<{ journeys: readonly number[]; failed: Map<string, number> }> {
  const journeys: number[] = [];
  const failed = new Map<string, number>();
  const begun = performance.now();
  const one = async (number: number): Promise<void> => {
    await pause(Math.max(0, momentOf(number, run.seconds) - (performance.now() - begun)));
    const hospital: SmallHospital = openSmallHospital(url, number);
    const started = performance.now();
    try {
      let wrong = await hospital.login();
      for (let claim = 0; claim < run.claims && wrong === undefined; claim += 1)
        wrong = await hospital.claim();
      if (wrong === undefined) journeys.push(performance.now() - started);
      else add(failed, asFailed(wrong));
    } catch (error) {
      add(failed, asFailed(error instanceof Error ? error.name : 'failed'));
    } finally {
      hospital.close();
    }
  };
  await Promise.all(Array.from({ length: run.facilities }, (_, number) => one(number)));
  return { journeys: journeys.sort((a, b) => a - b), failed };
}

function linesOf(run: ManyFacilitiesRun, report: Omit<ManyFacilitiesReport, 'lines'>): string[] {
  const { journeys, quiet, beside, taken, refused, secondsOfNoise } = report;
  const shown = (values: readonly number[], share: number): string => quantile(values, share).toFixed(1);
  const ratio = (share: number): string => (quantile(beside, share) / quantile(quiet, share)).toFixed(2);
  const failures = (failed: ReadonlyMap<string, number>): string =>
    JSON.stringify(Object.fromEntries(failed));
  return [
    `X-14 ${run.facilities} facilities in ${run.seconds} s, ${run.claims} claims each: ${journeys.length} done, not ${failures(report.failed)}; a facility's whole time p50 ${shown(journeys, 0.5)} ms, p99 ${shown(journeys, 0.99)} ms, ${(quantile(journeys, 0.99) / quantile(journeys, 0.5)).toFixed(2)} x`,
    `X-14 noise of ${run.noise}/s for ${secondsOfNoise} s: ${taken} taken, refused ${failures(refused)}; the others at ${run.perSecond}/s ${quiet.length} + ${beside.length} answered, not ${failures(report.failedOthers)}; p50 ${shown(beside, 0.5)} ms, ${ratio(0.5)} x without, p90 ${ratio(0.9)} x, p99 ${ratio(0.99)} x`,
  ];
}
