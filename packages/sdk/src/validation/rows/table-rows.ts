import { decodeText } from '@bhxh/xml';
import type { TableSpec } from '../../specifications/types.ts';
import { parseMinute } from './calendar.ts';
import { parseThousandths } from './decimal.ts';
import type { LineColumn, LineCounter } from './line-column.ts';
import type { Row } from './row.ts';
import { shortText } from './short-text.ts';

/** How a field of a row stands in the document; 0 is absent. */
export const form = {
  absent: 0,
  /** Bytes are the text. */
  plain: 1,
  /** References or carriage returns have to be resolved. */
  escaped: 2,
  /** Inside a CDATA section. */
  cdata: 3,
  /** Several pieces; the text is kept aside. */
  assembled: 4,
} as const;

/** Bits of a cell's form byte. */
export const FORM_MASK = 0x07;
export const NON_ASCII = 0x08;
const REFUSED = 0x10;

/** What the number kept for a cell is. */
const numberKind = { unset: 0, thousandths: 1, minute: 2 } as const;

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The bytes rows were read from. */
export interface TableSource {
  readonly bytes: Buffer;
  readonly lines: LineCounter;
}

/**
 * The rows of one table of one episode, as byte ranges in flat arrays that are used again for the next episode:
 * nothing is allocated for a field until somebody asks for its text.
 */
export class TableRows {
  readonly table: TableSpec;
  readonly width: number;
  readonly rows: Row[] = [];
  starts: Int32Array;
  ends: Int32Array;
  forms: Uint8Array;
  #numbers: Float64Array;
  #numberKinds: Uint8Array;
  readonly #assembled: Map<number, string> = new Map();
  readonly #views: RowView[] = [];
  #capacity: number;

  constructor(table: TableSpec) {
    this.table = table;
    this.width = table.fields.length;
    this.#capacity = table.multiple ? 64 : 1;
    const cells = this.#capacity * this.width;
    this.starts = new Int32Array(cells);
    this.ends = new Int32Array(cells);
    this.forms = new Uint8Array(cells);
    this.#numbers = new Float64Array(cells);
    this.#numberKinds = new Uint8Array(cells);
  }

  get count(): number {
    return this.rows.length;
  }

  /** Forgets all rows. */
  clear(): void {
    this.truncate(0);
  }

