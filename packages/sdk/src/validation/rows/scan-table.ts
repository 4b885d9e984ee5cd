import {
  decodeText,
  isWhiteSpace,
  scan,
  type ScanHandler,
  type TextKind,
  type XmlLimits,
  type XmlScanner,
} from '@bhxh/xml';
import type { TablePlan } from '../ruleset/table-plan.ts';
import { form, FORM_MASK, type TableRows, type TableSource } from './table-rows.ts';

/** What a table shows that its layout does not foresee. Rows count from 1; offsets are bytes of the table. */
export interface LayoutReport {
  /** An element above the fields (root, list or row) with another name than the standard's. */
  unexpectedElement(name: string, expected: string, offset: number): void;
  /** An element inside a row, or inside a field, that the standard does not have. */
  unknownField(name: string, row: number, offset: number): void;
  /** A field that stands after one that follows it in the standard. */
  fieldOrder(field: number, row: number, offset: number): void;
  /** A field given twice in one row; the first one counts. */
  repeatedField(field: number, row: number, offset: number): void;
  /** Text where only elements may stand. */
  strayText(row: number, offset: number): void;
}

function hasNonAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let position = start; position < end; position += 1) if (bytes[position]! >= 0x80) return true;
  return false;
}

/** Reads a table element by element with the strict scanner and tells `report` about every deviation. */
class TableHandler implements ScanHandler {
  readonly #source: TableSource;
  readonly #plan: TablePlan;
  readonly #rows: TableRows;
  readonly #report: LayoutReport;
  /** Element below the root that is no part of the table (the signature's place), or null. */
  readonly #beside: string | null;
  /** Depth of the element whose content is being passed over; 0 when none. */
  #skipped = 0;
  #base = 0;
  #field = -1;
  #furthest = -1;
  #isOrdered = true;
  #fieldOpen = false;
  /** Inside the list of details that some rows carry; its names are checked, its values are not read. */
  #inChild = false;
  #pieces = '';
  #pieceStart = 0;
  #pieceEnd = 0;
  #pieceKind: TextKind = 0;

  constructor(
    source: TableSource,
    plan: TablePlan,
    rows: TableRows,
    report: LayoutReport,
    beside: string | null,
  ) {
    this.#source = source;
    this.#plan = plan;
    this.#rows = rows;
    this.#report = report;
    this.#beside = beside;
  }

