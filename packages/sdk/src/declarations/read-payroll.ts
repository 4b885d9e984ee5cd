import { fundsOf } from '../contributions/read-roster.ts';
import { readRows, type SheetRow } from '../contributions/read-rows.ts';
import type { Fund } from '../contributions/types.ts';
import type { Bilingual } from '../errors/bhxh-error.ts';
import { declarationSentence, type FindingSentenceCode } from '../messages/declarations/index.ts';
import { declarationError } from './declaration-error.ts';

/** `maternity`, `sickness`, `unpaid`: for 14 working days or more of the month; `left`: leaves with this month. */
export type PayrollStatus = 'working' | 'maternity' | 'sickness' | 'unpaid' | 'left';

/** One person of a month's payroll, as far as declarations need it. */
export interface PayrollRow {
  /** Personal id (CCCD) or passport: what joins the two months. */
  readonly identity: string;
  /** BHXH number; empty for somebody who has none yet. */
  readonly number: string;
  readonly name: string;
  /** `dd/MM/yyyy`, `MM/yyyy` or `yyyy`. */
  readonly birth: string;
  /** `1` man, `0` woman. */
  readonly sex: string;
  readonly position: string;
  /** Whole đồng. */
  readonly wage: number;
  readonly status: PayrollStatus;
  /** Number and date of the decision or contract behind a change. */
  readonly decision: string;
  readonly decisionDate: string;
  readonly contractFrom: string;
  readonly contractTo: string;
  /** `MM/yyyy` since when a change holds, when that is before the month of the payroll. */
  readonly effective: string;
  /** Funds that this person does not pay through this unit. */
  readonly without: readonly Fund[];
}

export interface PayrollProblem {
  /** From 2: the heading is row 1. */
  readonly row: number;
  readonly column: string;
  readonly code: FindingSentenceCode;
  readonly message: Bilingual;
}

export interface Payroll {
  readonly rows: readonly PayrollRow[];
  readonly problems: readonly PayrollProblem[];
}

const statuses: ReadonlySet<string> = new Set<PayrollStatus>([
  'working',
  'maternity',
  'sickness',
  'unpaid',
  'left',
]);

/**
 * Reads a month's payroll from CSV, XLSX or JSON. Rows with problems are left out and reported.
 * Throws `ERR_PAYROLL_UNREADABLE` and `ERR_PAYROLL_COLUMN`.
 */
export async function readPayroll(path: string): Promise<Payroll> {
  const sheet = await readRows(path).catch((cause: unknown): readonly SheetRow[] => {
    throw declarationError('ERR_PAYROLL_UNREADABLE', 'input', { path }, cause);
  });
  for (const column of ['identity', 'wage'])
    if (sheet[0] !== undefined && !sheet[0].has(column))
      throw declarationError('ERR_PAYROLL_COLUMN', 'input', { path, column });
  const rows: PayrollRow[] = [];
  const problems: PayrollProblem[] = [];
  const seen = new Set<string>();
  sheet.forEach((cells, index) => {
    const text = (column: string): string => (cells.get(column.toLowerCase()) ?? '').trim();
    const before = problems.length;
    const problem = (code: FindingSentenceCode, column: string): void => {
      problems.push({ row: index + 2, column, code, message: declarationSentence(code) });
    };
    const identity = text('identity');
    if (identity === '') problem('ROW_IDENTITY', 'identity');
    else if (seen.has(identity)) problem('ROW_TWICE', 'identity');
    seen.add(identity);
    if (!/^\d{1,12}$/.test(text('wage'))) problem('ROW_WAGE', 'wage');
    const status = text('status') === '' ? 'working' : text('status');
    if (!statuses.has(status)) problem('ROW_STATUS', 'status');
    const without = fundsOf(text('without'));
    if (without === undefined) problem('ROW_WITHOUT', 'without');
    if (problems.length > before) return;
    rows.push({
      identity,
      number: text('number'),
      name: text('name'),
      birth: text('birth'),
      sex: text('sex'),
      position: text('position'),
      wage: Number(text('wage')),
      status: status as PayrollStatus,
      decision: text('decision'),
      decisionDate: text('decisionDate'),
      contractFrom: text('contractFrom'),
      contractTo: text('contractTo'),
      effective: text('effective'),
      without: without ?? [],
    });
  });
  return { rows, problems };
}
