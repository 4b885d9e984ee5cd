import { BhxhError } from '../../errors/bhxh-error.ts';
import { gatewayError } from '../../transport/gateway-error.ts';
import { realSleep, type Sleep } from '../../transport/sleep.ts';
import { createCircuit } from '../circuit.ts';
import { followSignals } from '../follow-signals.ts';
import { createEventQueue, type EventQueue } from '../event-queue.ts';
import type { Item, ItemProblem } from '../item.ts';
import { askItem, sendItem, type StepOptions } from '../item-step.ts';
import { localProblem } from '../plan.ts';
import type { PostgresJournal } from '../postgres/journal.ts';
import type { SubmissionTarget } from '../target.ts';
import { openJobQueue } from './job-queue.ts';
import { type Lane, type LaneTurns, takeTurns } from './lanes.ts';
import { type DueItem, openSchedule, type Schedule } from './schedule.ts';

export type WorkerStop = 'signal' | 'error' | 'empty';

export type WorkerEvent =
  | { readonly kind: 'started'; readonly worker: string; readonly senders: readonly string[] }
  /** Durable already. */
  | { readonly kind: 'item'; readonly item: Item }
  /** Another worker acted on the item; its word stands. */
  | { readonly kind: 'overtaken'; readonly item: Item }
  /** The sender is left alone for a while; infinite when only a person can help. */
  | {
      readonly kind: 'paused';
      readonly sender: string;
      readonly milliseconds: number;
      readonly error: BhxhError;
    }
  | { readonly kind: 'stopping'; readonly reason: WorkerStop; readonly error?: BhxhError }
  | { readonly kind: 'finished'; readonly reason: WorkerStop; readonly error?: BhxhError };

export interface WorkerOptions {
  /** Opened for writing with the role `worker`. */
  readonly journal: PostgresJournal;
  /** Whom this worker can send for. */
  readonly targets: readonly SubmissionTarget[];
  readonly now: () => Date;
  /** Uploads at a time, all senders together; 8 by default. */
  readonly concurrency?: number;
  /** First: nothing new is begun, what is on its way is finished. */
  readonly signal?: AbortSignal;
  /** Second: connections are cut; what was on its way is `unknown`. */
  readonly abort?: AbortSignal;
  /** How long `signal` waits for what is on its way; 10 s by default. */
  readonly drainLimit?: number;
  /** Ends when nothing is open any more that this worker could end. */
  readonly untilEmpty?: boolean;
  /** Gaps between asking for an unknown outcome; after the last one the server is believed that it has nothing. */
  readonly askAfter?: readonly number[];
  /** A job that did nothing for this long is scheduled again, in milliseconds; 1 minute by default. */
  readonly jobSpan?: number;
  /** How often an idle worker looks for work, in milliseconds. */
  readonly lookEvery?: number;
  readonly sleep?: Sleep;
  readonly elapsed?: () => number;
  readonly random?: () => number;
}

/** An account that the server locks is let be this long. */
const lockedFor = 15 * 60_000;
const firstBackoff = 1_000;
const longestBackoff = 60_000;
/** A renewal may not fall behind the circuit, which is asked again at least this often. */
const circuitLook = 2_000;

/**
 * Works on a shared journal beside any number of other workers until it is told to stop. Whatever happens to it, each
 * item is in a state that the others can go on from.
 */
export async function* runWorker(options: WorkerOptions): AsyncGenerator<WorkerEvent, void, undefined> {
  const events = createEventQueue<WorkerEvent>();
  const { journal, jobSpan = 60_000 } = options;
  const jobs = await openJobQueue({ db: journal.db, span: jobSpan });
  try {
    const worker = new Worker(options, openSchedule({ journal, jobs, span: jobSpan }), jobs.done, events);
    const work = worker.drive().then(
      () => events.end(),
      (error: unknown) => events.fail(error),
    );
    try {
      yield* events.read();
    } finally {
      worker.stop('signal');
      events.abandon();
      await work;
    }
  } finally {
    await jobs.close();
  }
}

