import { readFile } from 'node:fs/promises';
import { parseCsv } from '../claims/sources/parse-csv.ts';

/** Cells of one row as text, by the heading in lower case. */
export type SheetRow = ReadonlyMap<string, string>;

/**
 * Rows of a CSV, JSON (list of objects) or XLSX (first sheet) file, numbers with their exact text. Rejects with whatever the
 * file system, decoder or parser says.
 */
export async function readRows(path: string): Promise<readonly SheetRow[]> {
  const bytes = await readFile(path);
  if (/\.xlsx$/i.test(path)) return rowsOfTable(await readSheet(bytes));
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (/\.json$/i.test(path)) return rowsOfJson(JSON.parse(text));
  const { rows, openQuote } = parseCsv(text);
  if (openQuote !== null) throw new SyntaxError('open quotation mark');
  return rowsOfTable(rows);
}

/** The cells of a CSV, XLSX or JSON (list of lists or of objects) file as text; `sheet` by name or number from 1. */
export async function readTable(
  path: string,
  sheet?: string | number,
): Promise<readonly (readonly string[])[]> {
  const bytes = await readFile(path);
  if (/\.xlsx$/i.test(path)) return (await readSheet(bytes, sheet)).map((row) => row.map(textOf));
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (/\.json$/i.test(path)) return tableOfJson(JSON.parse(text));
  const { rows, openQuote } = parseCsv(text);
  if (openQuote !== null) throw new SyntaxError('open quotation mark');
  return rows.map((row) => row.map(textOf));
}

/** Names of the sheets of a workbook. */
export async function sheetNames(path: string): Promise<readonly string[]> {
  const { default: readWorkbook } = await import('read-excel-file/node');
  return (await readWorkbook(await readFile(path))).map(({ sheet }) => sheet);
}

function tableOfJson(document: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(document)) throw new TypeError('not a list');
  const rows = document as readonly unknown[];
  if (rows.every((row) => Array.isArray(row)))
    return (rows as readonly (readonly unknown[])[]).map((row) => row.map(textOf));
  const objects = rows.map((row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new TypeError('not a row');
    return new Map(Object.entries(row));
  });
  const names = [...new Set(objects.flatMap((row) => [...row.keys()]))];
  return [names, ...objects.map((row) => names.map((name) => textOf(row.get(name))))];
}

async function readSheet(bytes: Buffer, wanted?: string | number): Promise<readonly (readonly unknown[])[]> {
  const { default: readWorkbook } = await import('read-excel-file/node');
  const sheets = await readWorkbook(bytes, { parseNumber: (text: string) => text as unknown as number });
  if (wanted === undefined) return sheets[0]?.data ?? [];
  const found = sheets.find(({ sheet }, index) => sheet === wanted || index + 1 === wanted);
  if (found === undefined) throw new RangeError(String(wanted));
  return found.data;
}

/** A workbook's date is the day it shows, in the form people type. */
function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10).split('-').toReversed().join('/');
  return String(cell ?? '');
}

function rowsOfTable(rows: readonly (readonly unknown[])[]): readonly SheetRow[] {
  const [heading = [], ...below] = rows;
  const names = heading.map((cell) =>
    String(cell ?? '')
      .trim()
      .toLowerCase(),
  );
  return below
    .filter((cells) => cells.some((cell) => String(cell ?? '').trim() !== ''))
    .map((cells) => new Map(names.map((name, index) => [name, textOf(cells[index])])));
}

function rowsOfJson(document: unknown): readonly SheetRow[] {
  if (!Array.isArray(document)) throw new TypeError('not a list');
  return (document as readonly unknown[]).map((row) => {
    if (typeof row !== 'object' || row === null) throw new TypeError('not a row');
    return new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]));
  });
}
