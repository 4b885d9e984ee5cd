import { writeWhole } from './output-folder.ts';

export type TableRow = readonly (string | number)[];

/** A cell that a spreadsheet would take for a formula is written as text. */
export function csvOf(rows: readonly TableRow[]): string {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const cells = (
  rows: readonly TableRow[],
): ({ value: number; type: typeof Number } | { value: string; type: typeof String })[][] =>
  rows.map((row) =>
    row.map((value) => (typeof value === 'number' ? { value, type: Number } : { value, type: String })),
  );

/** Writes a table as XLSX or CSV, by the name of the file. */
export async function writeTable(path: string, rows: readonly TableRow[], force: boolean): Promise<void> {
  if (!/\.xlsx$/i.test(path)) return writeWhole(path, csvOf(rows), force);
  const { default: writeWorkbook } = await import('write-excel-file/node');
  writeWhole(path, await writeWorkbook(cells(rows)).toBuffer(), force);
}

/** Writes a workbook of several sheets. */
export async function writeSheets(
  path: string,
  sheets: readonly { readonly name: string; readonly rows: readonly TableRow[] }[],
  force: boolean,
): Promise<void> {
  const { default: writeWorkbook } = await import('write-excel-file/node');
  const book = sheets.map(({ name, rows }) => ({ sheet: name, data: cells(rows) }));
  writeWhole(path, await writeWorkbook(book).toBuffer(), force);
}

/** Thousands apart. */
export function money(amount: number): string {
  return String(amount).replaceAll(/\B(?=(?:\d{3})+$)/g, '.');
}
