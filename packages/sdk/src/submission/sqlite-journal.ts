import { gatewaySentence } from '../messages/gateway/index.ts';
import { chainStart, hashOf, type JournalEntry, readBlock, writeBlock } from './block-chain.ts';
import {
  type Item,
  type ItemCounts,
  type ItemProblem,
  type ItemState,
  itemStates,
  type NewItem,
} from './item.ts';
import type { AddedItem, ItemChange, ItemFilter, Journal, QueuePosition } from './journal.ts';
import { type Head, openHeadFile, readHead } from './journal-head.ts';
import type { JournalFiles } from './journal-files.ts';
import type { JournalLock } from './journal-lock.ts';
import { damagedJournal, journalFault } from './journal-faults.ts';
import { openReceiptStore, type StoredAt } from './receipt-store.ts';
import type { ReceiptKey } from './receipt-key.ts';
import type { Database } from './sqlite.ts';

export interface SqliteJournalParts {
  readonly path: string;
  readonly now: () => Date;
  readonly files: JournalFiles;
  readonly key: ReceiptKey | null;
  /** Null when it is only read. */
  readonly lock: JournalLock | null;
  readonly openDatabase: (path: string) => Database;
}

/** Largest group that becomes durable with one flush of the disk. */
const groupLimit = 32;
const noDeadline = '9';

const schema = `
CREATE TABLE IF NOT EXISTS blocks (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY, sender TEXT NOT NULL, kind TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL, sha256 TEXT NOT NULL,
  size INTEGER NOT NULL, path TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  receipt TEXT, problem TEXT, segment INTEGER, place INTEGER, length INTEGER, changed_at TEXT NOT NULL,
  UNIQUE (sender, kind, key, sha256)
);
CREATE INDEX IF NOT EXISTS items_queue ON items (sender, state, due, id);
CREATE TABLE IF NOT EXISTS doubts (sha256 TEXT PRIMARY KEY);
`;

