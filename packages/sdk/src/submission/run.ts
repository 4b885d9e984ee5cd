import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { realSleep, type Sleep } from '../transport/sleep.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import {
  type Item,
  type ItemCounts,
  type ItemProblem,
  type ItemState,
  positionOf,
  type QueuePosition,
} from './item.ts';
import { askItem, readItem, sendItem, type StepOptions } from './item-step.ts';
import type { Journal } from './journal.ts';
import type { SubmissionTarget, TargetOffers } from './target.ts';

export type StopReason = 'signal' | 'error' | 'until' | 'rejections';

export type RunEvent =
  | { readonly kind: 'started'; readonly counts: ItemCounts; readonly offers: TargetOffers }
  /** Durable already. */
  | { readonly kind: 'item'; readonly item: Item; readonly counts: ItemCounts }
  /** Too large for this hour; it stays planned. */
  | { readonly kind: 'deferred'; readonly item: Item; readonly until: Date }
  | { readonly kind: 'asking'; readonly item: Item; readonly round: number }
  | { readonly kind: 'stopping'; readonly reason: StopReason; readonly error?: BhxhError }
  | {
      readonly kind: 'finished';
      readonly counts: ItemCounts;
      readonly reason: StopReason | 'done';
      readonly error?: BhxhError;
    };

export interface RunOptions {
  readonly journal: Journal;
  readonly target: SubmissionTarget;
  readonly now: () => Date;
  /** Uploads at a time; 8 by default. */
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
  /** Gaps between asking for an unknown outcome; after the last one the server is believed that it has nothing. */
  readonly askAfter?: readonly number[];
  /** Failures in a row after which the server counts as down; 5 by default. */
  readonly failureLimit?: number;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  readonly sleep?: Sleep;
  /** Monotonic milliseconds for the gaps between questions, which a clock that is set must not shorten or stretch. */
  readonly elapsed?: () => number;
}

/** An item whose answer is lost this often in one run is left for the next. */
const mostResends = 3;
const unknownPage = 128;

interface Ask {
  readonly item: Item;
  readonly round: number;
  readonly due: number;
}

