import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Severity } from '../specifications/types.ts';

/** One row of a table: official field code → text exactly as it goes on the wire (`T_BHTT: '1250.5'`). */
export type TableRow = Readonly<Record<string, string>>;

/**
 * The tables of one claim (one HOSO): `XML1` with its single row, `XML2` … `XML15` with theirs. A table without rows is
 * left out of the file.
 */
export type ClaimTables = Readonly<Record<string, readonly TableRow[]>>;

/** What stands around the claims of a file. */
export interface ClaimFileOptions {
  /** MACSKCB: the sending facility's five characters. */
  readonly facility: string;
  /** NGAYLAP: `yyyyMMdd`. */
  readonly createdOn: string;
}

/** One problem of a row that came from a CSV file, a workbook or a JSON document. */
export interface SourceProblem {
  readonly severity: Severity;
  /** Upper-case code: COLUMN_UNKNOWN, MA_LK_MISSING, NUMBER_SEPARATOR … */
  readonly code: string;
  readonly file: string;
  /** The table (`XML3`), which names the CSV file, the sheet or the property. */
  readonly table: string;
  /** As a spreadsheet counts: the heading is row 1. Null when the problem is the whole table's. */
  readonly row: number | null;
  readonly column: string | null;
  readonly message: Bilingual;
}

/** Claims read from tables, in the order of XML1, with what was wrong in them. */
export interface SourceClaims {
  readonly claims: readonly ClaimTables[];
  readonly problems: readonly SourceProblem[];
}
