import { XmlWriter } from '@bhxh/xml';
import { BhxhError } from '../errors/bhxh-error.ts';
import type { TableSpec } from '../specifications/types.ts';
import type { TableRow } from './types.ts';

const fieldSets = new WeakMap<TableSpec, ReadonlySet<string>>();

function fieldSet(table: TableSpec): ReadonlySet<string> {
  const known = fieldSets.get(table);
  if (known !== undefined) return known;
  const made = new Set(table.fields.map((field) => field.code));
  fieldSets.set(table, made);
  return made;
}

function refuseUnknownFields(table: TableSpec, row: TableRow): void {
  const known = fieldSet(table);
  for (const code of Object.keys(row)) {
    if (known.has(code)) continue;
    throw new BhxhError({
      code: 'ERR_FIELD_UNKNOWN',
      category: 'usage',
      retry: 'never',
      message: {
        vi: `Bảng ${table.code} không có trường ${code}.`,
        en: `Table ${table.code} has no field ${code}.`,
      },
      hint: {
        vi: `Xem danh sách trường bằng lệnh: bhxh specs show ${table.code}`,
        en: `List the fields with: bhxh specs show ${table.code}`,
      },
    });
  }
}

/** Writes the fields of one row, every official element in official order, empty ones included. */
export function writeFields(writer: XmlWriter, table: TableSpec, row: TableRow): void {
  refuseUnknownFields(table, row);
  for (const field of table.fields) {
    const value = row[field.code];
    if (value === undefined || value === '') writer.empty(field.code);
    else {
      writer.start(field.code);
      writer.text(value);
      writer.end();
    }
  }
}

/** Writes a whole table: root, list and rows as the standard nests them. */
export function writeTable(writer: XmlWriter, table: TableSpec, rows: readonly TableRow[]): void {
  if (!table.multiple && rows.length !== 1) throw rowCountError(table, rows.length);
  const nested = table.row !== table.root;
  if (nested) writer.start(table.root);
  if (table.list !== null && table.list !== table.root) writer.start(table.list);
  for (const row of rows) {
    writer.start(table.row);
    writeFields(writer, table, row);
    writer.end();
  }
  if (table.list !== null && table.list !== table.root) writer.end();
  if (nested) writer.end();
}

/**
 * The inner document of one table, UTF-8 without a byte order mark and without an XML declaration, as it is put into
 * NOIDUNGFILE.
 *
 * @throws BhxhError ERR_FIELD_UNKNOWN for a field the standard does not have, ERR_ROW_COUNT when a single-row table
 * does not get exactly one row; XmlError XML_WRITE_INVALID for characters XML cannot carry.
 */
export function buildTable(table: TableSpec, rows: readonly TableRow[]): Uint8Array {
  const writer = new XmlWriter();
  writeTable(writer, table, rows);
  return writer.finish();
}

function rowCountError(table: TableSpec, count: number): BhxhError {
  return new BhxhError({
    code: 'ERR_ROW_COUNT',
    category: 'usage',
    retry: 'never',
    message: {
      vi: `Bảng ${table.code} phải có đúng một dòng, nhưng có ${count}.`,
      en: `Table ${table.code} takes exactly one row, not ${count}.`,
    },
    hint: {
      vi: 'Kiểm tra MA_LK: mỗi đợt điều trị có một dòng trong bảng này.',
      en: 'Check MA_LK: each episode has one row in this table.',
    },
  });
}