  startElement(scanner: XmlScanner, nameStart: number, nameEnd: number, tagStart: number): void {
    if (this.#skipped > 0) return;
    const { depth } = scanner;
    const { rowDepth, path } = this.#plan;
    if (depth <= rowDepth) {
      const expected = path[depth - 1]!;
      const name = this.#name(nameStart, nameEnd);
      if (name === expected) {
        if (depth === rowDepth) this.#beginRow(tagStart);
        return;
      }
      this.#skipped = depth;
      if (depth !== 2 || name !== this.#beside) this.#report.unexpectedElement(name, expected, tagStart);
      return;
    }
    if (this.#inChild) {
      const name = this.#name(nameStart, nameEnd);
      if (this.#isChildElement(name, depth - rowDepth)) return;
      this.#report.unknownField(name, this.#rows.count, tagStart);
      this.#skipped = depth;
      return;
    }
    if (depth > rowDepth + 1) {
      this.#report.unknownField(this.#name(nameStart, nameEnd), this.#rows.count, tagStart);
      this.#skipped = depth;
      return;
    }
    const field = this.#fieldOf(nameStart, nameEnd);
    if (field < 0) {
      const name = this.#name(nameStart, nameEnd);
      if (name === this.#plan.table.child?.list) {
        this.#inChild = true;
        return;
      }
      this.#skipped = depth;
      if (rowDepth !== 1 || name !== this.#beside)
        this.#report.unknownField(name, this.#rows.count, tagStart);
      return;
    }
    if (this.#rows.forms[this.#base + field] !== form.absent) {
      this.#report.repeatedField(field, this.#rows.count, tagStart);
      this.#skipped = depth;
      return;
    }
    if (field < this.#furthest && this.#isOrdered) {
      this.#isOrdered = false;
      this.#report.fieldOrder(field, this.#rows.count, tagStart);
    }
    this.#furthest = Math.max(this.#furthest, field);
    this.#field = field;
    this.#fieldOpen = true;
  }

  text(scanner: XmlScanner, start: number, end: number, kind: TextKind): void {
    if (this.#skipped > 0 || this.#inChild) return;
    if (!this.#fieldOpen) {
      const { bytes } = this.#source;
      if (
        !isWhiteSpace(bytes, start, end) &&
        (kind === 0 || decodeText(bytes, start, end, kind).trim() !== '')
      ) {
        this.#report.strayText(scanner.depth >= this.#plan.rowDepth ? this.#rows.count : 0, start);
      }
      return;
    }
    const cell = this.#base + this.#field;
    const rows = this.#rows;
    const { bytes } = this.#source;
    if (rows.forms[cell] === form.absent) {
      rows.put(
        cell,
        bytes,
        start,
        end,
        kind === 0 ? form.plain : kind === 1 ? form.escaped : form.cdata,
        hasNonAscii(bytes, start, end),
      );
      this.#pieces = '';
      this.#pieceStart = start;
      this.#pieceEnd = end;
      this.#pieceKind = kind;
      return;
    }
    if (this.#pieces === '')
      this.#pieces = decodeText(bytes, this.#pieceStart, this.#pieceEnd, this.#pieceKind);
    this.#pieces += decodeText(bytes, start, end, kind);
    rows.putAssembled(cell, this.#pieceStart, end, this.#pieces);
  }

  endElement(scanner: XmlScanner, _nameStart: number, _nameEnd: number, tagStart: number): void {
    const { depth } = scanner;
    if (this.#skipped > 0) {
      if (depth === this.#skipped) this.#skipped = 0;
      return;
    }
    if (depth !== this.#plan.rowDepth + 1) return;
    if (this.#inChild) {
      this.#inChild = false;
      return;
    }
    const cell = this.#base + this.#field;
    if ((this.#rows.forms[cell]! & FORM_MASK) === form.absent) {
      this.#rows.put(cell, this.#source.bytes, tagStart, tagStart, form.plain, false);
    }
    this.#fieldOpen = false;
  }

  #beginRow(offset: number): void {
    this.#base = this.#rows.begin(this.#source, offset);
    this.#field = -1;
    this.#furthest = -1;
    this.#isOrdered = true;
  }

  /** Whether a detail list may have this element, `level` below the row: its rows at 2, their fields at 3. */
  #isChildElement(name: string, level: number): boolean {
    const { child } = this.#plan.table;
    if (level === 2) return name === child?.row;
    return level === 3 && child?.fields.some(({ code }) => code === name) === true;
  }

  #name(start: number, end: number): string {
    return this.#source.bytes.toString('utf8', start, end);
  }

  /** The next field of the standard is the likeliest; the name is looked up only when it is another one. */
  #fieldOf(start: number, end: number): number {
    const next = this.#field + 1;
    const expected = this.#plan.fieldNames[next];
    if (expected !== undefined && expected.length === end - start) {
      const { bytes } = this.#source;
      let at = 0;
      while (at < expected.length && bytes[start + at] === expected[at]) at += 1;
      if (at === expected.length) return next;
    }
    return this.#plan.fieldIndex.get(this.#name(start, end)) ?? -1;
  }
}

/** How a table is read. */
export interface ScanTableOptions {
  readonly limits: Partial<XmlLimits>;
  /** Name of an element under the root that is no part of the table, or null. */
  readonly beside: string | null;
}

/**
 * Reads a whole table with the strict scanner. Throws `XmlError` when it is not well-formed; what its layout does not
 * foresee goes to `report`, and rows are stored as far as they can be read.
 */
export function scanTable(
  source: TableSource,
  plan: TablePlan,
  rows: TableRows,
  report: LayoutReport,
  options: ScanTableOptions,
): void {
  scan(source.bytes, new TableHandler(source, plan, rows, report, options.beside), {
    limits: options.limits,
    byteOrderMark: 'refuse',
  });
}
