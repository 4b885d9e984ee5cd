import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { sql } from 'kysely';
import { openEmptyStore } from '../store/open-store.ts';
import type { Connection } from '../store/store.ts';
import {
  ArchiveSeal,
  fromArchiveValue,
  type ArchiveEnd,
  type ArchiveHead,
  type ArchiveLine,
} from './archive.ts';
import { backupError } from './backup-error.ts';
import type { BackupResult } from './back-up-store.ts';

const BATCH = 200;
/** Placeholders of one statement that every supported database takes. */
const PLACEHOLDERS = 10_000;

/**
 * Puts a backup into an empty store, of either kind, and brings its schema up to date. Everything or nothing: what is
 * damaged or cut short leaves the store empty.
 *
 * @throws BhxhError ERR_BACKUP_DAMAGED, ERR_BACKUP_NEWER (written by a later version), ERR_BACKUP_STORE_NOT_EMPTY
 */
export async function restoreStore(
  path: string,
  place: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<BackupResult> {
  const lines = linesOf(path);
  const first = await lines.next();
  const head = first.done === true || !('head' in first.value.line) ? undefined : first.value.line.head;
  if (head?.schema !== 'bhxh-backup/1') throw backupError('DAMAGED', path);
  const store = await openEmptyStore(place, head.migrations.at(-1) ?? '', (name) =>
    backupError('NEWER', name),
  );
  try {
    const end = await store.connection.transaction().execute(async (connection) => {
      await refuseUsed(connection, head);
      const filled = await fill(connection, head, lines, path, options.signal);
      if (place.startsWith('postgres')) await goOnCounting(connection);
      return filled;
    });
    await store.migrate();
    return { rows: end.rows, takenAt: head.takenAt };
  } finally {
    await lines.return(undefined);
    await store.close();
  }
}

/** Numbers that the database gives out itself go on after the highest that came back. */
async function goOnCounting(connection: Connection): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = current_schema() and column_default like 'nextval(%'`.execute(connection);
  for (const { table, column } of rows)
    await sql`select setval(pg_get_serial_sequence(${table}, ${column}), coalesce(max(${sql.ref(column)}), 1))
      from ${sql.table(table)}`.execute(connection);
}

async function refuseUsed(connection: Connection, head: ArchiveHead): Promise<void> {
  for (const table of head.tables) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(connection);
    if (rows.length > 0) throw backupError('STORE_NOT_EMPTY', table);
  }
}

interface SealedLine {
  readonly line: ArchiveLine;
  /** The hash of everything before this line. */
  readonly before: () => string;
}

async function fill(
  connection: Connection,
  head: ArchiveHead,
  lines: AsyncGenerator<SealedLine, void>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ArchiveEnd> {
  const counts: Record<string, number> = Object.fromEntries(head.tables.map((table) => [table, 0]));
  let table: string | undefined;
  let columns: readonly string[] = [];
  let batch: (readonly unknown[])[] = [];
  const flush = async (): Promise<void> => {
    if (table === undefined || batch.length === 0) return;
    const rows = batch;
    batch = [];
    try {
      await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))}) values ${sql.join(
        rows.map((row) => sql`(${sql.join(row)})`),
      )}`.execute(connection);
    } catch (error) {
      throw isRefusal(error) ? backupError('DAMAGED', path) : error;
    }
  };
  for await (const { line, before } of lines) {
    signal?.throwIfAborted();
    if ('table' in line) {
      await flush();
      if (!head.tables.includes(line.table)) throw backupError('DAMAGED', path);
      ({ table, columns } = line);
    } else if ('row' in line && table !== undefined && line.row.length === columns.length) {
      counts[table] = (counts[table] ?? 0) + 1;
      batch.push(line.row.map(fromArchiveValue));
      if (batch.length === BATCH || batch.length * columns.length > PLACEHOLDERS) await flush();
    } else if ('end' in line) {
      await flush();
      const isWhole =
        line.end.sha256 === before() && head.tables.every((name) => line.end.rows[name] === counts[name]);
      if (!isWhole) throw backupError('DAMAGED', path);
      return line.end;
    } else throw backupError('DAMAGED', path);
  }
  throw backupError('DAMAGED', path);
}

/** The database itself refused a row: the backup is not what was written. */
function isRefusal(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(SQLITE_(CONSTRAINT|ERROR)|2[23]|42)/.test(code);
}

async function* linesOf(path: string): AsyncGenerator<SealedLine, void> {
  const seal = new ArchiveSeal();
  const file = createReadStream(path);
  const unzipped = createGunzip();
  file.on('error', (error) => unzipped.destroy(error));
  const reader = createInterface({ input: file.pipe(unzipped), crlfDelay: Infinity });
  try {
    for await (const text of reader) {
      let line: ArchiveLine;
      try {
        line = JSON.parse(text) as ArchiveLine;
      } catch {
        throw backupError('DAMAGED', path);
      }
      yield { line, before: () => seal.value() };
      seal.add(`${text}\n`);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw code.startsWith('Z_') ? backupError('DAMAGED', path) : error;
  } finally {
    file.destroy();
  }
}
