import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Ruleset } from '../../specifications/types.ts';
import type { SourceClaims, SourceProblem } from '../types.ts';
import { claimsOfTables } from './claims-of-tables.ts';
import { parseCsv } from './parse-csv.ts';
import { sourceProblem } from './problem.ts';
import type { SourceTable } from './source-table.ts';
import { decodeUtf8, unreadable } from './unreadable.ts';
import { claimError } from '../claim-error.ts';

/**
 * Claims from a folder with one CSV file a table: `XML1.csv`, `XML2.csv` … UTF-8 with or without byte order mark,
 * separated by comma, semicolon or tab, with any line ending. Rows belong together by MA_LK.
 *
 * @throws BhxhError ERR_FILE_UNREADABLE, ERR_FILE_NOT_UTF8, ERR_NO_TABLES. Problems of rows are returned.
 */
export async function claimsFromCsv(folder: string, ruleset: Ruleset): Promise<SourceClaims> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  const files = names.filter((name) => extname(name).toLowerCase() === '.csv').toSorted();
  if (files.length === 0) {
    throw claimError('ERR_NO_TABLES', 'input', { path: folder });
  }
  const tables: SourceTable[] = [];
  const problems: SourceProblem[] = [];
  for (const file of files) {
    const path = join(folder, file);
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    const { rows, openQuote } = parseCsv(decodeUtf8(bytes, path));
    const name = basename(file, extname(file));
    const [heading = [], ...below] = rows;
    tables.push({ file, name, heading, rows: below });
    if (openQuote !== null) {
      problems.push(
        sourceProblem('QUOTE_OPEN', { file, table: name.toUpperCase(), row: openQuote, column: null }),
      );
    }
  }
  const read = claimsOfTables(tables, ruleset);
  return { claims: read.claims, problems: [...problems, ...read.problems] };
}
