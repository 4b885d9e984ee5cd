import { sql } from 'kysely';
import type { Connection } from './store.ts';

interface Unit {
  readonly work: (connection: Connection) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface Settled {
  readonly unit: Unit;
  readonly value?: unknown;
  readonly error?: unknown;
  readonly failed: boolean;
}

/** More would save little of the sync, and keep everybody else waiting. */
const LARGEST_GROUP = 32;

/**
 * Writes of one embedded database, several to a commit: a synced commit costs far more than a row, and nobody is
 * answered before the commit that holds his rows. Each unit has its own savepoint, so that one failure undoes only itself.
 */
export class GroupWriter {
  readonly #database: Connection;
  readonly #commit: () => Promise<void>;
  #waiting: Unit[] = [];
  #draining: Promise<void> | undefined;

  constructor(database: Connection, commit: () => Promise<void>) {
    this.#database = database;
    this.#commit = commit;
  }

  write<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  async idle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  async #drain(): Promise<void> {
    // One turn of the event loop lets requests that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, LARGEST_GROUP);
      try {
        const settled = await this.#database
          .connection()
          .execute((connection) => writeGroup(connection, group, this.#commit));
        for (const { unit, failed, value, error } of settled) {
          if (failed) unit.reject(error);
          else unit.resolve(value);
        }
      } catch (error) {
        for (const unit of group) unit.reject(error);
      }
    }
    this.#draining = undefined;
  }
}

async function writeGroup(
  connection: Connection,
  group: readonly Unit[],
  commit: () => Promise<void>,
): Promise<Settled[]> {
  const settled: Settled[] = [];
  await sql`begin immediate`.execute(connection);
  try {
    for (const unit of group) {
      await sql`savepoint unit`.execute(connection);
      try {
        settled.push({ unit, value: await unit.work(connection), failed: false });
      } catch (error) {
        await sql`rollback to unit`.execute(connection);
        settled.push({ unit, error, failed: true });
      }
      await sql`release unit`.execute(connection);
    }
    await commit();
  } catch (error) {
    await sql`rollback`.execute(connection).catch(() => undefined);
    throw error;
  }
  return settled;
}
