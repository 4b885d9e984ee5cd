import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** More than the server has statements; lists of changing length would otherwise fill the memory. */
const MOST = 512;

/**
 * A database whose statements are compiled once. To compile one costs as much as to run it, and each request runs the
 * same dozen.
 */
export function cacheStatements(database: SqliteDatabase): SqliteDatabase {
  const known = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      let statement = known.get(sql);
      if (statement === undefined) {
        statement = prepared(database, sql);
        known.set(sql, statement);
        if (known.size > MOST) known.delete(known.keys().next().value ?? '');
      }
      return statement;
    },
    close() {
      known.clear();
      database.close();
    },
  };
}

function prepared(database: SqliteDatabase, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(parameters),
    run: (parameters) => statement.run(parameters),
    // Rows that are taken one by one may still be coming when the same statement is wanted again.
    iterate: (parameters) => database.prepare(sql).iterate(parameters),
  };
}