/**
 * Sends what the journal has planned and resolves what is unknown, reporting each change after it is durable. A server
 * that is down, a refused account or a journal that cannot be written stops the run politely: the rest stays planned.
 * Leaving the loop early stops it the same way.
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
  readonly #counts: Record<ItemState, number> = {
    planned: 0,
    sending: 0,
    accepted: 0,
    rejected: 0,
    unknown: 0,
    confirmed: 0,
  };
  readonly #resends = new Map<number, number>();
  #offers: TargetOffers = { idempotencyKey: false, statusQuery: false };
  #queue: Item[] = [];
  readonly #ahead: { readonly item: Item; readonly content: Promise<Uint8Array | ItemProblem> }[] = [];
  #behind: QueuePosition | null = null;
  #queueRead = false;
  #asks: Ask[] = [];
  #unknownRead = false;
  #unknownBehind = 0;
  #running = 0;
  /** Outcomes that are on their way to the disk; their places in the line are free already. */
  #settling = 0;
  #moved = 0;
  #failures = 0;
  #rejections = 0;
  #stopped: { reason: StopReason; error?: BhxhError } | undefined;
  #wake: () => void = () => {};

  constructor(options: RunOptions, events: EventQueue<RunEvent>) {
    this.#options = options;
    this.#events = events;
    this.#concurrency = Math.max(1, options.concurrency ?? 8);
    this.#sleep = options.sleep ?? realSleep;
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  stop(reason: StopReason, error?: BhxhError): void {
    if (this.#stopped) return;
    this.#stopped = error ? { reason, error } : { reason };
    this.#events.push({ kind: 'stopping', reason, ...(error ? { error } : {}) });
    this.#wake();
  }

  async drive(): Promise<void> {
    const { journal, target, signal, abort } = this.#options;
    const onSignal = (): void => this.stop('signal');
    const onAbort = (): void => {
      this.stop('signal');
      this.#hardStop.abort();
    };
    if (signal?.aborted) onSignal();
    if (abort?.aborted) onAbort();
    signal?.addEventListener('abort', onSignal);
    abort?.addEventListener('abort', onAbort);
    try {
      Object.assign(this.#counts, await journal.counts(target.sender));
      if (this.#counts.planned + this.#counts.unknown > 0 && !this.#stopped) await this.#learnOffers();
      this.#events.push({ kind: 'started', counts: { ...this.#counts }, offers: this.#offers });
      this.#unknownRead = !this.#offers.statusQuery;
      await this.#dispatch();
      await this.#drain();
    } finally {
      signal?.removeEventListener('abort', onSignal);
      abort?.removeEventListener('abort', onAbort);
    }
    this.#events.push({
      kind: 'finished',
      counts: { ...this.#counts },
      reason: this.#stopped?.reason ?? 'done',
      ...(this.#stopped?.error ? { error: this.#stopped.error } : {}),
    });
  }

  async #learnOffers(): Promise<void> {
    try {
      this.#offers = await this.#options.target.offers(this.#hardStop.signal);
    } catch (error) {
      this.#stopFor(error);
    }
  }

  /** Outcomes that earlier runs left open are asked for first, a page at a time. */
  async #refillAsks(): Promise<void> {
    if (this.#unknownRead || this.#asks.length >= this.#concurrency) return;
    const { journal, target } = this.#options;
    let seen = 0;
    for await (const item of journal.items({ states: ['unknown'], after: this.#unknownBehind })) {
      this.#unknownBehind = item.id;
      if (item.sender === target.sender && !this.#asks.some((ask) => ask.item.id === item.id)) {
        this.#askLater(item, 0, 0);
      }
      if (++seen === unknownPage) return;
    }
    this.#unknownRead = true;
  }

  async #dispatch(): Promise<void> {
    const { until, now } = this.#options;
    for (;;) {
      if (until && now() >= until) this.stop('until');
      if (this.#stopped) return;
      await this.#events.room();
      await this.#refillAsks();
      if (this.#stopped) return;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      while (this.#running < this.#concurrency && !this.#stopped) {
        const task = this.#dueAsk() ?? (await this.#nextSend());
        if (!task) break;
        this.#running++;
        task().then(
          () => this.#done(),
          (error: unknown) => {
            this.#stopFor(error);
            this.#done();
          },
        );
      }
      if (this.#stopped) return;
      if (this.#running + this.#settling === 0 && this.#asks.length === 0) {
        if (!(await this.#beginNextPass())) return;
        continue;
      }
      await this.#waitFor(woken);
    }
  }

  #done(): void {
    this.#running--;
    this.#wake();
  }

  /** Items that came back to the queue (nothing left, or not received) are taken once more, as long as any moves. */
  async #beginNextPass(): Promise<boolean> {
    if (this.#moved === 0) return false;
    this.#moved = 0;
    this.#behind = null;
    this.#queueRead = false;
    const [first] = await this.#options.journal.queue(this.#options.target.sender, 1, null);
    return first !== undefined;
  }

  async #waitFor(woken: Promise<void>): Promise<void> {
    const next = this.#asks.reduce((soonest, { due }) => Math.min(soonest, due), Number.POSITIVE_INFINITY);
    if (!Number.isFinite(next) || this.#running >= this.#concurrency) return woken;
    const timer = new AbortController();
    const wait = Math.max(0, Math.ceil(next - this.#elapsed()));
    await Promise.race([woken, this.#sleep(wait, timer.signal).catch(() => {})]);
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

  #dueAsk(): (() => Promise<void>) | undefined {
    const now = this.#elapsed();
    const at = this.#asks.findIndex(({ due }) => due <= now);
    if (at === -1) return undefined;
    const [ask] = this.#asks.splice(at, 1);
    return () => this.#ask(ask!);
  }

  async #nextSend(): Promise<(() => Promise<void>) | undefined> {
    if (this.#queue.length === 0 && this.#ahead.length < this.#concurrency && !this.#queueRead) {
      const page = await this.#options.journal.queue(this.#options.target.sender, 128, this.#behind);
      this.#queue = [...page];
      const last = page.at(-1);
      if (last) this.#behind = positionOf(last);
      else this.#queueRead = true;
    }
    // Read while the line is busy, so that a free place is not kept waiting for the disk.
    while (this.#ahead.length < this.#concurrency && this.#queue.length > 0) {
      const item = this.#queue.shift()!;
      const until = this.#options.target.sizeWindow?.(item.size, this.#options.now());
      if (until instanceof Date) this.#events.push({ kind: 'deferred', item, until });
      else this.#ahead.push({ item, content: readItem(item, this.#options) });
    }
    const next = this.#ahead.shift();
    return next ? async () => this.#send(next.item, await next.content) : undefined;
  }

  async #send(item: Item, content: Uint8Array | ItemProblem): Promise<void> {
    const { outcome, from, error, recorded } = await sendItem(item, content, {
      ...this.#steps(),
      onSending: () => this.#count(item.state, 'sending'),
    });
    if (outcome === 'accepted') {
      this.#failures = 0;
      return this.#settle(this.#recorded(from, recorded));
    }
    const after = await this.#recorded(from, recorded);
    if (outcome === 'rejected') {
      this.#failures = 0;
      if (++this.#rejections === this.#options.stopOn) this.stop('rejections');
    }
    if (outcome === 'unknown') {
      this.#countFailure(error!);
      const resends = this.#resends.get(item.id) ?? 0;
      if (this.#offers.statusQuery && resends < mostResends && !this.#stopped) this.#askLater(after, 0, 0);
    }
    if (outcome === 'not-sent' && error!.code !== 'ERR_INTERRUPTED') {
      if (error!.retry === 'safe') this.#countFailure(error!);
      else this.#stopFor(error);
    }
  }

  #steps(): StepOptions {
    const { journal, target, readFile, askAfter } = this.#options;
    return {
      journal,
      target,
      offers: this.#offers,
      signal: this.#hardStop.signal,
      ...(readFile ? { readFile } : {}),
      ...(askAfter ? { askAfter } : {}),
    };
  }

  /** The next item's `sending` joins the same flush of the disk. */
  #settle(change: Promise<Item>): void {
    this.#settling++;
    change
      .catch((error: unknown) => this.#stopFor(error))
      .finally(() => {
        this.#settling--;
        this.#wake();
      });
  }

  async #ask({ item, round }: Ask): Promise<void> {
    this.#events.push({ kind: 'asking', item, round });
    const step = await askItem(item, round, this.#steps());
    if (step.outcome === 'failed') {
      if (step.error.retry !== 'safe') return this.#stopFor(step.error);
      this.#countFailure(step.error);
      return this.#askLater(item, round, 1_000);
    }
    this.#failures = 0;
    if (step.outcome === 'ask-again') return this.#askLater(item, step.round, step.after);
    if (step.outcome === 'to-send') this.#resends.set(item.id, (this.#resends.get(item.id) ?? 0) + 1);
    await this.#recorded('unknown', step.recorded);
  }

  #askLater(item: Item, round: number, after: number): void {
    this.#asks.push({ item, round, due: this.#elapsed() + after });
    this.#wake();
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

  /** A server that fails for everybody is left alone. */
  #countFailure(error: BhxhError): void {
    if (++this.#failures >= (this.#options.failureLimit ?? 5)) this.#stopFor(error);
  }

  #stopFor(error: unknown): void {
    if (error instanceof BhxhError) return this.stop('error', error);
    this.stop('error', gatewayError('ERR_BUG', { category: 'internal', retry: 'never', cause: error }));
  }
}
