import { chainStart, hashOf, type JournalEntry, readBlock } from './block-chain.ts';
import type { ItemState } from './item.ts';
import type { Head } from './journal-head.ts';
import { type ItemRow, placeOf } from './journal-tables.ts';
import type { StoredAt } from './receipt-store.ts';
import type { Database } from './sqlite.ts';

/** What a walk over a journal found. */
export interface ChainCheck extends Head {
  /** Where the first contradiction is; null when there is none. Blocks before it are good. */
  readonly damage: string | null;
  /** The journal ends before its witness: durable blocks were lost. */
  readonly tailLost: boolean;
  readonly items: number;
}

interface Folded {
  readonly states: ItemState[];
  readonly attempts: number[];
  /** Of the identity, of the last receipt, of the last problem, of the path, of the place of the stored bytes. */
  readonly marks: number[];
  readonly receipts: number[];
  readonly problems: number[];
  readonly paths: number[];
  readonly places: number[];
}

/**
 * Walks the chain once, comparing it with the items' table and with the witness beside the file. Reads one snapshot,
 * so that a writer may go on meanwhile. Throws only what SQLite throws.
 */
export function checkChain(db: Database, witness: Head | null): ChainCheck {
  db.exec('BEGIN');
  try {
    return checkSnapshot(db, witness);
  } finally {
    db.exec('COMMIT');
  }
}

function checkSnapshot(db: Database, witness: Head | null): ChainCheck {
  const folded: Folded = {
    states: [],
    attempts: [],
    marks: [],
    receipts: [],
    problems: [],
    paths: [],
    places: [],
  };
  let known = 0;
  const walk = walkBlocks(
    db,
    (entry) => {
      if (entry.data['identity'] !== undefined) known++;
      fold(folded, entry);
    },
    witness,
  );
  const { count, hash } = walk;
  const tailLost = witness === null ? count > 0 : witness.count > count;
  const check = (db.pragma('integrity_check(1)') as { integrity_check: string }[])[0]?.integrity_check;
  const structure = check === 'ok' ? null : `integrity_check: ${String(check).slice(0, 100)}`;
  const damage = walk.damage ?? structure;
  if (damage !== null) return { count, hash, damage, tailLost, items: known };
  const contents = compareItems(db, folded, known);
  return { count, hash, damage: contents, tailLost, items: known };
}

/** Visits every entry up to the first block that does not fit. */
export function walkBlocks(
  db: Database,
  visit: (entry: JournalEntry) => void,
  witness: Head | null = null,
): { readonly count: number; readonly hash: string; readonly damage: string | null } {
  let count = 0;
  let hash = chainStart;
  for (const row of db.prepare('SELECT sequence, body, hash FROM blocks ORDER BY sequence').iterate()) {
    const block = row as { sequence: number; body: string; hash: string };
    const place = `block ${count + 1}`;
    if (block.sequence !== count + 1 || hashOf(count + 1, block.body, hash) !== block.hash) {
      return { count, hash, damage: place };
    }
    let entries: JournalEntry[];
    try {
      entries = readBlock(block.body);
    } catch {
      return { count, hash, damage: place };
    }
    if (witness?.count === count + 1 && witness.hash !== block.hash) {
      return { count, hash, damage: `witness of ${place}` };
    }
    entries.forEach(visit);
    count++;
    hash = block.hash;
  }
  return { count, hash, damage: null };
}

function fold(folded: Folded, { item, state, data }: JournalEntry): void {
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

function compareItems(db: Database, folded: Folded, known: number): string | null {
  let items = 0;
  for (const row of db.prepare('SELECT * FROM items ORDER BY id').iterate()) {
    const item = row as ItemRow;
    const { id } = item;
    items++;
    const same =
      folded.marks[id] === markOf(item.sender, item.kind, item.route, item.key, item.sha256) &&
      folded.states[id] === item.state &&
      folded.attempts[id] === item.attempts &&
      folded.receipts[id] === markOf(item.receipt ?? '') &&
      folded.problems[id] === markOf(item.problem ?? '') &&
      folded.paths[id] === markOf(item.path) &&
      folded.places[id] === markOfPlace(placeOf(item));
    if (!same) return `item ${id}`;
  }
  return items === known ? null : `${known - items} items are missing`;
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
