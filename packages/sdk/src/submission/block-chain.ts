import { createHash } from 'node:crypto';
import type { ItemState } from './item.ts';

/** One change of one item: id, new state, moment (ISO), and what belongs to it. */
export interface JournalEntry {
  readonly item: number;
  readonly state: ItemState;
  readonly at: string;
  /** Identity for `planned`, receipt or problem for an outcome, the reason for a return. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Entries that became durable together, chained to the block before. */
export interface JournalBlock {
  readonly sequence: number;
  readonly body: string;
  readonly hash: string;
}

export const chainStart: string = '0'.repeat(64);

export function writeBlock(
  entries: readonly JournalEntry[],
  sequence: number,
  previous: string,
): JournalBlock {
  const body = JSON.stringify(entries.map(({ item, state, at, data }) => [item, state, at, data]));
  return { sequence, body, hash: hashOf(sequence, body, previous) };
}

export function hashOf(sequence: number, body: string, previous: string): string {
  return createHash('sha256').update(`${previous}\n${sequence}\n`).update(body, 'utf8').digest('hex');
}

/** @throws SyntaxError or TypeError when the body is not what `writeBlock` writes */
export function readBlock(body: string): JournalEntry[] {
  const rows = JSON.parse(body) as unknown;
  if (!Array.isArray(rows)) throw new TypeError('not a block');
  return rows.map((row: unknown) => {
    if (!Array.isArray(row) || !Number.isSafeInteger(row[0])) throw new TypeError('not an entry');
    const [item, state, at, data] = row as [number, ItemState, string, Record<string, unknown>];
    return { item, state, at, data };
  });
}