interface ItemRow {
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
  readonly segment: number | null;
  readonly place: number | null;
  readonly length: number | null;
  readonly changed_at: string;
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly sha256: string;
  readonly bytes: Uint8Array | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export async function openSqliteJournal(parts: SqliteJournalParts): Promise<Journal> {
  const { path, files, lock } = parts;
  const headPath = `${path}.head`;
  let db: Database | undefined;
  try {
    db = parts.openDatabase(path);
    db.exec('PRAGMA busy_timeout = 5000');
    if (lock) {
      db.pragma('journal_mode = WAL');
      db.exec('PRAGMA synchronous = FULL');
      db.exec(schema);
    }
  } catch (error) {
    db?.close();
    throw journalFault(error, path);
  }
  try {
    const witness = await readHead(headPath, files);
    const state = verifyChain(db, path, witness);
    return await openVerified(parts, db, state, witness);
  } catch (error) {
    db.close();
    throw journalFault(error, path);
  }
}

interface ChainState extends Head {
  /** The journal ends before its witness. */
  readonly tailLost: boolean;
}

/** Walks the chain once, comparing it with the items' table and with the witness beside the file. */
function verifyChain(db: Database, path: string, witness: Head | null): ChainState {
  const check = (db.pragma('integrity_check(1)') as { integrity_check: string }[])[0]?.integrity_check;
  if (check !== 'ok') throw damagedJournal(path, `integrity_check: ${String(check).slice(0, 100)}`);
  let count = 0;
  let hash = chainStart;
  const folded: FoldedItems = { states: [], attempts: [], marks: [] };
  for (const row of db.prepare('SELECT sequence, body, hash FROM blocks ORDER BY sequence').iterate()) {
    const block = row as { sequence: number; body: string; hash: string };
    count++;
    if (block.sequence !== count || hashOf(count, block.body, hash) !== block.hash) {
      throw damagedJournal(path, `block ${count}`);
    }
    hash = block.hash;
    try {
      for (const entry of readBlock(block.body)) fold(folded, entry);
    } catch {
      throw damagedJournal(path, `block ${count}`);
    }
    if (witness?.count === count && witness.hash !== hash)
      throw damagedJournal(path, `witness of block ${count}`);
  }
  let items = 0;
  for (const row of db.prepare('SELECT * FROM items ORDER BY id').iterate()) {
    const item = row as ItemRow;
    items++;
    const known = folded.marks[item.id];
    if (
      known === undefined ||
      known !== markOf(item.sender, item.kind, item.route, item.key, item.sha256) ||
      folded.states[item.id] !== item.state ||
      folded.attempts[item.id] !== item.attempts
    ) {
      throw damagedJournal(path, `item ${item.id}`);
    }
  }
  if (folded.marks.filter((mark) => mark !== undefined).length !== items) {
    throw damagedJournal(path, 'items are missing');
  }
  return { count, hash, tailLost: witness === null ? count > 0 : witness.count > count };
}

interface FoldedItems {
  readonly states: ItemState[];
  readonly attempts: number[];
  readonly marks: number[];
}

function fold(folded: FoldedItems, { item, state, data }: JournalEntry): void {
  folded.states[item] = state;
  folded.attempts[item] = Number(data['attempts'] ?? 0);
  const { identity } = data as { identity?: readonly string[] };
  if (identity) folded.marks[item] = markOf(...identity);
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

async function openVerified(
  parts: SqliteJournalParts,
  db: Database,
  chain: ChainState,
  witness: Head | null,
): Promise<Journal> {
  const { path, now, files, lock } = parts;
  const { last } = (db.prepare('SELECT max(segment) AS last FROM items').get() ?? {}) as {
    last: number | null;
  };
  const receipts = openReceiptStore(`${path}.receipts`, parts.key, files, last ?? 1, (error) => fail(error));
  const head = lock ? await openHeadFile(`${path}.head`, files) : null;
  if (head && witness === null && chain.count === 0) await head.write({ count: 0, hash: chainStart });

  let { count, hash } = chain;
  let failure: unknown;
  const waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;
  let witnessed = chain.count;
  let witnessing: Promise<unknown> | undefined;

  const insertBlock = db.prepare('INSERT INTO blocks (sequence, body, hash) VALUES (?, ?, ?)');
  const insertItem = db.prepare(
    `INSERT INTO items (id, sender, kind, route, key, sha256, size, path, due, state, attempts, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', 0, ?)`,
  );
  const updateItem = db.prepare(
    `UPDATE items SET state = ?, attempts = ?, receipt = coalesce(?, receipt), problem = ?, changed_at = ?,
       segment = coalesce(?, segment), place = coalesce(?, place), length = coalesce(?, length), path = coalesce(?, path) WHERE id = ?`,
  );
  const selectIdentity = db.prepare(
    'SELECT * FROM items WHERE sender = ? AND kind = ? AND key = ? AND sha256 = ?',
  );
  const selectItem = db.prepare('SELECT * FROM items WHERE id = ?');

  const commit = (entries: readonly JournalEntry[], apply: () => void): void => {
    if (!lock) throw new TypeError('the journal was opened for reading');
    const block = writeBlock(entries, count + 1, hash);
    db.exec('BEGIN IMMEDIATE');
    try {
      insertBlock.run(block.sequence, block.body, block.hash);
      apply();
      db.exec('COMMIT');
    } catch (error) {
      try {
        db.exec('ROLLBACK');
      } catch {
        // The commit itself failed and SQLite rolled back already.
      }
      throw error;
    }
    count = block.sequence;
    hash = block.hash;
  };

  const apply = ({ item, state, at, data }: JournalEntry, stored: StoredAt | undefined): void => {
    const { receipt, problem, attempts, path } = data;
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
  };

  const fail = (error: unknown): unknown => (failure ??= journalFault(error, path));

  const flushGroup = async (group: readonly Waiting[]): Promise<void> => {
    const documents = group.filter((one): one is Waiting & { bytes: Uint8Array } => one.bytes !== undefined);
    const places = documents.length > 0 ? await receipts.put(documents) : [];
    const stored = new Map(documents.map((one, at) => [one as Waiting, places[at]!]));
    commit(
      group.map(({ entry }) => entry),
      () => group.forEach((one) => apply(one.entry, stored.get(one))),
    );
    witnessSoon();
  };

  /** Written behind the commit and awaited by nobody: a witness that lags is harmless, one that is ahead is not. */
  const witnessSoon = (): void => {
    witnessing ??= Promise.resolve()
      .then(async () => {
        while (witnessed < count) {
          const reached = { count, hash };
          await head!.write(reached);
          witnessed = reached.count;
        }
      })
      .catch(fail)
      .finally(() => (witnessing = undefined));
  };

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.splice(0, groupLimit);
      try {
        if (failure) throw failure;
        await flushGroup(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        const reason = fail(error);
        for (const { reject } of group) reject(reason);
      }
    }
    flushing = undefined;
  };

  const placeOf = (id: number): StoredAt | undefined => {
    const row = selectItem.get(id) as ItemRow | undefined;
    if (!row || row.segment === null || row.place === null || row.length === null) return undefined;
    return { segment: row.segment, offset: row.place, length: row.length };
  };
  const itemOf = (row: unknown): Item | null =>
    row === undefined || row === null ? null : toItem(row as ItemRow);

  const journal: Journal & { recovered: number } = {
    path,
    recovered: 0,
    tailLost: chain.tailLost,

    async add(items) {
      if (failure) throw failure;
      const at = now().toISOString();
      const entries: JournalEntry[] = [];
      const rows: (() => void)[] = [];
      const added: (AddedItem | { id: number })[] = [];
      const inThisCall = new Map<string, number>();
      let { id } = (db.prepare('SELECT coalesce(max(id), 0) AS id FROM items').get() ?? { id: 0 }) as {
        id: number;
      };
      for (const item of items) {
        const identity = JSON.stringify([item.sender, item.kind, item.key, item.sha256]);
        const known = itemOf(selectIdentity.get(item.sender, item.kind, item.key, item.sha256));
        const twin = inThisCall.get(identity);
        if (known !== null || twin !== undefined) {
          added.push(
            known
              ? { item: known, fresh: false }
              : { item: { ...plannedItem(item, twin!, at) }, fresh: false },
          );
          continue;
        }
        id++;
        const own = id;
        inThisCall.set(identity, own);
        entries.push({
          item: own,
          state: 'planned',
          at,
          data: {
            identity: [item.sender, item.kind, item.route, item.key, item.sha256],
            path: item.path,
            size: item.size,
            due: dueOf(item),
          },
        });
        rows.push(() => {
          insertItem.run(
            own,
            item.sender,
            item.kind,
            item.route,
            item.key,
            item.sha256,
            item.size,
            item.path,
            dueOf(item),
            at,
          );
        });
        if (isDoubted(item.sha256)) {
          const entry = unknownEntry(own, at, 0, 'ERR_JOURNAL_TAIL_LOST');
          entries.push(entry);
          rows.push(() => apply(entry, undefined));
        }
        added.push({ id: own });
      }
      if (entries.length > 0) {
        await flushing;
        try {
          commit(entries, () => rows.forEach((run) => run()));
          witnessSoon();
        } catch (error) {
          throw fail(error);
        }
      }
      return added.map((entry) =>
        'item' in entry ? entry : { item: itemOf(selectItem.get(entry.id))!, fresh: true },
      );
    },

    record(item, change) {
      return new Promise<void>((resolve, reject) => {
        if (failure) return reject(failure);
        if (closed) return reject(new TypeError('the journal is closed'));
        waiting.push({
          entry: { item: item.id, state: change.state, at: now().toISOString(), data: dataOf(change) },
          sha256: item.sha256,
          bytes: change.state === 'sending' ? change.bytes : undefined,
          resolve,
          reject,
        });
        // Everything that arrives in this turn of the loop, and while an earlier group is being written, goes together.
        flushing ??= new Promise<void>((done) => setImmediate(done)).then(flush);
      });
    },

    async queue(sender, limit, behind: QueuePosition | null) {
      return db
        .prepare(
          `SELECT * FROM items AS i WHERE sender = ? AND state = 'planned' AND (due, id) > (?, ?)
             AND NOT EXISTS (SELECT 1 FROM items AS e WHERE e.sender = i.sender AND e.kind = i.kind AND e.key = i.key AND e.id < i.id
               AND i.key <> '' AND e.state IN ('planned', 'sending', 'unknown'))
           ORDER BY due, id LIMIT ?`,
        )
        .all(sender, behind?.due ?? '', behind?.id ?? 0, limit)
        .map((row) => toItem(row as ItemRow));
    },

    async findByHash(sender, kind, sha256) {
      return itemOf(
        db
          .prepare('SELECT * FROM items WHERE sender = ? AND kind = ? AND sha256 = ? ORDER BY id LIMIT 1')
          .get(sender, kind, sha256),
      );
    },
    item: async (id) => itemOf(selectItem.get(id)),

    async *items({ states = itemStates, after = 0 }: ItemFilter = {}) {
      const page = db.prepare(
        `SELECT * FROM items WHERE id > ? AND state IN (${states.map(() => '?').join(', ')}) ORDER BY id LIMIT 500`,
      );
      for (let last = after; ;) {
        const rows = page.all(last, ...states) as ItemRow[];
        if (rows.length === 0) return;
        for (const row of rows) yield toItem(row);
        last = rows.at(-1)!.id;
      }
    },

    async counts(sender) {
      const counts = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
      for (const row of db
        .prepare('SELECT state, count(*) AS n FROM items WHERE ? IN (sender, ?) GROUP BY state')
        .all(sender ?? '*', '*')) {
        const { state, n } = row as { state: ItemState; n: number };
        counts[state] = n;
      }
      return counts satisfies ItemCounts;
    },

    async history(id) {
      const found: { state: ItemState; at: string }[] = [];
      for (const row of db.prepare('SELECT body FROM blocks ORDER BY sequence').iterate()) {
        for (const entry of readBlock((row as { body: string }).body)) {
          if (entry.item === id) found.push({ state: entry.state, at: entry.at });
        }
      }
      return found;
    },

    async sentBytes(item) {
      const place = placeOf(item.id);
      return place ? receipts.get(place, item.sha256) : null;
    },

    async close() {
      if (closed) return;
      closed = true;
      await flushing;
      await witnessing;
      try {
        await receipts.close();
        await head?.close();
      } finally {
        // A closed journal is one file.
        if (lock && !failure) db.pragma('wal_checkpoint(TRUNCATE)');
        db.close();
        await lock?.release();
      }
    },
  };

  const isDoubted = (sha256: string): boolean =>
    chain.tailLost || hasDoubts
      ? db.prepare('SELECT 1 FROM doubts WHERE sha256 = ?').get(sha256) !== undefined
      : false;
  let hasDoubts = lock !== null && db.prepare('SELECT 1 FROM doubts LIMIT 1').get() !== undefined;

  if (lock) journal.recovered = await recover();
  return journal;

  /** What a killed process left behind may have arrived; after a lost tail that is true of everything still open. */
  async function recover(): Promise<number> {
    if (chain.tailLost) {
      const end = db
        .prepare('SELECT segment, max(place + length) AS place FROM items WHERE segment = ?')
        .get(last ?? 1) as { place: number | null } | undefined;
      const orphans = await receipts.framesBehind(last ?? 1, end?.place ?? 0);
      const insert = db.prepare('INSERT OR IGNORE INTO doubts (sha256) VALUES (?)');
      for (const sha256 of orphans) insert.run(sha256);
      hasDoubts = hasDoubts || orphans.length > 0;
    }
    const states = chain.tailLost ? ['sending', 'planned'] : ['sending'];
    const rows = db
      .prepare(`SELECT * FROM items WHERE state IN (${states.map(() => '?').join(', ')})`)
      .all(...states) as ItemRow[];
    for (let at = 0; at < rows.length; at += 500) {
      const moment = now().toISOString();
      const reason = chain.tailLost ? 'ERR_JOURNAL_TAIL_LOST' : 'ERR_INTERRUPTED_WHILE_SENDING';
      const entries = rows
        .slice(at, at + 500)
        .map((row) => unknownEntry(row.id, moment, row.attempts, reason));
      commit(entries, () => entries.forEach((entry) => apply(entry, undefined)));
    }
    await head!.write({ count, hash });
    return rows.length;
  }
}

type OpenReason = 'ERR_INTERRUPTED_WHILE_SENDING' | 'ERR_JOURNAL_TAIL_LOST';

function unknownEntry(item: number, at: string, attempts: number, code: OpenReason): JournalEntry {
  const problem: ItemProblem = { code, where: 'local', ...gatewaySentence(code) };
  return { item, state: 'unknown', at, data: { problem, attempts } };
}

function dataOf(change: ItemChange): Record<string, unknown> {
  const { attempts } = change;
  if ('receipt' in change) return { receipt: change.receipt, attempts };
  if ('problem' in change) return { problem: change.problem, attempts };
  if ('reason' in change) {
    return { reason: change.reason, attempts, ...(change.path === undefined ? {} : { path: change.path }) };
  }
  return { attempts };
}

function dueOf(item: NewItem): string {
  return item.deadline ?? noDeadline;
}

function plannedItem(item: NewItem, id: number, at: string): Item {
  const { sender, kind, route, key, sha256, size, path, deadline } = item;
  return {
    id,
    sender,
    kind,
    route,
    key,
    sha256,
    size,
    path,
    state: 'planned',
    attempts: 0,
    changedAt: at,
    ...(deadline === undefined ? {} : { deadline }),
  };
}

function toItem(row: ItemRow): Item {
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
    ...(row.due === noDeadline ? {} : { deadline: row.due }),
    ...(row.receipt === null ? {} : { receipt: JSON.parse(row.receipt) as NonNullable<Item['receipt']> }),
    ...(row.problem === null ? {} : { problem: JSON.parse(row.problem) as ItemProblem }),
  };
}

/** Position of an item in the queue, to read on behind it. */
export function positionOf(item: Item): QueuePosition {
  return { due: item.deadline ?? noDeadline, id: item.id };
}
