import type { JournalBlock, JournalEntry } from './block-chain.ts';
import { type Item, type ItemProblem, type ItemState, noDeadline } from './item.ts';
import type { StoredAt } from './receipt-store.ts';
import type { Database } from './sqlite.ts';

/** The chain is the truth; `items` is its last word on each item, kept for asking. */
export const schema: string = `
CREATE TABLE IF NOT EXISTS blocks (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY, sender TEXT NOT NULL, kind TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, path TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, receipt TEXT, problem TEXT, segment INTEGER, place INTEGER, length INTEGER,
  changed_at TEXT NOT NULL, UNIQUE (sender, kind, key, sha256)
);
CREATE INDEX IF NOT EXISTS items_queue ON items (sender, state, due, id);
CREATE INDEX IF NOT EXISTS items_path ON items (path);
CREATE TABLE IF NOT EXISTS doubts (sha256 TEXT PRIMARY KEY);
`;

/** What an item's row says in every store. */
export interface ItemFields {
  readonly id: number;
  readonly sender: string;
  readonly kind: string;
  readonly route: string;
  readonly key: string;
  readonly sha256: string;
  readonly size: number;
  readonly path: string;
  readonly due: string;
  readonly state: ItemState;
  readonly attempts: number;
  readonly receipt: string | null;
  readonly problem: string | null;
  readonly changed_at: string;
  readonly version?: number;
}

export interface ItemRow extends ItemFields {
  readonly segment: number | null;
  readonly place: number | null;
  readonly length: number | null;
}

/** What a `planned` entry of a new item says. */
export interface PlannedData {
  readonly identity: readonly [sender: string, kind: string, route: string, key: string, sha256: string];
  readonly path: string;
  readonly size: number;
  readonly due: string;
}

export interface JournalStatements {
  insertBlock(block: JournalBlock): void;
  /** Brings the items' table to what the entry says. */
  apply(entry: JournalEntry): void;
}

export function journalStatements(db: Database): JournalStatements {
  const insertBlock = db.prepare('INSERT INTO blocks (sequence, body, hash) VALUES (?, ?, ?)');
  const insertItem = db.prepare(
    `INSERT INTO items (id, sender, kind, route, key, sha256, size, path, due, state, attempts, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
  );
  const updateItem = db.prepare(
    `UPDATE items SET state = ?, attempts = ?, receipt = coalesce(?, receipt), problem = ?, changed_at = ?,
       segment = coalesce(?, segment), place = coalesce(?, place), length = coalesce(?, length),
       path = coalesce(?, path) WHERE id = ?`,
  );
  return {
    insertBlock: ({ sequence, body, hash }) => void insertBlock.run(sequence, body, hash),
    apply({ item, state, at, data }) {
      if (data['identity'] !== undefined) {
        const { identity, size, path, due } = data as unknown as PlannedData;
        insertItem.run(item, ...identity, size, path, due, state, at);
        return;
      }
      const { receipt, problem, attempts, path } = data;
      const stored = data['stored'] as StoredAt | undefined;
      updateItem.run(
        state,
        Number(attempts ?? 0),
        receipt === undefined ? null : JSON.stringify(receipt),
        problem === undefined ? null : JSON.stringify(problem),
        at,
        stored?.segment ?? null,
        stored?.offset ?? null,
        stored?.length ?? null,
        path ?? null,
        item,
      );
    },
  };
}

export function toItem(row: ItemFields): Item {
  return {
    id: row.id,
    sender: row.sender,
    kind: row.kind,
    route: row.route,
    key: row.key,
    sha256: row.sha256,
    size: row.size,
    path: row.path,
    state: row.state,
    attempts: row.attempts,
    changedAt: row.changed_at,
    ...(row.version === undefined ? {} : { version: row.version }),
    ...(row.due === noDeadline ? {} : { deadline: row.due }),
    ...(row.receipt === null ? {} : { receipt: JSON.parse(row.receipt) as NonNullable<Item['receipt']> }),
    ...(row.problem === null ? {} : { problem: JSON.parse(row.problem) as ItemProblem }),
  };
}

export function placeOf(row: ItemRow): StoredAt | undefined {
  if (row.segment === null || row.place === null || row.length === null) return undefined;
  return { segment: row.segment, offset: row.place, length: row.length };
}
