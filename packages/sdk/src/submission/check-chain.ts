import { chainStart, hashOf, type JournalEntry, readBlock } from './block-chain.ts';
import { agrees, emptyFold, fold, type Folded } from './fold-items.ts';
import type { Head } from './journal-head.ts';
import { type ItemRow, placeOf } from './journal-tables.ts';
import { asBytes, withText } from './readable-text.ts';
import type { Database } from './sqlite.ts';

const blockText = ['body', 'hash'] as const;
const itemText = [
  'sender',
  'kind',
  'route',
  'key',
  'sha256',
  'path',
  'due',
  'state',
  'receipt',
  'problem',
  'changed_at',
] as const;

/** What a walk over a journal found. */
export interface ChainCheck extends Head {
  /** Where the first contradiction is; null when there is none. Blocks before it are good. */
  readonly damage: string | null;
  /** The journal ends before its witness: durable blocks were lost. */
  readonly tailLost: boolean;
  readonly items: number;
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
  const folded = emptyFold();
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
  const statement = db.prepare(`SELECT sequence, ${asBytes(blockText)} FROM blocks ORDER BY sequence`);
  for (const row of statement.iterate()) {
    const place = `block ${count + 1}`;
    let block: { sequence: number; body: string; hash: string };
    let entries: JournalEntry[];
    try {
      block = withText(row, blockText);
      if (block.sequence !== count + 1 || hashOf(count + 1, block.body, hash) !== block.hash) {
        return { count, hash, damage: place };
      }
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

function compareItems(db: Database, folded: Folded, known: number): string | null {
  let items = 0;
  const statement = db.prepare(
    `SELECT id, size, attempts, segment, place, length, ${asBytes(itemText)} FROM items ORDER BY id`,
  );
  for (const row of statement.iterate()) {
    let item: ItemRow;
    items++;
    try {
      item = withText(row, itemText);
    } catch {
      return `item ${(row as ItemRow).id}`;
    }
    if (!agrees(folded, item, placeOf(item))) return `item ${item.id}`;
  }
  return items === known ? null : `${known - items} items are missing`;
}
