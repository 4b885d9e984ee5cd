import { sql } from 'kysely';
import { pagesOf, tablesInOrder } from '../backup/read-tables.ts';
import type { ClockState, VirtualClock } from '../clock/clock.ts';
import type { Connection, Store } from '../store/store.ts';

type Row = Readonly<Record<string, unknown>>;

export interface Snapshot {
  readonly name: string;
  readonly takenAt: string;
  readonly clock: ClockState;
  readonly scenario: string;
  readonly tables: readonly { readonly name: string; readonly rows: readonly Row[] }[];
}

export interface Snapshots {
  take(name: string, scenario: string): Promise<Snapshot>;
  /** Undefined where there is none of this name. */
  restore(name: string): Promise<Snapshot | undefined>;
  drop(name: string): boolean;
  list(): readonly Snapshot[];
}

/** Who did what stays on record, also where everything else is undone; and the demo mark is not data. */
const KEPT: ReadonlySet<string> = new Set(['audit_entry']);
const KEPT_SETTINGS = ['audit-head'];
/** Parameters of one insert, within the limits of both databases. */
const MOST_PARAMETERS = 5_000;
const MOST_SNAPSHOTS = 20;

/** Everything the store holds, remembered in this process: for tests that begin many times at the same place. */
export function createSnapshots(store: Store, clock: VirtualClock): Snapshots {
  const snapshots = new Map<string, Snapshot>();
  return {
    async take(name, scenario) {
      const tables = await store.read
        .transaction()
        .setIsolationLevel(store.dialect === 'postgres' ? 'repeatable read' : 'serializable')
        .execute((connection) => readAll(store, connection))
        .catch(async (error: unknown) => {
          // SQLite knows one level only, and its driver refuses to be told.
          if (store.dialect === 'postgres') throw error;
          return await store.write((connection) => readAll(store, connection));
        });
      const snapshot = { name, takenAt: clock.now().toISOString(), clock: clock.state(), scenario, tables };
      snapshots.delete(name);
      if (snapshots.size >= MOST_SNAPSHOTS) snapshots.delete(snapshots.keys().next().value as string);
      snapshots.set(name, snapshot);
      return snapshot;
    },
    async restore(name) {
      const snapshot = snapshots.get(name);
      if (snapshot === undefined) return undefined;
      await store.write(async (connection) => {
        for (const { name: table } of snapshot.tables.toReversed()) {
          const kept = table === 'setting' ? sql`where name not in (${sql.join(KEPT_SETTINGS)})` : sql``;
          await sql`delete from ${sql.table(table)} ${kept}`.execute(connection);
        }
        for (const { name: table, rows } of snapshot.tables) await insertAll(connection, table, rows);
      });
      clock.restore(snapshot.clock);
      return snapshot;
    },
    drop: (name) => snapshots.delete(name),
    list: () => [...snapshots.values()],
  };
}

async function readAll(store: Store, connection: Connection): Promise<Snapshot['tables']> {
  const names = await tablesInOrder(connection, store.dialect);
  const tables = [];
  for (const name of names) {
    if (KEPT.has(name)) continue;
    const rows: Row[] = [];
    for await (const page of pagesOf(connection, store.dialect, name)) rows.push(...page);
    const isOwn = (row: Row): boolean => name !== 'setting' || !KEPT_SETTINGS.includes(String(row['name']));
    tables.push({ name, rows: rows.filter(isOwn) });
  }
  return tables;
}

async function insertAll(connection: Connection, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const step = Math.max(1, Math.floor(MOST_PARAMETERS / Math.max(1, columns.length)));
  for (let at = 0; at < rows.length; at += step) {
    const values = rows
      .slice(at, at + step)
      .map((row) => sql`(${sql.join(columns.map((column) => bytesAs(row[column])))})`);
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) values ${sql.join(values)}`.execute(
      connection,
    );
  }
}

/** SQLite's driver reads blobs as ArrayBuffer and takes them as Uint8Array. */
const bytesAs = (value: unknown): unknown => (value instanceof ArrayBuffer ? new Uint8Array(value) : value);
