import type { JournalEntry } from './block-chain.ts';
import type { ItemState } from './item.ts';
import type { ItemFields } from './journal-tables.ts';
import type { StoredAt } from './receipt-store.ts';

/** What the chain says of every item, small enough for a journal of any length. */
export interface Folded {
  readonly states: ItemState[];
  readonly attempts: number[];
  /** Of the identity, of the last receipt, of the last problem, of the path, of the place of the stored bytes. */
  readonly marks: number[];
  readonly receipts: number[];
  readonly problems: number[];
  readonly paths: number[];
  readonly places: number[];
}

export function emptyFold(): Folded {
  return { states: [], attempts: [], marks: [], receipts: [], problems: [], paths: [], places: [] };
}

export function fold(folded: Folded, { item, state, data }: JournalEntry): void {
  folded.states[item] = state;
  folded.attempts[item] = Number(data['attempts'] ?? 0);
  const { identity, receipt, problem, path, stored } = data as {
    identity?: readonly string[];
    receipt?: unknown;
    problem?: unknown;
    path?: string;
    stored?: StoredAt;
  };
  if (identity) folded.marks[item] = markOf(...identity);
  if (identity || receipt !== undefined) folded.receipts[item] = markOf(textOf(receipt));
  folded.problems[item] = markOf(textOf(problem));
  if (path !== undefined) folded.paths[item] = markOf(path);
  if (identity || stored) folded.places[item] = markOfPlace(stored);
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function markOfPlace(place: StoredAt | undefined): number {
  return place ? markOf(String(place.segment), String(place.offset), String(place.length)) : 0;
}

/** Whether the row says what the chain says. */
export function agrees(folded: Folded, item: ItemFields, place: StoredAt | undefined): boolean {
  const { id } = item;
  return (
    folded.marks[id] === markOf(item.sender, item.kind, item.route, item.key, item.sha256) &&
    folded.states[id] === item.state &&
    folded.attempts[id] === item.attempts &&
    folded.receipts[id] === markOf(item.receipt ?? '') &&
    folded.problems[id] === markOf(item.problem ?? '') &&
    folded.paths[id] === markOf(item.path) &&
    folded.places[id] === markOfPlace(place)
  );
}

/** 32 bits are enough to see a flipped bit. */
function markOf(...parts: readonly string[]): number {
  let mark = 0x811c9dc5;
  for (const part of parts) {
    for (let at = 0; at < part.length; at++) mark = Math.imul(mark ^ part.charCodeAt(at), 0x01000193);
    mark = Math.imul(mark ^ 0x1f, 0x01000193);
  }
  return mark >>> 0;
}
