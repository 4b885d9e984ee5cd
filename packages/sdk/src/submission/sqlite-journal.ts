import { gatewaySentence } from '../messages/gateway/index.ts';
import { chainStart, type JournalEntry, readBlock, writeBlock } from './block-chain.ts';
import { checkChain, type ChainCheck } from './check-chain.ts';
import {
  type Item,
  type ItemCounts,
  type ItemProblem,
  type ItemState,
  itemStates,
  noDeadline,
  type QueuePosition,
} from './item.ts';
import { changedItem, entryData } from './item-change.ts';
import type { ItemFilter, Journal } from './journal.ts';
import { type Head, openHeadFile, readHead } from './journal-head.ts';
import type { JournalFiles } from './journal-files.ts';
import type { JournalLock } from './journal-lock.ts';
import { damagedJournal, journalFault } from './journal-faults.ts';
import {
  type ItemRow,
  journalStatements,
  placeOf,
  type PlannedData,
  schema,
  toItem,
} from './journal-tables.ts';
import { openReceiptStore } from './receipt-store.ts';
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

/** The system keeps the file at hand as well; decisions/0023-memory-of-a-submission.md. */
const cachedKilobytes = 400;
/** Largest group that becomes durable with one flush of the disk. */
const groupLimit = 32;
/** Milliseconds that an outcome waits for company; it is shown once it is durable. */
const outcomePatience = 5;

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
    db.exec(`PRAGMA cache_size = -${cachedKilobytes}`);
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
    const chain = checkChain(db, witness);
    if (chain.damage !== null) throw damagedJournal(path, chain.damage);
    return await openVerified(parts, db, chain, witness);
  } catch (error) {
    db.close();
    throw journalFault(error, path);
  }
}

