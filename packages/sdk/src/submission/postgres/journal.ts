import { gatewayError } from '../../transport/gateway-error.ts';
import { createGroupCommit } from '../group-commit.ts';
import { type Item, type ItemCounts, type ItemState, itemStates, type QueuePosition } from '../item.ts';
import { changedItem, type ItemChange } from '../item-change.ts';
import { journalFault } from '../journal-faults.ts';
import { openHeadFile } from '../journal-head.ts';
import { toItem } from '../journal-tables.ts';
import type { ItemFilter, Journal, JournalOptions } from '../journal.ts';
import { realFiles } from '../journal-files.ts';
import { addItems } from './add-items.ts';
import { type PostgresAddress, readPostgresAddress } from './address.ts';
import { nameBlocks } from './append-block.ts';
import { headOf } from './check.ts';
import { openPostgresDatabase, type PostgresDatabase } from './database.ts';
import { openKey, refuseWithoutKey } from './document-key.ts';
import { openDocumentStore } from './documents.ts';
import { doubtEverything, type Lease, takeLease } from './lease.ts';
import { isInstalled, migrate } from './migrations.ts';
import { type FencedChange, recordChanges } from './record-changes.ts';
import { itemColumns, type PostgresItemRow } from './rows.ts';
import { checkUnseen, forget, isBehind, witnessOf, witnessPath } from './witness.ts';

/** A journal that many processes write; the worker needs its database beside its doors. */
export interface PostgresJournal extends Journal {
  readonly db: PostgresDatabase;
  /** Null when it is only read. */
  readonly lease: Lease | null;
}

const groupLimit = 64;
const defaultLease = 30_000;
const defaultPatience = 120_000;

/** @throws BhxhError `unavailable` when the server cannot be reached, `input` when the journal is damaged */
export async function openPostgresJournal(options: JournalOptions): Promise<PostgresJournal> {
  const address = addressOf(options.path ?? '');
  const db = await openPostgresDatabase({
    address,
    patience: options.patience ?? defaultPatience,
    ...(options.elapsed ? { elapsed: options.elapsed } : {}),
  });
  try {
    return await openOn(db, options);
  } catch (error) {
    await db.close();
    throw journalFault(error, address.shown);
  }
}

export function addressOf(path: string): PostgresAddress {
  const address = readPostgresAddress(path);
  if (address !== null) return address;
  throw gatewayError('ERR_JOURNAL_ADDRESS', { category: 'usage', retry: 'never' });
}

/** @throws BhxhError `input` when nothing was ever written there */
export async function requireInstalled(db: PostgresDatabase): Promise<void> {
  if (await isInstalled(db)) return;
  const values = { address: db.shown };
  throw gatewayError('ERR_JOURNAL_NOT_THERE', { category: 'input', retry: 'never', values });
}

