import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callAtRate, quantile, type Timings } from './constant-rate.ts';
import { createHospital, type Hospital } from './hospital.ts';
import { startNodeProcess } from './node-process.ts';
import { openSlowSenders, type Ending, type SlowKind } from './slow-senders.ts';
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
  readonly endings: Readonly<Record<SlowKind, Ending>>;
  readonly without: Timings;
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
    let over = false;
    const calling = callAtRate(run.perSecond, Number.POSITIVE_INFINITY, honest, () => over);
    let most = 0;
    let largest = 0;
    // The server accepts in its own time, so the moment of most sockets is nobody's to name.
    const watch = setInterval(() => {
      most = Math.max(most, descriptorsOf(node.pid));
      largest = Math.max(largest, megabytesOf(node.pid));
    }, 50);
    const senders = await openSlowSenders(node.url, run, run.gap);
    await senders.untilClosed();
    clearInterval(watch);
    descriptors.push(most);
    megabytes.push(largest);
    over = true;
    const beside = await calling;
    descriptors.push(descriptorsOf(node.pid));
    megabytes.push(megabytesOf(node.pid));
    senders.stop();
    const endings = senders.endings();
    return {
      endings,
      without,
      beside,
      descriptors,
      megabytes,
      line: lineOf(endings, without, beside, descriptors, megabytes),
    };
  } finally {
    node.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function lineOf(
  endings: Readonly<Record<SlowKind, Ending>>,
  without: Timings,
  beside: Timings,
  descriptors: readonly number[],
  megabytes: readonly number[],
): string {
  const kinds = Object.entries(endings).map(
    ([kind, { opened, closed, told, soonest, latest }]) =>
      `${kind} ${closed} of ${opened} closed (${told} told 408) after ${soonest.toFixed(1)} to ${latest.toFixed(1)} s`,
  );
  const ratio = (share: number): string =>
    (quantile(beside.sorted, share) / quantile(without.sorted, share)).toFixed(2);
  return `X-15 ${kinds.join(', ')}; honest calls ${beside.sorted.length} answered, ${countOf(beside.failed)} not; p50 ${quantile(beside.sorted, 0.5).toFixed(1)} ms, ${ratio(0.5)} x without, p99 ${quantile(beside.sorted, 0.99).toFixed(1)} ms, ${ratio(0.99)} x; descriptors ${descriptors.join(' → ')}, ${megabytes.join(' → ')} MB`;
}