async function openVerified(
  parts: SqliteJournalParts,
  db: Database,
  chain: ChainCheck,
  witness: Head | null,
): Promise<Journal> {
  const { path, now, files, lock } = parts;
  const { last } = (db.prepare('SELECT max(segment) AS last FROM items').get() ?? {}) as {
    last: number | null;
  };
  const receipts = openReceiptStore(`${path}.receipts`, parts.key, files, last ?? 1, (error) => fail(error));
  // A journal that is empty beside stored bytes is one that was lost whole, with its witness.
  const tailLost = chain.tailLost || (chain.count === 0 && (await receipts.framesBehind(1, 0)).length > 0);
  const head = lock ? await openHeadFile(`${path}.head`, files) : null;
  if (head && witness === null && chain.count === 0) await head.write({ count: 0, hash: chainStart });

  let { count, hash } = chain;
  let failure: unknown;
  const waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let patience: NodeJS.Timeout | undefined;
  let closed = false;
  let witnessed = chain.count;
  let witnessing: Promise<unknown> | undefined;

  const statements = journalStatements(db);
  const selectIdentity = db.prepare(
    'SELECT * FROM items WHERE sender = ? AND kind = ? AND key = ? AND sha256 = ?',
  );
  const selectItem = db.prepare('SELECT * FROM items WHERE id = ?');
  // Prepared once: a statement holds memory that the collector does not see.
  const selectHash = db.prepare(
    'SELECT * FROM items WHERE sender = ? AND kind = ? AND sha256 = ? ORDER BY id LIMIT 1',
  );
  const selectLast = db.prepare('SELECT coalesce(max(id), 0) AS id FROM items');
  const selectQueue = db.prepare(
    `SELECT * FROM items AS i WHERE sender = ? AND state = 'planned' AND (due, id) > (?, ?)
       AND NOT EXISTS (SELECT 1 FROM items AS e WHERE e.sender = i.sender AND e.kind = i.kind AND e.key = i.key AND e.id < i.id
         AND i.key <> '' AND e.state IN ('planned', 'sending', 'unknown'))
     ORDER BY due, id LIMIT ?`,
  );
  const selectItems = db.prepare('SELECT * FROM items WHERE id IN (SELECT value FROM json_each(?))');
  const selectPath = db.prepare('SELECT * FROM items WHERE path = ? AND sender = ? ORDER BY id DESC LIMIT 1');

  const commit = (entries: readonly JournalEntry[]): void => {
    if (!lock) throw new TypeError('the journal was opened for reading');
    const block = writeBlock(entries, count + 1, hash);
    db.exec('BEGIN IMMEDIATE');
    try {
      statements.insertBlock(block);
      for (const entry of entries) statements.apply(entry);
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

  const fail = (error: unknown): unknown => (failure ??= journalFault(error, path));

  const flushGroup = async (group: readonly Waiting[]): Promise<void> => {
    const documents = group.filter((one): one is Waiting & { bytes: Uint8Array } => one.bytes !== undefined);
    const places = documents.length > 0 ? await receipts.put(documents) : [];
    const stored = new Map(documents.map((one, at) => [one as Waiting, places[at]!]));
    const entries = group.map((one) => {
      const place = stored.get(one);
      return place ? { ...one.entry, data: { ...one.entry.data, stored: place } } : one.entry;
    });
    commit(entries);
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

  /** A closed journal is one file; where the disk does not let it become one, the next opening does it. */
  const closeDatabase = async (): Promise<void> => {
    try {
      if (lock && !failure) db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw journalFault(error, path);
    } finally {
      db.close();
      await lock?.release();
    }
  };

  /** Everything that arrives in this turn of the loop, and while an earlier group is being written, goes together. */
  const flushSoon = (): void => {
    clearTimeout(patience);
    patience = undefined;
    flushing ??= new Promise<void>((done) => setImmediate(done)).then(flush);
  };

  const itemOf = (row: unknown): Item | null =>
    row === undefined || row === null ? null : toItem(row as ItemRow);

  const itemsById = (ids: readonly number[]): ReadonlyMap<number, Item> => {
    const rows = selectItems.all(JSON.stringify(ids)) as ItemRow[];
    return new Map(rows.map((row) => [row.id, toItem(row)]));
  };

  const bytesOf = async (item: Item): Promise<Uint8Array | null> => {
    const row = selectItem.get(item.id) as ItemRow | undefined;
    const place = row && placeOf(row);
    return place ? receipts.get(place, item.sha256) : null;
  };

  const journal: Journal & { recovered: number } = {
    path,
    recovered: 0,
    tailLost,

    async add(items) {
      if (failure) throw failure;
      const at = now().toISOString();
      const entries: JournalEntry[] = [];
      const ids: { readonly id: number; readonly fresh: boolean }[] = [];
      const inThisCall = new Map<string, number>();
      let { id } = selectLast.get() as { id: number };
      for (const item of items) {
        const { sender, kind, route, key, sha256, path: from, size, deadline } = item;
        const identity = JSON.stringify([sender, kind, key, sha256]);
        const known =
          inThisCall.get(identity) ??
          (selectIdentity.get(sender, kind, key, sha256) as ItemRow | undefined)?.id;
        if (known !== undefined) {
          ids.push({ id: known, fresh: false });
          continue;
        }
        id++;
        inThisCall.set(identity, id);
        ids.push({ id, fresh: true });
        const planned: PlannedData = {
          identity: [sender, kind, route, key, sha256],
          path: from,
          size,
          due: deadline ?? noDeadline,
        };
        entries.push({ item: id, state: 'planned', at, data: { ...planned } });
        if (isDoubted(sha256)) entries.push(unknownEntry(id, at, 0, 'ERR_JOURNAL_TAIL_LOST'));
      }
      if (entries.length > 0) {
        await flushing;
        try {
          commit(entries);
          witnessSoon();
        } catch (error) {
          throw fail(error);
        }
      }
      const found = itemsById(ids.map((one) => one.id));
      return ids.map((one) => ({ item: found.get(one.id)!, fresh: one.fresh }));
    },

    record(item, change) {
      return new Promise<Item>((resolve, reject) => {
        if (failure) return reject(failure);
        if (closed) return reject(new TypeError('the journal is closed'));
        const at = now().toISOString();
        waiting.push({
          entry: { item: item.id, state: change.state, at, data: entryData(change) },
          sha256: item.sha256,
          bytes: change.state === 'sending' ? change.bytes : undefined,
          resolve: () => resolve(changedItem(item, change, at)),
          reject,
        });
        // A claim is waited for by a free place on the line; an outcome by nobody, so it goes with the next claim.
        if (change.state === 'sending' || waiting.length >= groupLimit) flushSoon();
        else patience ??= setTimeout(flushSoon, outcomePatience);
      });
    },

    async queue(sender, limit, behind: QueuePosition | null) {
      return selectQueue
        .all(sender, behind?.due ?? '', behind?.id ?? 0, limit)
        .map((row) => toItem(row as ItemRow));
    },

    async findByHash(sender, kind, sha256) {
      return itemOf(selectHash.get(sender, kind, sha256));
    },
    async findByPath(sender, path) {
      return itemOf(selectPath.get(path, sender));
    },
    item: async (id) => itemOf(selectItem.get(id)),
    itemsById: async (ids) => itemsById(ids),

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

    sentBytes: bytesOf,
    storedBytes: bytesOf,

    async close() {
      if (closed) return;
      closed = true;
      if (waiting.length > 0) flushSoon();
      await flushing;
      await witnessing;
      try {
        await receipts.close();
        await head?.close();
      } catch (error) {
        throw journalFault(error, path);
      } finally {
        await closeDatabase();
      }
    },
  };

  const isDoubted = (sha256: string): boolean =>
    tailLost || hasDoubts
      ? db.prepare('SELECT 1 FROM doubts WHERE sha256 = ?').get(sha256) !== undefined
      : false;
  let hasDoubts = lock !== null && db.prepare('SELECT 1 FROM doubts LIMIT 1').get() !== undefined;

  if (lock) journal.recovered = await recover();
  return journal;

  /** What a killed process left behind may have arrived; after a lost tail that is true of everything still open. */
  async function recover(): Promise<number> {
    if (tailLost) {
      const end = db
        .prepare('SELECT segment, max(place + length) AS place FROM items WHERE segment = ?')
        .get(last ?? 1) as { place: number | null } | undefined;
      const orphans = await receipts.framesBehind(last ?? 1, end?.place ?? 0);
      const insert = db.prepare('INSERT OR IGNORE INTO doubts (sha256) VALUES (?)');
      for (const sha256 of orphans) insert.run(sha256);
      hasDoubts = hasDoubts || orphans.length > 0;
    }
    const states = tailLost ? ['sending', 'planned'] : ['sending'];
    const rows = db
      .prepare(`SELECT * FROM items WHERE state IN (${states.map(() => '?').join(', ')})`)
      .all(...states) as ItemRow[];
    for (let at = 0; at < rows.length; at += 500) {
      const moment = now().toISOString();
      const reason = tailLost ? 'ERR_JOURNAL_TAIL_LOST' : 'ERR_INTERRUPTED_WHILE_SENDING';
      const entries = rows
        .slice(at, at + 500)
        .map((row) => unknownEntry(row.id, moment, row.attempts, reason));
      commit(entries);
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
