import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type readXlsxFile from 'read-excel-file/node';
import type { Ruleset } from '../../specifications/types.ts';
import type { SourceClaims } from '../types.ts';
import { claimsOfTables } from './claims-of-tables.ts';
import { NumberCell } from './source-table.ts';
import type { Cell } from './source-table.ts';
import { unreadable } from './unreadable.ts';
import { claimError } from '../claim-error.ts';

type ReadWorkbook = typeof readXlsxFile;

async function loadReader(): Promise<ReadWorkbook> {
  try {
    return (await import('read-excel-file/node')).default;
  } catch (cause) {
    throw claimError('ERR_EXCEL_READER_MISSING', 'usage', {}, cause);
  }
}

/**
 * Claims from a workbook with one sheet a table, named `XML1`, `XML2` … with a heading row. Format the columns as text:
 * numbers in code columns and spreadsheet dates are reported.
 *
 * @throws BhxhError ERR_FILE_UNREADABLE, ERR_WORKBOOK_UNREADABLE, ERR_EXCEL_READER_MISSING when the optional package
 * read-excel-file is not installed. Problems of rows are returned.
 */
export async function claimsFromXlsx(path: string, ruleset: Ruleset): Promise<SourceClaims> {
  const readWorkbook = await loadReader();
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const sheets = await readWorkbook<NumberCell>(bytes, {
    parseNumber: (text) => new NumberCell(text),
    trim: false,
  }).catch((cause: unknown) => {
    throw claimError('ERR_WORKBOOK_UNREADABLE', 'input', { path }, cause);
  });
  return claimsOfTables(
    sheets.map(({ sheet, data }) => {
      const [heading = [], ...rows] = data as readonly (readonly Cell[])[];
      return { file: basename(path), name: sheet, heading, rows };
    }),
    ruleset,
  );
}
