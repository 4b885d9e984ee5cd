import Database from 'libsql';
import BackgroundDatabase from 'libsql/promise';
import { SqliteDialect, type Dialect, type SqliteDatabase } from 'kysely';
import { cacheStatements } from './statement-cache.ts';

export interface Sqlite {
  readonly dialect: Dialect;
  /** Commits the open transaction on a thread of the library: a commit is mostly waiting for the disk. */
  readonly commit: () => Promise<void>;
}

/** Kysely's dialect over libsql. WAL with full sync: a commit that returned survives power loss. */
export function openSqlite(place: string, use: 'read' | 'write'): Sqlite {
  const database = new Database(place === 'memory' ? ':memory:' : place, { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  if (use === 'read') database.pragma('query_only = ON');
  return {
    dialect: new SqliteDialect({ database: cacheStatements(database as unknown as SqliteDatabase) }),
    // Both interfaces of the library stand on the same connection, of which the other one has calls that do not block.
    commit: () => BackgroundDatabase.prototype.exec.call(database, 'commit'),
  };
}
