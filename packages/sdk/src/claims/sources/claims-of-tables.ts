import type { FieldSpec, Ruleset, TableSpec } from '../../specifications/types.ts';
import type { ClaimTables, SourceClaims, SourceProblem, TableRow } from '../types.ts';
import { sourceProblem } from './problem.ts';
import type { SourceProblemCode } from './problem.ts';
import { NumberCell } from './source-table.ts';
import type { Cell, SourceTable } from './source-table.ts';

const outsideClaims = new Set(['XML0', 'XML12']);
const thousandsOrComma = /^-?\d{1,3}([.,\s\u00a0]\d{3})+([.,]\d+)?$|^-?\d+,\d+$/;
const plainNumber = /^-?\d+(\.\d+)?$/;
const exactNumber = /^-?\d{1,15}(\.\d{1,6})?$/;
const digitsOnly = /^\d*$/;

interface Reading {
  readonly table: TableSpec;
  readonly source: SourceTable;
  readonly report: (
    code: SourceProblemCode,
    row: number | null,
    column: string | null,
    name?: string,
  ) => void;
}

function isDate(field: FieldSpec): boolean {
  return field.format?.startsWith('yyyy') ?? false;
}

function isNumber(field: FieldSpec): boolean {
  return field.format === 'integer' || field.format === 'decimal';
}

/** A cell as the text of its field; what looks wrong is reported, and text is never repaired. */
function textOfCell(reading: Reading, field: FieldSpec, cell: Cell, row: number): string {
  const problem = (code: SourceProblemCode): void => reading.report(code, row, field.code, field.code);
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) {
    problem('DATE_CELL');
    return '';
  }
  if (cell instanceof NumberCell || typeof cell === 'number') {
    const text = cell instanceof NumberCell ? cell.text : String(cell);
    if (!exactNumber.test(text)) problem('NUMBER_INEXACT');
    else if (isDate(field)) {
      if (![8, 12].includes(text.length)) problem('DATE_CELL');
    } else if (!isNumber(field) && field.type === 'string') problem('NUMBER_FOR_CODE');
    return text;
  }
  if (typeof cell !== 'string') {
    problem('VALUE_NOT_TEXT');
    return '';
  }
  const text = cell.trim();
  if (text === '') return '';
  const parts = field.separator === undefined ? [text] : text.split(field.separator);
  if (isDate(field) && parts.some((part) => !digitsOnly.test(part.trim()))) problem('DATE_FORMAT');
  if (isNumber(field) && parts.some((part) => thousandsOrComma.test(part) && !plainNumber.test(part)))
    problem('NUMBER_SEPARATOR');
  return text;
}

interface Column {
  readonly field: FieldSpec;
  readonly index: number;
}

function columnsOf(reading: Reading): readonly Column[] {
  const { table, source, report } = reading;
  const columns: Column[] = [];
  source.heading.forEach((cell, index) => {
    const name = (cell instanceof NumberCell ? cell.text : String(cell ?? '')).trim();
    if (name === '') return;
    const field = table.fields.find((candidate) => candidate.code === name.toUpperCase());
    if (field === undefined) report('COLUMN_UNKNOWN', 1, name, name);
    else if (columns.some((column) => column.field === field)) report('COLUMN_DUPLICATE', 1, name, name);
    else columns.push({ field, index });
  });
  if (!columns.some((column) => column.field.code === 'MA_LK')) report('MA_LK_COLUMN_MISSING', 1, 'MA_LK');
  return columns;
}

function isBlank(cells: readonly Cell[]): boolean {
  return cells.every(
    (cell) => cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === ''),
  );
}

interface KeyedRow {
  readonly key: string;
  readonly row: TableRow;
  readonly number: number;
}

function* rowsOf(reading: Reading): Generator<KeyedRow, void, void> {
  const { source, report } = reading;
  const columns = columnsOf(reading);
  if (!columns.some((column) => column.field.code === 'MA_LK')) return;
  for (const [index, cells] of source.rows.entries()) {
    if (isBlank(cells)) continue;
    const number = index + 2;
    if (!isBlank(cells.slice(source.heading.length))) {
      report('CELLS_BEYOND_HEADING', number, null, `${cells.length} > ${source.heading.length}`);
    }
    const row: Record<string, string> = {};
    for (const { field, index: at } of columns)
      row[field.code] = textOfCell(reading, field, cells[at], number);
    const key = row['MA_LK'] ?? '';
    if (key === '') report('MA_LK_MISSING', number, 'MA_LK');
    else yield { key, row, number };
  }
}

/** Gives every row to the claim of its MA_LK; claims stand in the order of XML1. */
export function claimsOfTables(sources: readonly SourceTable[], ruleset: Ruleset): SourceClaims {
  const problems: SourceProblem[] = [];
  const claims = new Map<string, Record<string, TableRow[]>>();
  const readings = sources.flatMap((source): Reading[] => {
    const code = source.name.trim().toUpperCase();
    const table = outsideClaims.has(code) ? undefined : ruleset.tables[code];
    const report: Reading['report'] = (problem, row, column, name) => {
      problems.push(sourceProblem(problem, { file: source.file, table: code, row, column }, name));
    };
    if (table !== undefined) return [{ table, source, report }];
    report('TABLE_UNKNOWN', null, null, source.name);
    return [];
  });
  // XML1 first: it says which claims there are.
  for (const reading of readings.toSorted(
    (a, b) => Number(b.table.code === 'XML1') - Number(a.table.code === 'XML1'),
  )) {
    for (const { key, row, number } of rowsOf(reading)) {
      const claim = claims.get(key);
      if (reading.table.code === 'XML1') {
        if (claim === undefined) claims.set(key, { XML1: [row] });
        else reading.report('MA_LK_DUPLICATE', number, 'MA_LK');
      } else if (claim === undefined) reading.report('MA_LK_UNMATCHED', number, 'MA_LK');
      else (claim[reading.table.code] ??= []).push(row);
    }
  }
  return { claims: [...claims.values()] satisfies readonly ClaimTables[], problems };
}
