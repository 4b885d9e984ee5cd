import { BhxhError } from '../errors/bhxh-error.ts';
import { followSignals } from './follow-signals.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { GaveUp } from '../transport/failures.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { realSleep, type Sleep } from '../transport/sleep.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import type { Item, ItemCounts, ItemState } from './item.ts';
import { askItem, sendItem, type StepOptions } from './item-step.ts';
import type { Journal } from './journal.ts';
import { aheadOf, type Ask, Lane, type ReadyItem } from './lane.ts';
import { createPace } from './pace.ts';
import type { SubmissionTarget, TargetOffers } from './target.ts';

export type StopReason = 'signal' | 'error' | 'until' | 'rejections';

export type RunEvent =
  | { readonly kind: 'started'; readonly counts: ItemCounts; readonly offers: TargetOffers }
  /** Durable already. */
  | { readonly kind: 'item'; readonly item: Item; readonly counts: ItemCounts }
  /** Too large for this hour; it stays planned. */
  | { readonly kind: 'deferred'; readonly item: Item; readonly until: Date }
  | { readonly kind: 'asking'; readonly item: Item; readonly round: number }
  /** The server is given more or less at a time. */
  | { readonly kind: 'pace'; readonly sender: string; readonly concurrency: number }
  /** The server's clock differs from ours by more than the limit: milliseconds by which it is ahead. Told once. */
  | { readonly kind: 'clock-skew'; readonly sender: string; readonly milliseconds: number }
  /** One of several senders goes no further; the others do. */
  | { readonly kind: 'sender-stopped'; readonly sender: string; readonly error: BhxhError }
  | { readonly kind: 'stopping'; readonly reason: StopReason; readonly error?: BhxhError }
  | {
      readonly kind: 'finished';
      readonly counts: ItemCounts;
      readonly reason: StopReason | 'done';
      readonly error?: BhxhError;
    };

export interface RunOptions {
  readonly journal: Journal;
  /** Where documents go; several senders take turns, so that none waits for another's queue. */
  readonly target: SubmissionTarget | readonly SubmissionTarget[];
  readonly now: () => Date;
  /** Uploads at a time at most, all senders together; 8 by default. The pace below it follows the server. */
  readonly concurrency?: number;
  /** First: nothing new is begun, what is on its way is finished. */
  readonly signal?: AbortSignal;
  /** Second: connections are cut; what was on its way is `unknown`. */
  readonly abort?: AbortSignal;
  /** How long `signal` waits for what is on its way; 10 s by default. */
  readonly drainLimit?: number;
  /** Nothing new is begun after this moment. */
  readonly until?: Date;
  /** Stops after this many rejections. */
  readonly stopOn?: number;
  /** While it is pending, more items may be planned, and an empty queue is not the end. */
  readonly planning?: Promise<unknown>;
  /** Gaps between asking for an unknown outcome; after the last one the server is believed that it has nothing. */
  readonly askAfter?: readonly number[];
  /** Failures in a row after which the server counts as down; 5 by default. */
  readonly failureLimit?: number;
  /** By host, kept over several runs of one process, so that a server that is down is not tried by each of them. */
  readonly circuits?: Map<string, Circuit>;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  readonly sleep?: Sleep;
  /** Monotonic milliseconds for the gaps between questions, which a clock that is set must not shorten or stretch. */
  readonly elapsed?: () => number;
}

/** An item whose answer is lost this often in one run is left for the next. */
const mostResends = 3;
const usualSkewLimit = 60_000;
/** How often the queue is looked at again while more is being planned, in milliseconds. */
const planningLook = 50;

/**
 * Sends what the journal has planned and resolves what is unknown, reporting each change after it is durable. A server
 * that is down, a spent retry budget, a refused account or a journal that cannot be written stops the run politely: the
 * rest stays planned, and the error says when to come back. Leaving the loop early stops it the same way.
 */
export async function* runSubmission(options: RunOptions): AsyncGenerator<RunEvent, void, undefined> {
  const events = createEventQueue<RunEvent>();
  const run = new Run(options, events);
  const work = run.drive().then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  );
  try {
    yield* events.read();
  } finally {
    run.stop('signal');
    events.abandon();
    await work;
  }
}

