import { sql } from 'kysely';
import type { Connection, Store } from '../store/store.ts';

/** The library's own bookkeeping; a restored store writes it anew. */
const OWN = 'kysely_migration';
const PAGE = 500;

/** Every table, each after those it refers to. */
export async function tablesInOrder(
  connection: Connection,
  dialect: Store['dialect'],
): Promise<readonly string[]> {
  const tables = await connection.introspection.getTables();
  // Other schemas of the database are somebody else's, the job engine's among them.
  const names = tables
    .filter(({ schema }) => schema === undefined || schema === 'public')
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(OWN));
  const edges = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  if (dialect === 'sqlite') {
    for (const name of names) {
      const { rows } = await sql<{
        table: string;
      }>`select "table" from pragma_foreign_key_list(${name})`.execute(connection);
      for (const { table } of rows) if (table !== name) edges.get(name)?.add(table);
    }
  } else {
    const { rows } = await sql<{ from: string; to: string }>`
      select c.relname as "from", f.relname as "to" from pg_constraint k
      join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
      where k.contype = 'f' and c.relnamespace = 'public'::regnamespace`.execute(connection);
    for (const { from, to } of rows) if (from !== to) edges.get(from)?.add(to);
  }
  const ordered: string[] = [];
  const place = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const needed of [...(edges.get(name) ?? [])].toSorted()) place(needed);
    ordered.push(name);
  };
  for (const name of names.toSorted()) place(name);
  return ordered;
}

export async function appliedMigrations(connection: Connection): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    connection,
  );
  return rows.map(({ name }) => name);
}

type Row = Readonly<Record<string, unknown>>;

/** Rows of a table in pages, as of the moment the transaction began. */
export async function* pagesOf(
  connection: Connection,
  dialect: Store['dialect'],
  table: string,
): AsyncGenerator<readonly Row[]> {
  if (dialect === 'sqlite') {
    let after = -1;
    for (;;) {
      const { rows } = await sql<Row>`
        select rowid as backup_row, * from ${sql.table(table)}
        where rowid > ${after} order by rowid limit ${PAGE}`.execute(connection);
      if (rows.length === 0) return;
      after = Number(rows.at(-1)?.['backup_row']);
      yield rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'backup_row')),
      );
    }
  }
  await sql`declare backup_page no scroll cursor for select * from ${sql.table(table)}`.execute(connection);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.raw(String(PAGE))} from backup_page`.execute(connection);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql`close backup_page`.execute(connection);
}
