import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callAtRate, quantile, type Timings } from './constant-rate.ts';
import { createHospital, type Hospital } from './hospital.ts';
import { startNodeProcess } from './node-process.ts';
import type { Endings } from './slow-senders.ts';
import { claimOf } from './steady-load.ts';

export interface SlowSendersRun {
  readonly slow: number;
  readonly idle: number;
  /** Seconds the server gives to a header and to a whole call; its own defaults when left out. */
  readonly timeLimits?: { readonly header: number; readonly body: number };
  /** Milliseconds between two bytes of a slow sender. */
  readonly gap: number;
  /** Honest calls a second, half of them claims over kept connections, half questions over new ones. */
  readonly perSecond: number;
  /** Honest calls before anybody is slow. */
  readonly before: number;
}

export interface SlowSendersReport {
  readonly endings: Endings;
  readonly without: Timings;
  /** While they connect, all within a few seconds. */
  readonly opening: Timings;
  /** From then on until the last of them is closed. */
  readonly beside: Timings;
  /** Open descriptors of the server before, at most while they are connected, and once they are gone; where the system tells. */
  readonly descriptors: readonly number[];
  readonly megabytes: readonly number[];
  readonly line: string;
}

/** A call on a connection of its own. */
const askAnew = (hospital: Hospital, url: string): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const { access, id } = hospital.tokens();
    get(
      `${url}/bhxh/v1/claims?maCSKCB=${hospital.facility}&limit=1`,
      { agent: false, headers: { accessToken: access, tokenId: id, passwordHash: hospital.md5 } },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode === 200 ? undefined : String(answer.statusCode)));
      },
    ).once('error', reject);
  });

function openFilesAllowed(): number {
  try {
    return Number(
      /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Number.NaN,
    );
  } catch {
    return Number.NaN;
  }
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}

function megabytesOf(pid: number): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1_024);
  } catch {
    return Number.NaN;
  }
}

const countOf = (failed: ReadonlyMap<string, number>): number =>
  [...failed.values()].reduce((sum, one) => sum + one, 0);

interface StartedSenders {
  readonly opened: Promise<unknown>;
  /** Resolves when the server has closed all of them. */
  readonly closed: Promise<Endings>;
}

/** In a process of their own, so that thousands of sockets do not slow down who measures the others. */
function startSlowSenders(url: string, run: SlowSendersRun): StartedSenders {
  const child = fork(
    fileURLToPath(new URL('./slow-senders-child.ts', import.meta.url)),
    [url, run.slow, run.idle, run.gap].map(String),
    { execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'], silent: true },
  );
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (status) => reject(new Error(`the slow senders ended with ${status}`)));
  });
  const closed = new Promise<Endings>((resolve) => {
    child.on('message', (said) => said !== 'open' && resolve(said as Endings));
  });
  const opened = new Promise((resolve) => child.once('message', resolve));
  return { opened: Promise.race([opened, gone]), closed: Promise.race([closed, gone]) };
}

/** slow senders and idle sockets beside honest traffic, on a server in a process of its own. */
export async function holdSlowSenders(run: SlowSendersRun): Promise<SlowSendersReport> {
  const sockets = run.slow + run.idle;
  if (openFilesAllowed() < sockets + 512)
    throw new Error(`this needs ${sockets + 512} open files: raise ulimit -n`);
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-slow-'));
  const node = await startNodeProcess(
    join(folder, 'server.sqlite'),
    'demo',
    run.timeLimits === undefined ? {} : { host: { timeLimits: run.timeLimits } },
  );
  try {
    const hospital = createHospital(node.url, node.account);
    await hospital.login();
    let number = 0;
    const honest = async (turn: number): Promise<string | undefined> => {
      if (turn % 2 === 1) return await askAnew(hospital, node.url);
      const { body, status } = await hospital.claim(claimOf((number += 1)));
      return body['maKetQua'] === 200 ? undefined : `${status} ${String(body['maKetQua'])}`;
    };
    // What is done for the first time takes longer than all that follows.
    await callAtRate(run.perSecond, Math.ceil(run.perSecond / 2), honest);
    const descriptors = [descriptorsOf(node.pid)];
    const megabytes = [megabytesOf(node.pid)];
    const without = await callAtRate(run.perSecond, run.before, honest);
    let most = 0;
    let largest = 0;
    // The server accepts in its own time, so the moment of most sockets is nobody's to name.
    const watch = setInterval(() => {
      most = Math.max(most, descriptorsOf(node.pid));
      largest = Math.max(largest, megabytesOf(node.pid));
    }, 50);
    const senders = startSlowSenders(node.url, run);
    const during = async (stage: Promise<unknown>): Promise<Timings> => {
      let over = false;
      const ended = stage.finally(() => (over = true));
      const calling = callAtRate(run.perSecond, Number.POSITIVE_INFINITY, honest, () => over);
      await ended;
      return await calling;
    };
    const opening = await during(senders.opened);
    const beside = await during(senders.closed);
    clearInterval(watch);
    const endings = await senders.closed;
    descriptors.push(most);
    megabytes.push(largest);
    descriptors.push(descriptorsOf(node.pid));
    megabytes.push(megabytesOf(node.pid));
    return {
      endings,
      without,
      opening,
      beside,
      descriptors,
      megabytes,
      line: lineOf({ endings, without, opening, beside, descriptors, megabytes }),
    };
  } finally {
    node.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function lineOf(report: Omit<SlowSendersReport, 'line'>): string {
  const { endings, without, opening, beside, descriptors, megabytes } = report;
  const kinds = Object.entries(endings).map(
    ([kind, { opened, closed, told, soonest, latest }]) =>
      `${kind} ${closed} of ${opened} closed (${told} told 408) after ${soonest.toFixed(1)} to ${latest.toFixed(1)} s`,
  );
  const figures = ({ sorted, failed }: Timings): string => {
    const of = (share: number): string => {
      const value = quantile(sorted, share);
      return `${value.toFixed(1)} ms (${(value / quantile(without.sorted, share)).toFixed(2)} x)`;
    };
    return `${sorted.length} answered, ${countOf(failed)} not, p50 ${of(0.5)}, p99 ${of(0.99)}`;
  };
  return `X-15 ${kinds.join(', ')}; honest calls while they connect ${figures(opening)}, from then on ${figures(beside)}; descriptors ${descriptors.join(' → ')}, ${megabytes.join(' → ')} MB`;
}