async function openOn(db: PostgresDatabase, options: JournalOptions): Promise<PostgresJournal> {
  const { now, readOnly = false, role = 'submit' } = options;
  const elapsed = options.elapsed ?? ((): number => performance.now());
  const s = db.schema;
  await db.reach(role === 'worker' ? 'patiently' : 'now');
  if (readOnly) {
    await requireInstalled(db);
  } else await migrate(db);

  const key = await openKey(db, options);
  const documents = openDocumentStore(s, key === 'plain' ? null : (key?.bytes ?? null));
  const seen = await witnessPath(db, options);
  const seenHead = await witnessOf(db, options);
  const tailLost = await isBehind(db, seenHead);
  if (!tailLost && !readOnly) await checkUnseen(db, seenHead);
  const nameBlock = nameBlocks();
  const leaseOptions = {
    db,
    span: options.lease ?? defaultLease,
    role,
    concurrency: options.concurrency ?? 0,
    now,
    elapsed,
    nameBlock,
  };
  const witness = seen === null || readOnly ? null : await openHeadFile(seen, options.files ?? realFiles);
  if (tailLost && !readOnly) {
    await doubtEverything(leaseOptions);
    await forget(witness, await headOf(db.query, s));
  }
  const lease = readOnly ? null : await takeLease(leaseOptions);
  const recovered = lease ? await lease.renew() : 0;

  let failure: unknown;
  let closed = false;
  let witnessing: Promise<void> | undefined;

  const writing = (): Lease => {
    if (closed) throw new TypeError('the journal is closed');
    if (failure) throw failure;
    if (lease === null) throw new TypeError('the journal was opened for reading');
    return lease;
  };
  const fail = (error: unknown): unknown => (failure ??= journalFault(error, db.shown));
  /** Beside the database, on this machine: a database that was set back is seen at the next opening. */
  const witnessSoon = (): void => {
    if (witness === null) return;
    witnessing ??= headOf(db.once, s)
      .then((head) => witness.write(head))
      .catch(() => undefined)
      .finally(() => (witnessing = undefined));
  };

  const group = createGroupCommit<FencedChange>({
    limit: groupLimit,
    subjectOf: ({ item }) => item.id,
    async write(changes) {
      const name = nameBlock();
      const { id } = writing();
      const store = documents.prepare(
        changes.flatMap(({ item, change }) =>
          change.state === 'sending' ? [{ sha256: item.sha256, bytes: change.bytes }] : [],
        ),
      );
      try {
        const versions = await db.transaction(async (query) => {
          await store(query);
          return recordChanges(query, s, changes, id, name);
        });
        const refused = new Map<FencedChange, unknown>();
        for (const one of changes) {
          if (!versions.has(one.item.id)) refused.set(one, taken(one.item.id));
        }
        witnessSoon();
        return refused;
      } catch (error) {
        throw fail(error);
      }
    },
  });
  const one = async (sql: string, values: readonly unknown[]): Promise<Item | null> => {
    const [row] = await db.query<PostgresItemRow>(`SELECT ${itemColumns} FROM ${s}.items ${sql}`, values);
    return row === undefined ? null : toItem(row);
  };
  const itemsById = async (ids: readonly number[]): Promise<ReadonlyMap<number, Item>> => {
    const rows = await db.query<PostgresItemRow>(
      `SELECT ${itemColumns} FROM ${s}.items WHERE id = ANY($1::bigint[])`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, toItem(row)]));
  };

  return {
    path: db.shown,
    db,
    lease,
    recovered,
    tailLost,

    async add(items) {
      writing();
      if (items.length === 0) return [];
      const name = nameBlock();
      const at = now().toISOString();
      const kept = items.flatMap(({ sha256, bytes }) => (bytes ? [{ sha256, bytes }] : []));
      if (kept.length > 0) refuseWithoutKey(key);
      const store = documents.prepare(kept);
      try {
        const ids = await db.transaction(async (query) => {
          await store(query);
          return addItems(query, s, items, at, name);
        });
        witnessSoon();
        const found = await itemsById(ids.map(({ id }) => id));
        return ids.map(({ id, fresh }) => ({ item: found.get(id)!, fresh }));
      } catch (error) {
        throw fail(error);
      }
    },

    async record(item, change) {
      const { isFresh } = writing();
      if (change.state === 'sending') refuseWithoutKey(key);
      const at = now().toISOString();
      const { version = 0 } = item;
      await group.add({ item, version, change, at });
      if (change.state === 'sending' && !isFresh()) {
        // Somebody may take the claim for abandoned already, so nothing leaves here; who was first decides.
        const back: ItemChange = { state: 'planned', attempts: change.attempts, reason: 'lease ran out' };
        await group.add({ item, version: version + 1, change: back, at }).catch(passTaken);
        throw taken(item.id);
      }
      return changedItem({ ...item, version: version + 1 }, change, at);
    },

    async queue(sender, limit, behind: QueuePosition | null) {
      const rows = await db.query<PostgresItemRow>(
        `SELECT ${itemColumns} FROM ${s}.items AS i WHERE sender = $1 AND state = 'planned' AND (due, id) > ($2, $3)
           AND ${firstOfItsKey(s)} ORDER BY due, id LIMIT $4`,
        [sender, behind?.due ?? '', behind?.id ?? 0, limit],
      );
      return rows.map(toItem);
    },

    findByHash: (sender, kind, sha256) =>
      one('WHERE sha256 = $1 AND sender = $2 AND kind = $3 ORDER BY id LIMIT 1', [sha256, sender, kind]),
    findByPath: (sender, path) =>
      one('WHERE path = $1 AND sender = $2 ORDER BY id DESC LIMIT 1', [path, sender]),
    item: (id) => one('WHERE id = $1', [id]),
    itemsById,

    async *items({ states = itemStates, after = 0 }: ItemFilter = {}) {
      for (let last = after; ;) {
        const rows = await db.query<PostgresItemRow>(
          `SELECT ${itemColumns} FROM ${s}.items WHERE id > $1 AND state = ANY($2::text[]) ORDER BY id LIMIT 500`,
          [last, states],
        );
        if (rows.length === 0) return;
        for (const row of rows) yield toItem(row);
        last = rows.at(-1)!.id;
      }
    },

    async counts(sender) {
      const rows = await db.query<{ state: ItemState; n: number }>(
        `SELECT state, count(*) AS n FROM ${s}.items WHERE sender = coalesce($1, sender) GROUP BY state`,
        [sender ?? null],
      );
      return countsOf(rows);
    },

    history: (id) => db.query(`SELECT state, at FROM ${s}.events WHERE item = $1 ORDER BY version`, [id]),

    async sentBytes(item) {
      const [row] = await db.query<{ sent: boolean }>(`SELECT sent FROM ${s}.items WHERE id = $1`, [item.id]);
      return row?.sent === true ? documents.read(db.query, item.sha256) : null;
    },
    storedBytes: (item) => documents.read(db.query, item.sha256),

    async close() {
      if (closed) return;
      await group.idle();
      closed = true;
      try {
        await witnessing;
        await lease?.end();
        await witness?.close();
      } finally {
        await db.close();
      }
    },
  };
}

export function countsOf(rows: readonly { readonly state: ItemState; readonly n: number }[]): ItemCounts {
  const counts = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}

/** An item waits while an earlier one of its key is open. */
export function firstOfItsKey(schema: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${schema}.items AS e WHERE e.sender = i.sender AND e.kind = i.kind
    AND e.key = i.key AND e.id < i.id AND e.key <> '' AND e.state IN ('planned', 'sending', 'unknown'))`;
}

function passTaken(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'ERR_ITEM_TAKEN') throw error;
}

function taken(id: number): Error {
  return gatewayError('ERR_ITEM_TAKEN', { category: 'usage', retry: 'never', values: { id } });
}