class Run {
  readonly #options: RunOptions;
  readonly #events: EventQueue<RunEvent>;
  readonly #concurrency: number;
  readonly #sleep: Sleep;
  readonly #elapsed: () => number;
  readonly #hardStop = new AbortController();
  readonly #lanes: readonly Lane[];
  readonly #circuits: Map<string, Circuit>;
  readonly #counts: Record<ItemState, number> = {
    planned: 0,
    sending: 0,
    accepted: 0,
    rejected: 0,
    unknown: 0,
    confirmed: 0,
  };
  readonly #resends = new Map<number, number>();
  readonly #skewTold = new Set<Lane>();
  #turn = 0;
  #running = 0;
  /** Outcomes that are on their way to the disk; their places in the line are free already. */
  #settling = 0;
  #moved = 0;
  #rejections = 0;
  #planning: boolean;
  #stopped: { reason: StopReason; error?: BhxhError } | undefined;
  #wake: () => void = () => {};

  constructor(options: RunOptions, events: EventQueue<RunEvent>) {
    this.#options = options;
    this.#events = events;
    this.#concurrency = Math.max(1, options.concurrency ?? 8);
    this.#sleep = options.sleep ?? realSleep;
    this.#elapsed = options.elapsed ?? (() => performance.now());
    this.#circuits = options.circuits ?? new Map<string, Circuit>();
    this.#planning = options.planning !== undefined;
    const { target, journal, now, readFile } = options;
    const elapsed = this.#elapsed;
    this.#lanes = (
      Array.isArray(target) ? (target as readonly SubmissionTarget[]) : [target as SubmissionTarget]
    ).map(
      (one) =>
        new Lane({
          journal,
          target: one,
          pace: createPace({
            most: Math.min(this.#concurrency, one.concurrency ?? Number.POSITIVE_INFINITY),
            elapsed,
          }),
          now,
          elapsed,
          ...(readFile ? { readFile } : {}),
          onDeferred: (item, until) => this.#events.push({ kind: 'deferred', item, until }),
        }),
    );
  }

  stop(reason: StopReason, error?: BhxhError): void {
    if (this.#stopped) return;
    this.#stopped = error ? { reason, error } : { reason };
    this.#events.push({ kind: 'stopping', reason, ...(error ? { error } : {}) });
    this.#wake();
  }

  async drive(): Promise<void> {
    const { journal, planning } = this.#options;
    const leave = followSignals(this.#options, {
      drain: () => this.stop('signal'),
      cut: () => this.#hardStop.abort(),
    });
    const planned = (): void => {
      this.#planning = false;
      this.#wake();
    };
    planning?.then(planned, planned);
    try {
      for (const { target } of this.#lanes) {
        const counts = await journal.counts(target.sender);
        for (const [state, count] of Object.entries(counts)) this.#counts[state as ItemState] += count;
      }
      if (this.#counts.planned + this.#counts.unknown > 0 || this.#planning) await this.#learnOffers();
      const offers = this.#lanes[0]?.offers ?? { idempotencyKey: false, statusQuery: false };
      this.#events.push({ kind: 'started', counts: { ...this.#counts }, offers });
      await this.#dispatch();
      await this.#drain();
    } finally {
      leave();
    }
    const error = this.#stopped?.error ?? this.#lanes.find(({ stopped }) => stopped !== undefined)?.stopped;
    this.#events.push({
      kind: 'finished',
      counts: { ...this.#counts },
      reason: this.#stopped?.reason ?? (error ? 'error' : 'done'),
      ...(error ? { error } : {}),
    });
  }

  async #learnOffers(): Promise<void> {
    for (const lane of this.#lanes) {
      if (this.#stopped) return;
      const refusal = this.#refusal(lane);
      if (refusal) {
        this.#stopLane(lane, refusal);
        continue;
      }
      const ended = this.#circuit(lane).begin();
      try {
        lane.open(await lane.target.offers(this.#hardStop.signal));
        this.#tellSkew(lane);
        this.#circuit(lane).succeeded();
      } catch (error) {
        if (error instanceof BhxhError && error.retry === 'safe') this.#circuit(lane).failed(error);
        this.#stopFor(lane, error);
      } finally {
        ended();
      }
    }
  }

  #tellSkew(lane: Lane): void {
    const { sender, clockSkew, clockSkewLimit = usualSkewLimit } = lane.target;
    if (clockSkew === undefined || Math.abs(clockSkew) <= clockSkewLimit || this.#skewTold.has(lane)) return;
    this.#skewTold.add(lane);
    this.#events.push({ kind: 'clock-skew', sender, milliseconds: clockSkew });
  }

  /** Why nothing may leave for this host now: announced maintenance, or it is left alone because it fails. */
  #refusal(lane: Lane): BhxhError | undefined {
    const { host, closedUntil } = lane.target;
    const until = closedUntil?.call(lane.target, this.#options.now());
    if (until === undefined) return this.#circuit(lane).refusal();
    const moment = until.toISOString();
    return gatewayError('ERR_MAINTENANCE_ANNOUNCED', {
      category: 'unavailable',
      retry: 'safe',
      values: { host, moment },
      hint: gatewaySentence('TRY_AFTER', { moment }),
    });
  }

  #circuit(lane: Lane): Circuit {
    const { host } = lane.target;
    let circuit = this.#circuits.get(host);
    if (circuit === undefined) {
      const { now, failureLimit } = this.#options;
      const elapsed = this.#elapsed;
      circuit = createCircuit({
        host,
        now,
        elapsed,
        ...(failureLimit === undefined ? {} : { failureLimit }),
      });
      this.#circuits.set(host, circuit);
    }
    return circuit;
  }

  async #dispatch(): Promise<void> {
    const { until, now } = this.#options;
    for (;;) {
      if (until && now() >= until) this.stop('until');
      if (this.#stopped) return;
      await this.#events.room();
      for (const lane of this.#lanes) await lane.refillAsks();
      if (this.#stopped) return;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      while (
        this.#running < this.#concurrency + aheadOf(this.#concurrency) &&
        !this.#stopped &&
        (await this.#beginOne())
      );
      if (this.#stopped) return;
      if (this.#running + this.#settling === 0 && !this.#lanes.some(({ hasAsks }) => hasAsks)) {
        if (await this.#beginNextPass()) continue;
        if (!this.#planning || this.#lanes.every(({ stopped }) => stopped !== undefined)) return;
      }
      await this.#waitFor(woken);
    }
  }

  /** Gives the next sender its turn. False when none has anything to begin. */
  async #beginOne(): Promise<boolean> {
    for (let tried = 0; tried < this.#lanes.length; tried++) {
      const lane = this.#lanes[this.#turn++ % this.#lanes.length]!;
      if (!lane.mayBegin) continue;
      const ask = lane.dueAsk();
      const ready = ask === undefined ? await lane.nextItem() : undefined;
      if (ask === undefined && ready === undefined) continue;
      const refusal = this.#refusal(lane);
      if (refusal) {
        this.#stopLane(lane, refusal);
        continue;
      }
      const ended = this.#circuit(lane).begin();
      this.#begin(lane, (ask ? this.#ask(lane, ask) : this.#send(lane, ready!)).finally(ended));
      return true;
    }
    return false;
  }

  #begin(lane: Lane, task: Promise<void>): void {
    this.#running++;
    lane.running++;
    task
      .catch((error: unknown) => this.#stopFor(lane, error))
      .finally(() => {
        this.#running--;
        lane.running--;
        this.#tellSkew(lane);
        this.#wake();
      });
  }

  /** Items that came back to the queue (nothing left, or not received) are taken once more, as long as any moves. */
  async #beginNextPass(): Promise<boolean> {
    if (this.#moved === 0 && !this.#planning) return false;
    this.#moved = 0;
    let any = false;
    for (const lane of this.#lanes) any = (await lane.beginNextPass()) || any;
    return any;
  }

  async #waitFor(woken: Promise<void>): Promise<void> {
    const full = this.#running >= this.#concurrency + aheadOf(this.#concurrency);
    const next = full ? Number.POSITIVE_INFINITY : Math.min(...this.#lanes.map(({ nextAskAt }) => nextAskAt));
    const wait =
      this.#planning && !full ? Math.min(planningLook, next - this.#elapsed()) : next - this.#elapsed();
    if (!Number.isFinite(wait)) return woken;
    const timer = new AbortController();
    await Promise.race([woken, this.#sleep(Math.max(0, Math.ceil(wait)), timer.signal).catch(() => {})]);
    timer.abort();
  }

  async #drain(): Promise<void> {
    if (this.#running + this.#settling === 0) return;
    const limit = new AbortController();
    const cut = this.#sleep(this.#options.drainLimit ?? 10_000, limit.signal).then(
      () => this.#hardStop.abort(),
      () => {},
    );
    while (this.#running + this.#settling > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    limit.abort();
    await cut;
  }

  async #send(lane: Lane, { item, content }: ReadyItem): Promise<void> {
    const bytes = await content;
    let begunAt = this.#elapsed();
    let onLine = false;
    const { pace, line } = lane;
    const { outcome, from, error, recorded } = await sendItem(item, bytes, {
      ...this.#steps(lane),
      onSending: async () => {
        this.#count(item.state, 'sending');
        await line.take();
        onLine = true;
        begunAt = this.#elapsed();
      },
      onPushBack: () => this.#paced(lane, () => pace.pushedBack(begunAt)),
    }).finally(() => {
      if (onLine) line.free();
    });
    if (outcome === 'accepted') {
      this.#circuit(lane).succeeded();
      this.#paced(lane, () => pace.answered(begunAt, item.size));
      return this.#settle(lane, this.#recorded(from, recorded));
    }
    const after = await this.#recorded(from, recorded);
    if (outcome === 'rejected') {
      this.#circuit(lane).succeeded();
      if (++this.#rejections === this.#options.stopOn) this.stop('rejections');
    }
    if (outcome === 'unknown') {
      this.#paced(lane, () => pace.pushedBack(begunAt));
      this.#countFailure(lane, error!);
      const resends = this.#resends.get(item.id) ?? 0;
      if (lane.offers.statusQuery && resends < mostResends && !this.#stopped) lane.askLater(after, 0, 0);
    }
    if (outcome === 'not-sent' && error!.code !== 'ERR_INTERRUPTED') {
      if (error!.retry === 'safe') this.#countFailure(lane, error!);
      else this.#stopFor(lane, error);
    }
  }

  /** Tells when the pace of a sender changed. */
  #paced(lane: Lane, act: () => void): void {
    const before = lane.pace.limit;
    act();
    const concurrency = lane.pace.limit;
    if (concurrency !== before) {
      this.#events.push({ kind: 'pace', sender: lane.target.sender, concurrency });
    }
  }

  #steps({ target, offers }: Lane): StepOptions {
    const { journal, readFile, askAfter } = this.#options;
    return {
      journal,
      target,
      offers,
      signal: this.#hardStop.signal,
      ...(readFile ? { readFile } : {}),
      ...(askAfter ? { askAfter } : {}),
    };
  }

  /** The next item's `sending` joins the same flush of the disk. */
  #settle(lane: Lane, change: Promise<Item>): void {
    this.#settling++;
    change
      .catch((error: unknown) => this.#stopFor(lane, error))
      .finally(() => {
        this.#settling--;
        this.#wake();
      });
  }

  async #ask(lane: Lane, { item, round }: Ask): Promise<void> {
    this.#events.push({ kind: 'asking', item, round });
    const step = await askItem(item, round, this.#steps(lane));
    if (step.outcome === 'failed') {
      if (step.error.retry !== 'safe') return this.#stopFor(lane, step.error);
      this.#countFailure(lane, step.error);
      return lane.askLater(item, round, 1_000);
    }
    this.#circuit(lane).succeeded();
    if (step.outcome === 'ask-again') return lane.askLater(item, step.round, step.after);
    if (step.outcome === 'to-send') this.#resends.set(item.id, (this.#resends.get(item.id) ?? 0) + 1);
    await this.#recorded('unknown', step.recorded);
  }

  /** Reports a change once it is durable. */
  async #recorded(from: ItemState, recorded: Promise<Item>): Promise<Item> {
    const item = await recorded;
    if (item.state === from) return item;
    this.#count(from, item.state);
    this.#moved++;
    this.#events.push({ kind: 'item', item, counts: { ...this.#counts } });
    return item;
  }

  #count(from: ItemState, to: ItemState): void {
    this.#counts[from]--;
    this.#counts[to]++;
  }

  /** A server that fails for everybody is left alone; so is one whose retries are spent or that asks for a long pause. */
  #countFailure(lane: Lane, error: BhxhError): void {
    const opened = this.#circuit(lane).failed(error);
    if (error.cause instanceof GaveUp && error.cause.why !== 'attempts') return this.#stopFor(lane, error);
    if (opened) this.#stopFor(lane, opened);
  }

  /** Stops the sender that the error concerns; a failure of our own stops them all. */
  #stopFor(lane: Lane, error: unknown): void {
    if (!(error instanceof BhxhError)) {
      this.stop('error', gatewayError('ERR_BUG', { category: 'internal', retry: 'never', cause: error }));
    } else if (this.#lanes.length === 1 || !ofSender.has(error.category)) this.stop('error', error);
    else this.#stopLane(lane, error);
  }

  #stopLane(lane: Lane, error: BhxhError): void {
    if (this.#lanes.length === 1) return this.stop('error', error);
    if (lane.stopped !== undefined) return;
    lane.stopped = error;
    this.#events.push({ kind: 'sender-stopped', sender: lane.target.sender, error });
    this.#wake();
  }
}

/** Errors that say nothing about other senders. */
const ofSender: ReadonlySet<BhxhError['category']> = new Set(['auth', 'network', 'unavailable', 'usage']);
