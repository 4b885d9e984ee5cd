import { XmlWriter } from '@bhxh/xml';
import type { FieldSpec, TableSpec } from '../specifications/types.ts';
import { claimError } from './claim-error.ts';

/** A row as callers give it; whole numbers may be numbers. */
export type RowInput = object;

interface ChildList {
  readonly list: string;
  readonly row: string;
  readonly fields: readonly FieldSpec[];
}

const fieldSets = new WeakMap<readonly FieldSpec[], ReadonlySet<string>>();

function codesOf(fields: readonly FieldSpec[]): ReadonlySet<string> {
  const known = fieldSets.get(fields);
  if (known !== undefined) return known;
  const made = new Set(fields.map((field) => field.code));
  fieldSets.set(fields, made);
  return made;
}

function refuseUnknownFields(
  table: TableSpec,
  fields: readonly FieldSpec[],
  row: RowInput,
  except?: string,
): void {
  const known = codesOf(fields);
  for (const code of Object.keys(row)) {
    if (known.has(code) || code === except) continue;
    throw claimError('ERR_FIELD_UNKNOWN', 'usage', { table: table.code, field: code });
  }
}

/** A field's value as text; whole numbers are the only numbers taken, since others are binary fractions. */
export function textOf(table: TableSpec, code: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw claimError('ERR_VALUE_NOT_TEXT', 'usage', { table: table.code, field: code });
}

function writeFields(writer: XmlWriter, table: TableSpec, fields: readonly FieldSpec[], row: RowInput): void {
  for (const field of fields) {
    const value = textOf(table, field.code, (row as Readonly<Record<string, unknown>>)[field.code]);
    if (value === '') writer.empty(field.code);
    else {
      writer.start(field.code);
      writer.text(value);
      writer.end();
    }
  }
}

/** Rows inside a row (drugs of a radiopharmaceutical service, catalogue 05/DM), after the row's own fields. */
function writeChildren(writer: XmlWriter, table: TableSpec, child: ChildList, row: RowInput): void {
  const rows = (row as Readonly<Record<string, unknown>>)[child.list];
  writer.start(child.list);
  for (const inner of Array.isArray(rows) ? (rows as readonly RowInput[]) : []) {
    refuseUnknownFields(table, child.fields, inner);
    writer.start(child.row);
    writeFields(writer, table, child.fields, inner);
    writer.end();
  }
  writer.end();
}

/** Writes the rows of a table, every official element in official order, empty ones included. */
export function writeRows(writer: XmlWriter, table: TableSpec, rows: readonly RowInput[]): void {
  for (const row of rows) {
    refuseUnknownFields(table, table.fields, row, table.child?.list);
    writer.start(table.row);
    writeFields(writer, table, table.fields, row);
    if (table.child !== undefined) writeChildren(writer, table, table.child, row);
    writer.end();
  }
}

/** Refuses another number of rows than one where a table is a single row. */
export function checkRowCount(table: TableSpec, count: number): void {
  if (table.multiple || count === 1) return;
  throw claimError('ERR_ROW_COUNT', 'usage', { table: table.code, count: String(count) });
}

/** Elements around the rows, from the outside: root and list, as far as they are not the row itself. */
export function wrappersOf(table: TableSpec): readonly string[] {
  const wrappers: string[] = [];
  if (table.root !== table.row) wrappers.push(table.root);
  if (table.list !== null && table.list !== table.root) wrappers.push(table.list);
  return wrappers;
}

/**
 * The inner document of one table, UTF-8 without a byte order mark and without an XML declaration, as it is put into
 * NOIDUNGFILE.
 *
 * @throws BhxhError ERR_FIELD_UNKNOWN for a field the standard does not have, ERR_ROW_COUNT when a single-row table
 * does not get exactly one row, ERR_VALUE_NOT_TEXT for fractions given as numbers; XmlError XML_WRITE_INVALID for
 * characters XML cannot carry.
 */
export function buildTable(table: TableSpec, rows: readonly RowInput[]): Uint8Array {
  checkRowCount(table, rows.length);
  const writer = new XmlWriter();
  const wrappers = wrappersOf(table);
  for (const wrapper of wrappers) writer.start(wrapper);
  writeRows(writer, table, rows);
  for (const _ of wrappers) writer.end();
  return writer.finish();
}
