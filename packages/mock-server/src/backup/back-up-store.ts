import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Connection, Store } from '../store/store.ts';
import { ArchiveSeal, toArchiveValue, type ArchiveLine } from './archive.ts';
import { appliedMigrations, pagesOf, tablesInOrder } from './read-tables.ts';

export interface BackupResult {
  readonly rows: Readonly<Record<string, number>>;
  readonly takenAt: string;
}

/**
 * Writes everything the store held at one moment to a file, while servers go on using the store. The file appears
 * under its name only when it is whole and on disk.
 */
export async function backUpStore(
  store: Store,
  path: string,
  options: { readonly now: () => Date; readonly signal?: AbortSignal },
): Promise<BackupResult> {
  const takenAt = options.now().toISOString();
  const partial = `${path}.partial`;
  const zip = createGzip({ level: 6 });
  const file = createWriteStream(partial, { mode: 0o600 });
  const written = finished(zip.pipe(file));
  // Observed below; a failure in between must not count as unhandled.
  written.catch(() => undefined);
  const seal = new ArchiveSeal();
  const write = async (line: ArchiveLine): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    if (!('end' in line)) seal.add(text);
    if (!zip.write(text)) await Promise.race([once(zip, 'drain'), written]);
  };
  try {
    const rows = await snapshot(store, async (connection) => {
      const tables = await tablesInOrder(connection, store.dialect);
      const migrations = await appliedMigrations(connection);
      await write({ head: { schema: 'bhxh-backup/1', migrations, tables, takenAt } });
      const counts: Record<string, number> = {};
      for (const table of tables) {
        let columns: readonly string[] | undefined;
        counts[table] = 0;
        for await (const page of pagesOf(connection, store.dialect, table)) {
          options.signal?.throwIfAborted();
          if (columns === undefined) {
            columns = Object.keys(page[0] ?? {});
            await write({ table, columns });
          }
          for (const row of page) {
            await write({ row: columns.map((column) => toArchiveValue(row[column])) });
            counts[table] += 1;
          }
        }
      }
      return counts;
    });
    await write({ end: { rows, sha256: seal.value() } });
    zip.end();
    await written;
    const handle = await open(partial, 'r+');
    await handle.sync();
    await handle.close();
    await rename(partial, path);
    return { rows, takenAt };
  } catch (error) {
    zip.destroy();
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

/** One view of the committed rows, however long the reading takes. */
async function snapshot<T>(store: Store, work: (connection: Connection) => Promise<T>): Promise<T> {
  const transaction = store.read.transaction();
  return await (
    store.dialect === 'postgres' ? transaction.setIsolationLevel('repeatable read') : transaction
  ).execute(work);
}
