import Database from 'libsql';
import { SqliteDialect, type Dialect, type SqliteDatabase } from 'kysely';
import { cacheStatements } from './statement-cache.ts';

/** Kysely's dialect over libsql. WAL with full sync: a commit that returned survives power loss. */
export function openSqlite(place: string, use: 'read' | 'write'): Dialect {
  const database = new Database(place === 'memory' ? ':memory:' : place, { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  if (use === 'read') database.pragma('query_only = ON');
  return new SqliteDialect({ database: cacheStatements(database as unknown as SqliteDatabase) });
}
