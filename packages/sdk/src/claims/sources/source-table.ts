/** A number as a workbook stores it; the text is exact. */
export class NumberCell {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** One cell: text, a workbook's number or date, or nothing. */
export type Cell = string | NumberCell | Date | boolean | number | null | undefined;

/** One table as it was found: the heading and the rows below it. */
export interface SourceTable {
  readonly file: string;
  /** Name of the file, sheet or property, which should be a table code. */
  readonly name: string;
  readonly heading: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}