  /** Forgets the rows from `count` on. */
  truncate(count: number): void {
    const from = count * this.width;
    const to = this.rows.length * this.width;
    this.forms.fill(0, from, to);
    this.#numberKinds.fill(numberKind.unset, from, to);
    if (this.#assembled.size > 0) {
      for (const cell of this.#assembled.keys()) if (cell >= from) this.#assembled.delete(cell);
    }
    this.rows.length = count;
  }

  /** Begins a row whose element starts at `offset`; returns the index of its first cell. */
  begin(source: TableSource, offset: number): number {
    const index = this.rows.length;
    if (index === this.#capacity) this.#grow();
    let view = this.#views[index];
    if (view === undefined) {
      view = new RowView(this, index);
      this.#views.push(view);
    }
    view.source = source;
    view.offset = offset;
    this.rows.push(view);
    return index * this.width;
  }

  #grow(): void {
    this.#capacity *= 2;
    const cells = this.#capacity * this.width;
    const grow = <T extends Int32Array | Uint8Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.starts = grow(this.starts, new Int32Array(cells));
    this.ends = grow(this.ends, new Int32Array(cells));
    this.forms = grow(this.forms, new Uint8Array(cells));
    this.#numbers = grow(this.#numbers, new Float64Array(cells));
    this.#numberKinds = grow(this.#numberKinds, new Uint8Array(cells));
  }

  /** Stores the text range of a cell, trimmed of white space at both ends. */
  put(cell: number, bytes: Uint8Array, start: number, end: number, kind: number, nonAscii: boolean): void {
    while (start < end && isBlank(bytes[start])) start += 1;
    while (end > start && isBlank(bytes[end - 1])) end -= 1;
    this.starts[cell] = start;
    this.ends[cell] = end;
    this.forms[cell] = nonAscii ? kind | NON_ASCII : kind;
  }

  /** Stores a text that is not one range of bytes. */
  putAssembled(cell: number, start: number, end: number, text: string): void {
    this.starts[cell] = start;
    this.ends[cell] = end;
    this.forms[cell] = form.assembled | NON_ASCII;
    this.#assembled.set(cell, text);
  }

  /** The text of a cell as it stands, not trimmed of what references stand for. */
  cellText(cell: number, source: TableSource): string {
    const kind = this.forms[cell]! & FORM_MASK;
    if (kind === form.absent) return '';
    if (kind === form.assembled) return (this.#assembled.get(cell) ?? '').trim();
    const start = this.starts[cell]!;
    const end = this.ends[cell]!;
    if (kind === form.escaped) return decodeText(source.bytes, start, end, 1).trim();
    if (kind === form.cdata) return decodeText(source.bytes, start, end, 2).trim();
    return shortText(source.bytes, start, end);
  }

  /** @internal */
  text(cell: number, source: TableSource): string {
    const cellForm = this.forms[cell]!;
    if (cellForm === form.plain) return shortText(source.bytes, this.starts[cell]!, this.ends[cell]!);
    const text = this.cellText(cell, source);
    return (cellForm & NON_ASCII) === 0 ? text : text.normalize('NFC');
  }

  /** @internal */
  number(cell: number, source: TableSource, wanted: 1 | 2): number {
    if ((this.forms[cell]! & REFUSED) !== 0) return NaN;
    if (this.#numberKinds[cell] === wanted) return this.#numbers[cell]!;
    const value = this.#parse(cell, source, wanted);
    this.#numbers[cell] = value;
    this.#numberKinds[cell] = wanted;
    return value;
  }

  /** Keeps a number that a step has already read, so that rules need not read it again. */
  keepNumber(cell: number, value: number, kind: 1 | 2): void {
    this.#numbers[cell] = value;
    this.#numberKinds[cell] = kind;
  }

  #parse(cell: number, source: TableSource, wanted: 1 | 2): number {
    const kind = this.forms[cell]! & FORM_MASK;
    if (kind === form.absent) return NaN;
    let bytes: Uint8Array = source.bytes;
    let start = this.starts[cell]!;
    let end = this.ends[cell]!;
    if (kind === form.escaped || kind === form.assembled) {
      bytes = Buffer.from(this.cellText(cell, source));
      start = 0;
      end = bytes.length;
    }
    if (start === end) return NaN;
    return wanted === numberKind.thousandths
      ? parseThousandths(bytes, start, end)
      : parseMinute(bytes, start, end);
  }
}

/** A row of `TableRows`. The engine knows this class; rules know only `Row`. */
export class RowView implements Row {
  readonly table: TableSpec;
  readonly number: number;
  /** Index of the row's first cell. */
  readonly base: number;
  source: TableSource | undefined;
  /** Where the row's element starts. */
  offset = 0;
  readonly #rows: TableRows;

  constructor(rows: TableRows, index: number) {
    this.#rows = rows;
    this.table = rows.table;
    this.number = index + 1;
    this.base = index * rows.width;
  }

  has(field: number): boolean {
    return field >= 0 && this.#rows.forms[this.base + field] !== form.absent;
  }

  isEmpty(field: number): boolean {
    if (field < 0) return true;
    const rows = this.#rows;
    const cell = this.base + field;
    const kind = rows.forms[cell]! & FORM_MASK;
    if (kind === form.absent) return true;
    return rows.starts[cell] === rows.ends[cell] && kind !== form.assembled;
  }

  text(field: number): string {
    if (field < 0 || this.source === undefined) return '';
    return this.#rows.text(this.base + field, this.source);
  }

  thousandths(field: number): number | undefined {
    if (field < 0 || this.source === undefined) return undefined;
    const value = this.#rows.number(this.base + field, this.source, numberKind.thousandths);
    return value === value ? value : undefined;
  }

  minute(field: number): number | undefined {
    if (field < 0 || this.source === undefined) return undefined;
    const value = this.#rows.number(this.base + field, this.source, numberKind.minute);
    return value === value ? value : undefined;
  }

  /** Marks a value whose form was refused, so that no rule judges it again. */
  refuse(field: number): void {
    this.#rows.forms[this.base + field]! |= REFUSED;
  }

  isRefused(field: number): boolean {
    return field >= 0 && (this.#rows.forms[this.base + field]! & REFUSED) !== 0;
  }

  /** Line and column of a field's text, or of the row's element when `field` is -1 or absent. */
  position(field: number): LineColumn | undefined {
    if (this.source === undefined) return undefined;
    const cell = this.base + field;
    const known = field >= 0 && this.#rows.forms[cell] !== form.absent;
    return this.source.lines.at(known ? this.#rows.starts[cell]! : this.offset);
  }
}
