import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
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
  return await opened(place, () => (isPostgres(place) ? postgresStore(place) : sqliteStore(place)));
}

/** A store that is to be filled: its schema stands at one migration until `migrate` brings it up to date. */
export interface EmptyStore {
  readonly connection: Connection;
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a store whose schema is the one of `migration`.
 *
 * @throws what `unknown` makes of a migration that this version does not have; BhxhError ERR_STORE_UNAVAILABLE
 */
export async function openEmptyStore(
  place: string,
  migration: string,
  unknown: (migration: string) => Error,
): Promise<EmptyStore> {
  const dialect = isPostgres(place) ? 'postgres' : 'sqlite';
  if (!Object.hasOwn(migrations(dialect), migration)) throw unknown(migration);
  return await opened(place, async () => {
    const connection = connect(
      dialect === 'postgres'
        ? (await import('./postgres.ts')).openPostgres(place)
        : openSqlite(place, 'write').dialect,
    );
    // A store that is newer than the backup is not empty; whoever fills it finds that out by its rows.
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`
      .execute(connection)
      .catch(() => ({ rows: [] }));
    if (rows.length === 0) await migrate(connection, dialect, migration);
    return {
      connection,
      migrate: () => migrate(connection, dialect),
      close: () => connection.destroy(),
    };
  });
}

const isPostgres = (place: string): boolean => /^postgres(ql)?:\/\//.test(place);

async function opened<T>(place: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    const reason = isPostgres(place) ? codeOf(cause) : whyNotAFile(place, cause);
    // An address carries the database's password.
    const shown = isPostgres(place) ? 'PostgreSQL' : place;
    throw new BhxhError({
      code: 'ERR_STORE_UNAVAILABLE',
      category: isPostgres(place) ? 'unavailable' : 'input',
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

const codeOf = (cause: unknown): string =>
  cause instanceof Error ? (cause as { code?: string }).code || cause.name : '';

/** The driver says only that it cannot open a file; the system says why. */
function whyNotAFile(place: string, cause: unknown): string {
  try {
    accessSync(dirname(place), constants.W_OK);
    if (existsSync(place)) closeSync(openSync(place, 'r+'));
  } catch (why) {
    return codeOf(why);
  }
  return codeOf(cause);
}

async function migrate(database: Connection, dialect: 'sqlite' | 'postgres', upTo?: string): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations(dialect)) },
  });
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error !== undefined) throw error;
}

const connect = (dialect: Dialect): Connection => new Kysely<Tables>({ dialect });

async function sqliteStore(place: string): Promise<Store> {
  const { dialect, commit } = openSqlite(place, 'write');
  const writing = connect(dialect);
  await migrate(writing, 'sqlite');
  // A database in memory exists in its own connection only, so reads share it and wait for a running group.
  const reading = place === 'memory' ? writing : connect(openSqlite(place, 'read').dialect);
  const writer = new GroupWriter(writing, commit);
  return {
    dialect: 'sqlite',
    read: reading,
    write: (work) => writer.write(work),
    writeAtOnce: (work) => writer.write(work),
    // Writes of one process over one file follow each other anyway.
    lock: () => Promise.resolve(),
    async close() {
      await writer.idle();
      if (reading !== writing) await reading.destroy();
      await writing.destroy();
    },
  };
}

/** Serialisation failure, deadlock, unique violation, tables changed beneath a plan: another node was faster, look again. */
const CONFLICTS = new Set(['40001', '40P01', '23505', '0A000']);
const ATTEMPTS = 5;

async function postgresStore(address: string): Promise<Store> {
  // The driver is loaded only where it is used: most servers are embedded.
  const { openPostgres } = await import('./postgres.ts');
  const database = connect(openPostgres(address));
  await migrate(database, 'postgres');
  return {
    dialect: 'postgres',
    read: database,
    write: (work) => unlessConflict(() => database.transaction().execute(work)),
    writeAtOnce: (work) =>
      work(database).catch((error: unknown) => {
        if (isConflict(error)) return undefined;
        throw error;
      }),
    async lock(connection, name, kind) {
      const lock = sql.ref(kind === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
      await sql`select ${lock}(hashtextextended(${name}, 0))`.execute(connection);
    },
    close: () => database.destroy(),
  };
}

const isConflict = (error: unknown): boolean =>
  CONFLICTS.has(String((error as { code?: unknown } | undefined)?.code));

async function unlessConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}
