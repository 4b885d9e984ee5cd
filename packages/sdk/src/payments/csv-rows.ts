import { paymentError } from './payment-error.ts';

const separators = [',', ';', '\t'];

/**
 * The rows of a CSV file, in batches, without holding the file: RFC 4180 with comma, semicolon or tab (the one that
 * occurs most often in the heading), any line ending, quoted cells and an optional byte order mark.
 *
 * @throws BhxhError ERR_CSV_ENCODING when it is not UTF-8, ERR_CSV_QUOTE when a quoted cell never ends.
 */
export async function* csvRows(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly (readonly string[])[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw paymentError('ERR_CSV_ENCODING', 'input', {}, cause);
    }
  };
  let rest = '';
  let separator: string | undefined;
  const take = (text: string, isEnd: boolean): string[][] => {
    separator ??= separatorOf(text);
    const rows: string[][] = [];
    let at = 0;
    while (at < text.length) {
      const end = rowEnd(text, at, isEnd);
      if (end < 0) break;
      const row = text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end);
      if (row !== '') rows.push(row.includes('"') ? quotedCells(row, separator) : row.split(separator));
      at = end + 1;
    }
    rest = text.slice(at);
    return rows;
  };
  for await (const chunk of source) {
    const text = rest + decode(chunk);
    if (separator === undefined && !text.includes('\n')) {
      rest = text;
      continue;
    }
    const rows = take(text, false);
    if (rows.length > 0) yield rows;
  }
  const last = rest + decode();
  if (last !== '') {
    const rows = take(last, true);
    if (rest !== '') throw paymentError('ERR_CSV_QUOTE', 'input');
    if (rows.length > 0) yield rows;
  }
}

/** Index of the line break that ends the row, the length of the text at its end, or -1 when more must be read. */
function rowEnd(text: string, from: number, isEnd: boolean): number {
  let end = text.indexOf('\n', from);
  let quote = text.indexOf('"', from);
  while (quote >= 0 && (end < 0 || quote < end)) {
    const close = text.indexOf('"', quote + 1);
    if (close < 0) return -1;
    if (end >= 0 && end < close) end = text.indexOf('\n', close);
    quote = text.indexOf('"', close + 1);
  }
  return end < 0 && isEnd ? text.length : end;
}

function quotedCells(row: string, separator: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let cell = '';
    if (row[at] === '"') {
      at += 1;
      for (;;) {
        const close = row.indexOf('"', at);
        const end = close < 0 ? row.length : close;
        cell += row.slice(at, end);
        at = end + 1;
        if (row[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    }
    const next = row.indexOf(separator, at);
    cells.push(cell + row.slice(at, next < 0 ? row.length : next));
    if (next < 0) return cells;
    at = next + 1;
  }
}

function separatorOf(text: string): string {
  const newline = text.indexOf('\n');
  const heading = newline < 0 ? text : text.slice(0, newline);
  const count = (separator: string): number => heading.split(separator).length;
  return separators.reduce((best, next) => (count(next) > count(best) ? next : best));
}
