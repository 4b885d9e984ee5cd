import type { BhxhError } from '../errors/bhxh-error.ts';
import { type Item, type ItemProblem, positionOf, type QueuePosition } from './item.ts';
import { readItem } from './item-step.ts';
import type { Journal } from './journal.ts';
import { createLine, type Line } from './line.ts';
import type { Pace } from './pace.ts';
import type { SubmissionTarget, TargetOffers } from './target.ts';

/** An unknown outcome that is asked for at a moment. */
export interface Ask {
  readonly item: Item;
  readonly round: number;
  /** Monotonic milliseconds. */
  readonly due: number;
}

/** An item whose bytes are being read. */
export interface ReadyItem {
  readonly item: Item;
  readonly content: Promise<Uint8Array | ItemProblem>;
}

export interface LaneOptions {
  readonly journal: Journal;
  readonly target: SubmissionTarget;
  readonly pace: Pace;
  readonly now: () => Date;
  readonly elapsed: () => number;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  /** Too large for this hour; it stays planned. */
  readonly onDeferred: (item: Item, until: Date) => void;
}

/**
 * How many items are made ready to leave, `sending` durable, while every place on the line is taken: so a place that
 * becomes free is not kept waiting for the disk. After a crash they count among those that may have left.
 */
export const aheadOf = (limit: number): number => (limit < 4 ? 0 : 2);

const queuePage = 128;
const unknownPage = 128;
/**
 * Questions held at one time. Most of them wait for their next round, and what waits must not keep the others from being
 * asked: after a lost journal everything is unknown, and each of them may take half a minute.
 */
const mostAsks = 2_000;

/** What one sender has to do: its queue in order of deadlines, its open questions, its pace. */
export class Lane {
  readonly target: SubmissionTarget;
  readonly pace: Pace;
  offers: TargetOffers = { idempotencyKey: false, statusQuery: false };
  /** Tasks of this sender under way. */
  running = 0;
  /** Uploads of this sender that are leaving or waited for. */
  readonly line: Line;
  /** Why nothing of this sender is begun any more. */
  stopped: BhxhError | undefined;
  readonly #options: LaneOptions;
  readonly #ahead: ReadyItem[] = [];
  #queue: Item[] = [];
  #behind: QueuePosition | null = null;
  #queueRead = false;
  #asks: Ask[] = [];
  #unknownRead = true;
  #unknownBehind = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.target = options.target;
    this.pace = options.pace;
    this.line = createLine(() => this.pace.limit);
  }

  /** Takes note of what the server offers; outcomes that earlier runs left open are asked for where it can be asked. */
  open(offers: TargetOffers): void {
    this.offers = offers;
    this.#unknownRead = !offers.statusQuery;
  }

  get mayBegin(): boolean {
    return this.stopped === undefined && this.running < this.pace.limit + aheadOf(this.pace.limit);
  }

  get hasAsks(): boolean {
    return this.stopped === undefined && this.#asks.length > 0;
  }

  /** When the next question is due; infinity when there is none or no place for it. */
  get nextAskAt(): number {
    if (!this.mayBegin) return Number.POSITIVE_INFINITY;
    return this.#asks.reduce((soonest, { due }) => Math.min(soonest, due), Number.POSITIVE_INFINITY);
  }

  /** Reads a page of the outcomes that earlier runs left open, when few questions are due. */
  async refillAsks(): Promise<void> {
    if (this.#unknownRead || this.stopped !== undefined || this.#asks.length >= mostAsks) return;
    const { journal, target, elapsed } = this.#options;
    const now = elapsed();
    if (this.#asks.filter(({ due }) => due <= now).length >= this.pace.limit) return;
    const held = new Set(this.#asks.map(({ item }) => item.id));
    let seen = 0;
    for await (const item of journal.items({ states: ['unknown'], after: this.#unknownBehind })) {
      this.#unknownBehind = item.id;
      if (item.sender === target.sender && !held.has(item.id)) this.askLater(item, 0, 0);
      if (++seen === unknownPage) return;
    }
    this.#unknownRead = true;
  }

  askLater(item: Item, round: number, after: number): void {
    this.#asks.push({ item, round, due: this.#options.elapsed() + after });
  }

  dueAsk(): Ask | undefined {
    const now = this.#options.elapsed();
    const at = this.#asks.findIndex(({ due }) => due <= now);
    return at === -1 ? undefined : this.#asks.splice(at, 1)[0];
  }

  async nextItem(): Promise<ReadyItem | undefined> {
    const { journal, target, now, onDeferred } = this.#options;
    const deep = this.pace.limit;
    if (this.#queue.length === 0 && this.#ahead.length < deep && !this.#queueRead) {
      const page = await journal.queue(target.sender, queuePage, this.#behind);
      this.#queue = [...page];
      const last = page.at(-1);
      if (last) this.#behind = positionOf(last);
      else this.#queueRead = true;
    }
    // Read while the line is busy, so that a free place is not kept waiting for the disk.
    while (this.#ahead.length < deep && this.#queue.length > 0) {
      const item = this.#queue.shift()!;
      const until = target.sizeWindow?.(item.size, now());
      if (until instanceof Date) onDeferred(item, until);
      else this.#ahead.push({ item, content: readItem(item, this.#options) });
    }
    return this.#ahead.shift();
  }

  /** Items that came back to the queue are taken once more. False when there are none. */
  async beginNextPass(): Promise<boolean> {
    if (this.stopped !== undefined) return false;
    this.#behind = null;
    this.#queueRead = false;
    const [first] = await this.#options.journal.queue(this.target.sender, 1, null);
    return first !== undefined;
  }
}
