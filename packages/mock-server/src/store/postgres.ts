import pg from 'pg';
import { PostgresDialect, type Dialect, type PostgresPoolClient } from 'kysely';
import { nameStatements } from './named-statements.ts';

/** 64-bit integers are moments and small counters here, all within the safe integers. */
const INT8 = 20;

export function openPostgres(address: string): Dialect {
  const pool = new pg.Pool({
    connectionString: address,
    max: 16,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    } as pg.CustomTypesConfig,
  });
  // A connection that the database drops fails what runs on it and is replaced by the pool; without a listener, idle or
  // in a transaction, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const named = nameStatements();
  return new PostgresDialect({
    pool: {
      connect: async (): Promise<PostgresPoolClient> => named(await pool.connect()),
      end: () => pool.end(),
    },
  });
}
