import type { Pool, PoolClient } from 'pg';
import { BhxhError } from '../../errors/bhxh-error.ts';
import { gatewayError } from '../../transport/gateway-error.ts';
import { realSleep, type Sleep } from '../../transport/sleep.ts';
import type { PostgresAddress } from './address.ts';

/** Rows of one statement. */
export type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * The journal's database. A server that is away (restarted, failed over, cut off) is waited for; what was begun is
 * begun again, so the work of a transaction must be repeatable.
 */
export interface PostgresDatabase {
  readonly schema: string;
  readonly shown: string;
  query: Query;
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** One try, no waiting. */
  once: Query;
  /** @throws BhxhError `unavailable` when the server does not answer */
  reach(how: 'now' | 'patiently'): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly address: PostgresAddress;
  /** How long an absent server is waited for, in milliseconds. */
  readonly patience: number;
  readonly sleep?: Sleep;
  readonly elapsed?: () => number;
}

/** 64-bit integers are counters here, all within the safe integers. */
const int8 = 20;
const connections = 8;
const firstGap = 100;
const longestGap = 2_000;

/** pg is an optional peer: only a shared journal needs it. */
export async function openPostgresDatabase(options: DatabaseOptions): Promise<PostgresDatabase> {
  const { address, patience, sleep = realSleep, elapsed = () => performance.now() } = options;
  const pool = await openPool(address);

  const persist = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = elapsed();
    for (let gap = firstGap; ; gap = Math.min(gap * 2, longestGap)) {
      try {
        return await work();
      } catch (error) {
        const kind = kindOf(error);
        if (kind === 'other') throw error;
        if (elapsed() - start >= patience) throw kind === 'away' ? unreachable(address.shown, error) : error;
        await sleep(gap);
      }
    }
  };
  const run = async <Row extends object>(
    client: Pool | PoolClient,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await client.query<Row>(sql, values as unknown[])).rows;

  return {
    schema: address.schema,
    shown: address.shown,
    query: (sql, values) => persist(() => run(pool, sql, values)),
    once: (sql, values) => run(pool, sql, values),
    async reach(how) {
      const ask = (): Promise<unknown> => run(pool, 'SELECT 1');
      await (how === 'now' ? ask() : persist(ask)).catch((error: unknown) => {
        throw kindOf(error) === 'away' ? unreachable(address.shown, error) : error;
      });
    },
    transaction: (work) =>
      persist(async () => {
        const client = await pool.connect();
        let broken: Error | undefined;
        const onError = (error: Error): void => void (broken = error);
        client.on('error', onError);
        try {
          await client.query('BEGIN');
          const result = await work((sql, values) => run(client, sql, values));
          await client.query('COMMIT');
          return result;
        } catch (error) {
          await client.query('ROLLBACK').catch((failed: Error) => (broken = failed));
          throw error;
        } finally {
          client.off('error', onError);
          client.release(broken ?? false);
        }
      }),
    close: () => pool.end(),
  };
}

async function openPool(address: PostgresAddress): Promise<Pool> {
  const { default: pg } = await import('pg').catch((cause: unknown) => {
    throw gatewayError('ERR_PG_MISSING', { category: 'usage', retry: 'never', cause });
  });
  const parser = (oid: number, format?: 'text' | 'binary'): unknown =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text');
  const pool = new pg.Pool({
    connectionString: address.connection,
    max: connections,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser: parser } as never,
  });
  // An idle connection that the server drops is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

const awayCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
]);
const clashCodes: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

/** `away`: the server may be back soon. `clash`: another transaction was first. */
export function kindOf(error: unknown): 'away' | 'clash' | 'other' {
  if (error instanceof BhxhError) return 'other';
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') {
    if (awayCodes.has(code) || code.startsWith('08')) return 'away';
    if (clashCodes.has(code)) return 'clash';
    return 'other';
  }
  return typeof message === 'string' && /terminated|timeout exceeded|not queryable|Connection/i.test(message)
    ? 'away'
    : 'other';
}

function unreachable(shown: string, cause: unknown): BhxhError {
  return gatewayError('ERR_JOURNAL_UNREACHABLE', {
    category: 'unavailable',
    retry: 'safe',
    values: { address: shown },
    cause,
  });
}
