import { createReadStream } from 'node:fs';
import { csvRows, paymentError } from '@bhxh/sdk/payments';
import { cliError } from './cli-error.ts';
import { quoted } from './read-inputs.ts';

/** The rows of a CSV file as cells of the wanted columns, in their order; a missing optional one is empty. Throws ERR_INPUT_UNREADABLE, ERR_CSV_COLUMN. */
export async function* csvColumns(
  path: string,
  columns: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
  optional: readonly string[] = [],
): AsyncGenerator<readonly string[]> {
  const source = path === '-' ? stdin : createReadStream(path, { highWaterMark: 1 << 18 });
  let places: readonly number[] | undefined;
  try {
    for await (const rows of csvRows(source)) {
      for (const row of rows) {
        if (places === undefined) {
          places = [
            ...columns.map((column) => placeOf(column, row)),
            ...optional.map((column) => find(column, row)),
          ];
          continue;
        }
        yield places.map((place) => row[place] ?? '');
      }
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('ERR_')) throw cause;
    throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why: code }, cause);
  }
}

function placeOf(column: string, heading: readonly string[]): number {
  const place = find(column, heading);
  if (place < 0) throw paymentError('ERR_CSV_COLUMN', 'input', { column, known: heading.join(', ') });
  return place;
}

function find(column: string, heading: readonly string[]): number {
  return heading.findIndex((name) => name.trim().toLowerCase() === column.toLowerCase());
}
