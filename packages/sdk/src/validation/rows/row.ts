import type { TableSpec } from '../../specifications/types.ts';

/**
 * One row of a table, as byte ranges over the decoded table; values are decoded only when asked for.
 * Fields are addressed by their index in `TableSpec.fields` (resolve names once, when a rule is compiled).
 * A row is reused by the reader: keep no reference to it beyond the episode.
 */
export interface Row {
  readonly table: TableSpec;
  /** From 1 within its table. */
  readonly number: number;
  /** True when the element is present (even empty). */
  has(field: number): boolean;
  /** True when the element is absent, or has no text but white space. */
  isEmpty(field: number): boolean;
  /** The decoded text in NFC, trimmed of XML white space at both ends; '' when absent. */
  text(field: number): string;
  /**
   * The value as an exact decimal in thousandths (12.5 is 12500), or undefined when empty, not a plain decimal
   * (`-`? digits [. up to 3 digits]), or beyond the safe integers.
   */
  thousandths(field: number): number | undefined;
  /** A date as the integer yyyyMMddHHmm (8-digit dates get 0000 as time), or undefined when empty or not a real date. */
  minute(field: number): number | undefined;
}

/** The rows of one episode (one HOSO), table by table. */
export interface Episode {
  /** MA_LK of XML1, or null. */
  readonly key: string | null;
  /** From 0 within the file. */
  readonly index: number;
  /** Which LOAIHOSO were present, in file order, duplicates kept. */
  readonly present: readonly string[];
  /** Rows of a table; empty when the table is absent. */
  rows(table: string): readonly Row[];
  /** The claim's own summary row (XML1), when there is exactly one. */
  readonly summary: Row | undefined;
  /** The date that chose the ruleset, `yyyy-MM-dd`. */
  readonly decidingDate: string;
}
