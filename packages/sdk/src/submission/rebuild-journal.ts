import { gatewaySentence } from '../messages/gateway/index.ts';
import { chainStart, type JournalEntry, writeBlock } from './block-chain.ts';
import type { ItemState } from './item.ts';
import { headBytes } from './journal-head.ts';
import { journalStatements, schema } from './journal-tables.ts';
import type { Database } from './sqlite.ts';

/** A new journal made of the entries of an old one. */
export interface RebuiltJournal {
  readonly taken: number;
  take(entry: JournalEntry): void;
  finish(storedHashes: readonly string[]): {
    readonly items: number;
    readonly unknown: number;
    readonly doubted: number;
    readonly head: Uint8Array;
  };
  close(): void;
}

const blockEntries = 500;
const openStates: ReadonlySet<ItemState> = new Set(['planned', 'sending', 'unknown']);

export function createRebuiltJournal(db: Database, now: () => Date): RebuiltJournal {
  db.pragma('journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec(schema);
  const statements = journalStatements(db);
  let waiting: JournalEntry[] = [];
  let count = 0;
  let hash = chainStart;
  let taken = 0;

  const flush = (): void => {
    if (waiting.length === 0) return;
    const block = writeBlock(waiting, count + 1, hash);
    db.exec('BEGIN IMMEDIATE');
    statements.insertBlock(block);
    for (const entry of waiting) statements.apply(entry);
    db.exec('COMMIT');
    count = block.sequence;
    hash = block.hash;
    waiting = [];
  };
  const take = (entry: JournalEntry): void => {
    waiting.push(entry);
    taken++;
    if (waiting.length >= blockEntries) flush();
  };

  return {
    get taken() {
      return taken;
    },
    take,
    finish(storedHashes) {
      flush();
      const at = now().toISOString();
      const rows = db.prepare('SELECT id, state, attempts FROM items ORDER BY id').all() as {
        id: number;
        state: ItemState;
        attempts: number;
      }[];
      let unknown = 0;
      for (const { id, state, attempts } of rows) {
        if (!openStates.has(state)) continue;
        unknown++;
        const problem = {
          code: 'ERR_JOURNAL_TAIL_LOST',
          where: 'local',
          ...gatewaySentence('ERR_JOURNAL_TAIL_LOST'),
        };
        take({ item: id, state: 'unknown', at, data: { problem, attempts } });
      }
      flush();
      let doubted = 0;
      const known = db.prepare('SELECT 1 FROM items WHERE sha256 = ?');
      const insert = db.prepare('INSERT OR IGNORE INTO doubts (sha256) VALUES (?)');
      for (const sha256 of new Set(storedHashes)) {
        if (known.get(sha256) !== undefined) continue;
        insert.run(sha256);
        doubted++;
      }
      db.pragma('wal_checkpoint(TRUNCATE)');
      return { items: rows.length, unknown, doubted, head: headBytes({ count, hash }) };
    },
    close: () => void db.close(),
  };
}
