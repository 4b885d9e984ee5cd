import type { CodeList, CodeListEntry } from './types.ts';

/** Large lists are compiled as columns and rows. */
interface ColumnarList extends Omit<CodeList, 'entries'> {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A compiled list file as a `CodeList`; a name that is only known in Vietnamese stands in both languages. */
export function toCodeList(file: CodeList | ColumnarList): CodeList {
  if (!('rows' in file)) return file;
  const { columns, rows, ...head } = file;
  const entries = rows.map((row): CodeListEntry => {
    const entry: Record<string, unknown> = {};
    columns.forEach((column, index) => {
      const value = row[index];
      if (column === 'from' || column === 'to' || value !== null) entry[column] = value;
    });
    const code = String(entry['code']);
    const name = entry['label'];
    entry['label'] = typeof name === 'string' ? { vi: name, en: name } : { vi: code, en: code };
    return entry as unknown as CodeListEntry;
  });
  return { ...head, entries };
}