class Worker {
  readonly #options: WorkerOptions;
  readonly #schedule: Schedule;
  readonly #done: (job: DueItem['job']) => void;
  readonly #events: EventQueue<WorkerEvent>;
  readonly #concurrency: number;
  readonly #elapsed: () => number;
  readonly #sleep: Sleep;
  readonly #hardStop = new AbortController();
  readonly #lanes: LaneTurns;
  #running = 0;
  /** Outcomes on their way to the database; their places in the line are free already. */
  #settling = 0;
  #sent = 0;
  #refilling: Promise<void> | undefined;
  #emptyHanded = false;
  #stopped: { reason: WorkerStop; error?: BhxhError } | undefined;
  #wake: () => void = () => {};

  constructor(
    options: WorkerOptions,
    schedule: Schedule,
    done: (job: DueItem['job']) => void,
    events: EventQueue<WorkerEvent>,
  ) {
    this.#options = options;
    this.#schedule = schedule;
    this.#done = done;
    this.#events = events;
    this.#concurrency = Math.max(1, options.concurrency ?? 8);
    this.#elapsed = options.elapsed ?? ((): number => performance.now());
    this.#sleep = options.sleep ?? realSleep;
    const circuits = new Map<string, Lane['circuit']>();
    this.#lanes = takeTurns(
      options.targets.map((target): Lane => {
        const { host } = target;
        const circuit =
          circuits.get(host) ?? createCircuit({ host, now: options.now, elapsed: this.#elapsed });
        circuits.set(host, circuit);
        return { target, circuit, offers: undefined, waiting: [], notBefore: 0 };
      }),
    );
  }

  stop(reason: WorkerStop, error?: BhxhError): void {
    if (this.#stopped) return;
    this.#stopped = error ? { reason, error } : { reason };
    this.#events.push({ kind: 'stopping', ...this.#stopped });
    this.#wake();
  }

  async drive(): Promise<void> {
    const { journal, targets } = this.#options;
    const leave = followSignals(this.#options, {
      drain: () => this.stop('signal'),
      cut: () => this.#hardStop.abort(),
    });
    try {
      const senders = targets.map(({ sender }) => sender);
      this.#events.push({ kind: 'started', worker: journal.lease?.id ?? '', senders });
      await this.#serve();
      await this.#drain();
      await this.#leave();
    } finally {
      leave();
    }
    this.#events.push({ kind: 'finished', ...this.#stopped! });
  }

  async #serve(): Promise<void> {
    const { lookEvery = 500 } = this.#options;
    while (!this.#stopped) {
      await this.#events.room();
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      while (this.#running < this.#concurrency && !this.#stopped) {
        const next = this.#lanes.next(this.#elapsed());
        if (!next) break;
        const refusal = next.lane.circuit.refusal();
        if (refusal) {
          next.lane.waiting.unshift(next.due);
          await this.#leaveAlone(next.lane, circuitLook, refusal);
        } else this.#begin(next.lane, next.due);
      }
      if (this.#stopped) return;
      if (this.#lanes.ready(this.#elapsed()) < this.#concurrency && !this.#refilling) {
        const resting = this.#emptyHanded ? this.#rest(lookEvery) : Promise.resolve();
        this.#refilling = resting
          .then(() => (this.#stopped ? undefined : this.#refill()))
          .catch((error: unknown) => this.#stopFor(error))
          .finally(() => {
            this.#refilling = undefined;
            this.#wake();
          });
      }
      await woken;
    }
  }

  /** An idle worker looks again after a while, or as soon as something else happens to it. */
  async #rest(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const stop = (): void => timer.abort();
    this.#options.signal?.addEventListener('abort', stop);
    await this.#sleep(milliseconds, timer.signal).catch(() => undefined);
    this.#options.signal?.removeEventListener('abort', stop);
  }

  async #refill(): Promise<void> {
    const now = this.#elapsed();
    const open = this.#lanes.all.filter(({ notBefore }) => notBefore <= now);
    const senders = open.map(({ target }) => target.sender);
    let found = 0;
    for (const pass of ['taken', 'fed'] as const) {
      if (pass === 'fed' && !(await this.#schedule.feed(senders))) break;
      const busy = new Set(await this.#schedule.busy(senders));
      const served = open.filter(({ target }) => busy.has(target.sender));
      const share = Math.max(1, Math.ceil((this.#concurrency * 2) / Math.max(1, served.length)));
      for (const lane of served) {
        const wanted = share - lane.waiting.length;
        if (wanted <= 0 || this.#stopped) continue;
        const due = await this.#schedule.take(lane.target.sender, wanted);
        lane.waiting.push(...due);
        found += due.length;
      }
      if (found > 0) break;
    }
    if (found === 0) await this.#learnWhoCanBeAsked(open);
    this.#emptyHanded = found === 0;
    if (found > 0 || !this.#options.untilEmpty) return;
    const all = this.#lanes.all.filter(({ notBefore }) => Number.isFinite(notBefore));
    const left = await this.#schedule.open(all.map(({ target }) => target.sender));
    if (left === 0 && this.#running + this.#settling === 0) this.stop('empty');
  }

  /** Items that are all `unknown` wait for a worker that knows whether the server can be asked. */
  async #learnWhoCanBeAsked(lanes: readonly Lane[]): Promise<void> {
    const unlearned = lanes.filter(({ offers }) => offers === undefined);
    if (unlearned.length === 0) return;
    const senders = new Set(await this.#schedule.inDoubt(unlearned.map(({ target }) => target.sender)));
    for (const lane of unlearned) {
      if (senders.has(lane.target.sender) && !this.#stopped) await this.#learnOffers(lane);
    }
  }

  #begin(lane: Lane, due: DueItem): void {
    this.#running++;
    this.#report();
    const ended = lane.circuit.begin();
    const work = due.item.state === 'unknown' ? this.#ask(lane, due) : this.#send(lane, due);
    work
      .catch((error: unknown) => this.#stopFor(error))
      .finally(() => {
        ended();
        this.#running--;
        this.#done(due.job);
        this.#report();
        this.#wake();
      });
  }

  async #send(lane: Lane, { item }: DueItem): Promise<void> {
    const moment = this.#options.now();
    const later = lane.target.closedUntil?.(moment) ?? lane.target.sizeWindow?.(item.size, moment);
    if (later instanceof Date) {
      return this.#schedule.putBack(item, Math.max(1_000, later.getTime() - moment.getTime()));
    }
    const content = await this.#contentOf(item);
    if (content === null || !(await this.#learnOffers(lane, item))) return;
    const step = await sendItem(item, content, this.#stepOptions(lane));
    switch (step.outcome) {
      case 'accepted':
        this.#sent++;
        lane.circuit.succeeded();
        return this.#settle(item, step.recorded);
      case 'rejected':
        lane.circuit.succeeded();
        return this.#settle(item, step.recorded);
      case 'refused':
        return this.#settle(item, step.recorded);
      case 'unknown':
        this.#settle(item, step.recorded);
        return this.#failed(lane, step.error!);
      case 'taken':
        return void this.#events.push({ kind: 'overtaken', item });
      case 'not-sent': {
        const after = await this.#recorded(item, step.recorded);
        if (step.error!.code === 'ERR_INTERRUPTED') return;
        await this.#failed(lane, step.error!);
        if (after) await this.#schedule.putBack(after, this.#backoff(after.attempts));
        return;
      }
      default:
        step.outcome satisfies never;
    }
  }

  async #ask(lane: Lane, { item, asked }: DueItem): Promise<void> {
    if (!(await this.#learnOffers(lane, item))) return;
    if (!lane.offers?.statusQuery) return;
    const step = await askItem(item, asked, this.#stepOptions(lane));
    switch (step.outcome) {
      case 'confirmed':
      case 'to-send':
        lane.circuit.succeeded();
        return this.#settle(item, step.recorded);
      case 'ask-again':
        lane.circuit.succeeded();
        return this.#schedule.putBack(item, step.after, step.round);
      case 'failed':
        if (step.error.code === 'ERR_INTERRUPTED') return;
        await this.#failed(lane, step.error);
        return this.#schedule.putBack(item, this.#backoff(asked), asked);
      default:
        step satisfies never;
    }
  }

  #stepOptions({ target, offers }: Lane): StepOptions {
    const { journal, askAfter } = this.#options;
    return {
      journal,
      target,
      offers: offers!,
      signal: this.#hardStop.signal,
      ...(askAfter ? { askAfter } : {}),
    };
  }

  /** What is not stored cannot be sent from here. */
  async #contentOf(item: Item): Promise<Uint8Array | ItemProblem | null> {
    try {
      return await this.#options.journal.storedBytes(item);
    } catch (error) {
      // A document that is damaged is one document's problem, a missing key is everybody's.
      if (error instanceof BhxhError && error.category === 'input') return localProblem(error);
      throw error;
    }
  }

  async #learnOffers(lane: Lane, item?: Item): Promise<boolean> {
    if (lane.offers) return true;
    try {
      lane.offers = await lane.target.offers(this.#hardStop.signal);
      await this.#schedule.resume(lane.target.sender, lane.offers.statusQuery);
      return true;
    } catch (error) {
      if (!(error instanceof BhxhError)) throw error;
      if (error.code !== 'ERR_INTERRUPTED') await this.#failed(lane, error);
      if (item) await this.#schedule.putBack(item, this.#backoff(0));
      return false;
    }
  }

  #settle(item: Item, recorded: Promise<Item>): void {
    this.#settling++;
    this.#recorded(item, recorded)
      .catch((error: unknown) => this.#stopFor(error))
      .finally(() => {
        this.#settling--;
        this.#wake();
      });
  }

  /** Null when somebody else's word on the item stands. */
  async #recorded(item: Item, recorded: Promise<Item>): Promise<Item | null> {
    try {
      const after = await recorded;
      if (after.state !== item.state || after.version !== item.version) {
        this.#events.push({ kind: 'item', item: after });
      }
      return after;
    } catch (error) {
      if (!(error instanceof BhxhError) || error.code !== 'ERR_ITEM_TAKEN') throw error;
      this.#events.push({ kind: 'overtaken', item });
      return null;
    }
  }

  async #failed(lane: Lane, error: BhxhError): Promise<void> {
    if (error.category === 'auth' || error.category === 'usage') {
      const locked = error.code === 'ERR_ACCOUNT_LOCKED' || error.retry === 'safe';
      return this.#leaveAlone(lane, locked ? lockedFor : Number.POSITIVE_INFINITY, error);
    }
    const refusal = lane.circuit.failed(error);
    if (refusal) await this.#leaveAlone(lane, circuitLook, refusal);
  }

  async #leaveAlone(lane: Lane, milliseconds: number, error: BhxhError): Promise<void> {
    const { sender } = lane.target;
    const already = lane.notBefore > this.#elapsed();
    lane.notBefore = this.#elapsed() + milliseconds;
    if (!already) this.#events.push({ kind: 'paused', sender, milliseconds, error });
    if (!Number.isFinite(milliseconds)) {
      await this.#release([lane]);
      if (this.#lanes.all.every(({ notBefore }) => !Number.isFinite(notBefore))) this.stop('error', error);
      return;
    }
    if (milliseconds > circuitLook) await this.#schedule.pause([sender], milliseconds, error.code);
  }

  /** Full jitter, so that what failed together does not come back together. */
  #backoff(attempts: number): number {
    const { random = Math.random } = this.#options;
    const ceiling = Math.min(longestBackoff, firstBackoff * 2 ** Math.min(attempts, 10));
    return Math.ceil(random() * ceiling);
  }

  async #drain(): Promise<void> {
    const limit = new AbortController();
    const cut = this.#sleep(this.#options.drainLimit ?? 10_000, limit.signal).then(
      () => this.#hardStop.abort(),
      () => undefined,
    );
    while (this.#running + this.#settling > 0 || this.#refilling) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    limit.abort();
    await cut;
  }

  async #leave(): Promise<void> {
    await this.#release(this.#lanes.all).catch(() => undefined);
  }

  async #release(lanes: readonly Lane[]): Promise<void> {
    const left = lanes.flatMap(({ waiting }) => waiting.splice(0));
    for (const { job } of left) this.#done(job);
    if (left.length > 0) await this.#schedule.release(left.map(({ item }) => item));
  }

  #report(): void {
    this.#options.journal.lease?.report({ sent: this.#sent, running: this.#running });
  }

  #stopFor(error: unknown): void {
    if (error instanceof BhxhError) return this.stop('error', error);
    this.stop('error', gatewayError('ERR_BUG', { category: 'internal', retry: 'never', cause: error }));
  }
}
