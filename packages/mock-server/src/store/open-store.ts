import { BhxhError } from '@bhxh/sdk/errors';
import { Kysely, Migrator, sql, type Dialect } from 'kysely';
import { en } from '../messages/en.ts';
import { vi } from '../messages/vi.ts';
import { GroupWriter } from './group-writer.ts';
import { migrations } from './migrations.ts';
import { openSqlite } from './sqlite.ts';
import type { Connection, Store } from './store.ts';
import type { Tables } from './tables.ts';

/**
 * `memory`, a file path, or a `postgres://` address. The schema is brought up to date before anything is served.
 * Throws `ERR_STORE_UNAVAILABLE` when the place cannot be opened.
 */
export async function openStore(place: string): Promise<Store> {
  const isPostgres = /^postgres(ql)?:\/\//.test(place);
  try {
    return isPostgres ? await postgresStore(place) : await sqliteStore(place);
  } catch (cause) {
    const reason = cause instanceof Error ? ((cause as { code?: string }).code ?? cause.name) : '';
    // An address carries the database's password.
    const shown = isPostgres ? 'PostgreSQL' : place;
    throw new BhxhError({
      code: 'ERR_STORE_UNAVAILABLE',
      category: isPostgres ? 'unavailable' : 'input',
      retry: 'after-check',
      message: {
        vi: vi.storeUnavailable(shown, reason),
        en: en.storeUnavailable(shown, reason),
      },
      hint: {
        vi: vi.storeHint,
        en: en.storeHint,
      },
      cause,
    });
  }
}

async function migrate(database: Connection, dialect: 'sqlite' | 'postgres'): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations(dialect)) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

const connect = (dialect: Dialect): Connection => new Kysely<Tables>({ dialect });

async function sqliteStore(place: string): Promise<Store> {
  const writing = connect(openSqlite(place, 'write'));
  await migrate(writing, 'sqlite');
  // A database in memory exists in its own connection only, so reads share it and wait for a running group.
  const reading = place === 'memory' ? writing : connect(openSqlite(place, 'read'));
  const writer = new GroupWriter(writing);
  return {
    dialect: 'sqlite',
    read: reading,
    write: (work) => writer.write(work),
    // Writes of one process over one file follow each other anyway.
    lock: () => Promise.resolve(),
    async close() {
      await writer.idle();
      if (reading !== writing) await reading.destroy();
      await writing.destroy();
    },
  };
}

/** Serialisation failure, deadlock, unique violation: another node was faster, look again. */
const CONFLICTS = new Set(['40001', '40P01', '23505']);
const ATTEMPTS = 5;

async function postgresStore(address: string): Promise<Store> {
  // The driver is loaded only where it is used: most servers are embedded.
  const { openPostgres } = await import('./postgres.ts');
  const database = connect(openPostgres(address));
  await migrate(database, 'postgres');
  return {
    dialect: 'postgres',
    read: database,
    async write(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await database.transaction().execute(work);
        } catch (error) {
          const code = (error as { code?: unknown }).code;
          if (attempt === ATTEMPTS || typeof code !== 'string' || !CONFLICTS.has(code)) throw error;
        }
      }
    },
    async lock(connection, name) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(connection);
    },
    close: () => database.destroy(),
  };
}
