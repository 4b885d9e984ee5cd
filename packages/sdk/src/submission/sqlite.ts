import { gatewayError } from '../transport/gateway-error.ts';

/** The part of libsql the journal uses. */
export interface Statement {
  run(...values: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
  iterate(...values: readonly unknown[]): IterableIterator<unknown>;
}

export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  pragma(sql: string): unknown;
  close(): unknown;
}

/** libsql is an optional peer: only a journal needs it. */
export async function loadSqlite(): Promise<(path: string) => Database> {
  try {
    const { default: Libsql } = await import('libsql');
    return (path) => new Libsql(path) as unknown as Database;
  } catch (cause) {
    throw gatewayError('ERR_SQLITE_MISSING', { category: 'usage', retry: 'never', cause });
  }
}
