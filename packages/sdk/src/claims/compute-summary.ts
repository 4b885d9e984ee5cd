import type { Ruleset } from '../specifications/types.ts';
import { formatDecimal, parseDecimal } from './exact-decimal.ts';
import type { ClaimTables, TableRow } from './types.ts';
import { claimError } from './claim-error.ts';

/** One field of XML1 that was computed. `before` is '' when the field was empty or absent. */
export interface SummaryChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface ComputedSummary {
  /** The claim with the computed XML1; the other tables are the same objects. */
  readonly claim: ClaimTables;
  /** Every money field whose text changed, in official order. */
  readonly changes: readonly SummaryChange[];
}

interface Sum {
  readonly field: string;
  /** The first of these columns that the table has. */
  readonly columns: readonly string[];
  readonly tables: readonly string[];
  readonly only?: (row: TableRow) => boolean;
}

const lines = ['XML2', 'XML3'];
const hospitalCost = ['THANH_TIEN_BV', 'THANH_TIEN'];

/**
 * XML1's money as the annex defines it. T_BHTT is the sum of the lines: the annex's own wording, T_TONGCHI_BH less
 * T_BNCCT, gives the same unless another source bore part of the fund's share, and then breaks the balance of XML1.
 */
const sums: readonly Sum[] = [
  { field: 'T_THUOC', columns: hospitalCost, tables: ['XML2'] },
  {
    field: 'T_VTYT',
    columns: hospitalCost,
    tables: ['XML3'],
    only: (row) => (row['MA_VAT_TU'] ?? '') !== '',
  },
  { field: 'T_TONGCHI', columns: hospitalCost, tables: lines },
  { field: 'T_TONGCHI_BV', columns: hospitalCost, tables: lines },
  { field: 'T_TONGCHI_BH', columns: ['THANH_TIEN_BH'], tables: lines },
  { field: 'T_BNTT', columns: ['T_BNTT'], tables: lines },
  { field: 'T_BNCCT', columns: ['T_BNCCT'], tables: lines },
  { field: 'T_BHTT', columns: ['T_BHTT'], tables: lines },
  { field: 'T_NGUONKHAC', columns: ['T_NGUONKHAC', 'T_NGUON_KHAC'], tables: lines },
  { field: 'T_NGOAIDS', columns: ['T_NGOAIDS'], tables: lines },
  { field: 'T_BHTT_GDV', columns: ['T_BHTT'], tables: lines, only: (row) => row['MA_PTTT'] === '1' },
];

const moneyPlaces = 2;

function amount(table: string, number: number, column: string, row: TableRow): bigint {
  const text = row[column] ?? '';
  if (text === '') return 0n;
  const value = parseDecimal(text, moneyPlaces);
  if (value !== undefined) return value;
  throw claimError('ERR_AMOUNT_UNREADABLE', 'input', { table, row: String(number), field: column });
}

function total(sum: Sum, claim: ClaimTables, ruleset: Ruleset): bigint {
  let result = 0n;
  for (const table of sum.tables) {
    const fields = ruleset.tables[table]?.fields ?? [];
    const column = sum.columns.find((code) => fields.some((field) => field.code === code));
    if (column === undefined) continue;
    for (const [index, row] of (claim[table] ?? []).entries()) {
      if (sum.only === undefined || sum.only(row)) result += amount(table, index + 1, column, row);
    }
  }
  return result;
}

/**
 * Adds up the money columns of XML2 and XML3 into XML1, exactly. Lines are taken as they are; nothing is computed
 * unless this is called.
 *
 * @throws BhxhError ERR_AMOUNT_UNREADABLE when a line's amount is not a plain decimal.
 */
export function computeSummary(claim: ClaimTables, ruleset: Ruleset): ComputedSummary {
  const before = claim['XML1']?.[0];
  if (before === undefined) return { claim, changes: [] };
  const after: Record<string, string> = { ...before };
  const changes: SummaryChange[] = [];
  for (const field of ruleset.tables['XML1']?.fields ?? []) {
    const sum = sums.find((candidate) => candidate.field === field.code);
    if (sum === undefined) continue;
    const value = formatDecimal(total(sum, claim, ruleset), moneyPlaces);
    const old = before[field.code] ?? '';
    if (old !== value) changes.push({ field: field.code, before: old, after: value });
    after[field.code] = value;
  }
  return { claim: { ...claim, XML1: [after] }, changes };
}
