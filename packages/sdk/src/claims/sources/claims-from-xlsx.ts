import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type readXlsxFile from 'read-excel-file/node';
import { BhxhError } from '../../errors/bhxh-error.ts';
import type { Ruleset } from '../../specifications/types.ts';
import type { SourceClaims } from '../types.ts';
import { claimsOfTables } from './claims-of-tables.ts';
import { NumberCell } from './source-table.ts';
import type { Cell } from './source-table.ts';
import { unreadable } from './unreadable.ts';

type ReadWorkbook = typeof readXlsxFile;

async function loadReader(): Promise<ReadWorkbook> {
  try {
    return (await import('read-excel-file/node')).default;
  } catch (cause) {
    throw new BhxhError({
      code: 'ERR_EXCEL_READER_MISSING',
      category: 'usage',
      retry: 'never',
      message: {
        vi: 'Chưa cài gói read-excel-file nên không đọc được tệp Excel.',
        en: 'The package read-excel-file is not installed, so workbooks cannot be read.',
      },
      hint: { vi: 'npm install read-excel-file', en: 'npm install read-excel-file' },
      cause,
    });
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
    throw new BhxhError({
      code: 'ERR_WORKBOOK_UNREADABLE',
      category: 'input',
      retry: 'never',
      message: {
        vi: `${path} không phải tệp .xlsx đọc được.`,
        en: `${path} is not a readable .xlsx workbook.`,
      },
      hint: {
        vi: 'Lưu lại thành "Excel Workbook (.xlsx)".',
        en: 'Save it again as "Excel Workbook (.xlsx)".',
      },
      cause,
    });
  });
  return claimsOfTables(
    sheets.map(({ sheet, data }) => {
      const [heading = [], ...rows] = data as readonly (readonly Cell[])[];
      return { file: basename(path), name: sheet, heading, rows };
    }),
    ruleset,
  );
}
