import { isUtf8 } from 'node:buffer';

/** SQL that gives text columns as bytes: libsql ends the whole process on text that is not UTF-8. */
export function asBytes(columns: readonly string[]): string {
  return columns.map((column) => `CAST(${column} AS BLOB) AS ${column}`).join(', ');
}

/**
 * The row with its text columns as text.
 *
 * @throws TypeError when one of them is not UTF-8
 */
export function withText<Row>(row: unknown, columns: readonly string[]): Row {
  const read = row as Record<string, unknown>;
  for (const column of columns) {
    const value = read[column];
    if (value === null) continue;
    // A statement that is iterated gives an ArrayBuffer where others give a Buffer.
    const bytes = value instanceof ArrayBuffer ? Buffer.from(value) : value;
    if (!Buffer.isBuffer(bytes) || !isUtf8(bytes)) throw new TypeError(`${column} is not text`);
    read[column] = bytes.toString('utf8');
  }
  return read as Row;
}
