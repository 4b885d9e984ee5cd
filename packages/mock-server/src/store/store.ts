import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** A connection inside a transaction, or one that sees committed rows only. */
export type Connection = Kysely<Tables>;

/**
 * The server's only memory. One implementation over Kysely serves SQLite and PostgreSQL; the differences are how a
 * connection is opened and how writes are grouped.
 */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres';
  /** Sees what is committed; for reading only. */
  readonly read: Connection;
  /**
   * Runs `work` in one transaction and resolves once it is durable. `work` may run more than once (a conflict on
   * PostgreSQL), so it must touch nothing but the connection, and must wait for nothing else.
   */
  write<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /**
   * As `write`, for work that changes something with one statement at most, which is then a transaction of its own.
   * Undefined, with nothing changed, where a constraint says that another was faster.
   */
  writeAtOnce<T>(work: (connection: Connection) => Promise<T>): Promise<T | undefined>;
  /** Makes later transactions that name the same thing wait until this one has ended; shared ones do not wait for each other. */
  lock(connection: Connection, name: string, kind?: 'shared'): Promise<void>;
  close(): Promise<void>;
}
