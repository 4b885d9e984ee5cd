import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Certificates } from '../generated/claims/certificates.ts';
import type { Catalogues } from '../generated/claims/catalogues-upload.ts';
import type { Standards } from '../generated/claims/standards.ts';
import type { Severity } from '../specifications/types.ts';

export type { Standards } from '../generated/claims/standards.ts';

/** A claim typed by its standard: `const claim: WireClaim<'qd3176-2024'> = { XML1: [ … ] }`. */
export type WireClaim<Standard extends keyof Standards> = {
  readonly [Table in keyof Standards[Standard]]?: readonly Standards[Standard][Table][];
};

/** One row of a table: official field code → text exactly as it goes on the wire (`T_BHTT: '1250.5'`). */
export type TableRow = Readonly<Record<string, string>>;

/**
 * The tables of one claim (one HOSO): `XML1` with its single row, `XML2` … `XML15` with theirs. A table without rows is
 * left out of the file.
 */
export type ClaimTables = Readonly<Record<string, readonly TableRow[]>>;

/** A claim as builders take it: read from somewhere, or typed by its standard. */
export type ClaimInput =
  ClaimTables | { [Standard in keyof Standards]: WireClaim<Standard> }[keyof Standards];

/** Row types of one table over every standard that has it. */
type RowOf<Table extends string> = {
  [Standard in keyof Standards]: Standards[Standard] extends Readonly<Record<Table, infer Row>> ? Row : never;
}[keyof Standards];

/** One row of XML0 (check-in). */
export type CheckInRow = RowOf<'XML0'>;

/** One row of XML12 (medical assessment). */
export type MedicalAssessmentRow = RowOf<'XML12'>;

/** One certificate with its kind, which is its LOAIHOSO: `{ kind: 'CT07', row: { … } }`. */
export type CertificateInput = {
  [Kind in keyof Certificates]: { readonly kind: Kind; readonly row: Certificates[Kind] };
}[keyof Certificates];

export type CatalogueKind = keyof Catalogues;
/** One row of a catalogue; a service of 05/DM may carry its radiopharmaceuticals. */
export type CatalogueRow<Kind extends CatalogueKind> = Kind extends '05/DM'
  ? Catalogues[Kind] & { readonly DS_THUOCPX?: readonly TableRow[] }
  : Catalogues[Kind];

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
