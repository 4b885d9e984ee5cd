import type { Bilingual } from '../errors/bhxh-error.ts';
import { contributionSentence, type ContributionSentenceCode } from '../messages/contributions/index.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { contributionError } from './contribution-error.ts';
import { monthsBetween } from './month.ts';
import type { PayrollPerson } from './payroll.ts';
import { readRows, type SheetRow } from './read-rows.ts';
import type { AmountVnd, Fund, Month } from './types.ts';

interface MeasureBase {
  readonly id: string;
  readonly label: Bilingual;
  readonly legal: string;
}

/** A measure of the pandemic: a rate of zero, a pause of one fund, or a payment to workers. */
export type ReliefMeasure =
  | (MeasureBase & {
      readonly kind: 'rate';
      readonly parameter: string;
      readonly from: Month;
      readonly to: Month;
      readonly exceptSchemes: readonly string[];
    })
  | (MeasureBase & {
      readonly kind: 'pause';
      readonly procedure: string;
      readonly fund: Fund;
      readonly from: Month;
      readonly to: Month;
      readonly longestMonths: number;
      readonly applyUntil: Month;
      readonly fewerWorkers: { readonly percent: number; readonly since: Month };
    })
  | (MeasureBase & {
      readonly kind: 'support';
      readonly payingOn: string;
      readonly unitConfirmsUntil: string;
      readonly paidUntil: string;
      readonly levels: readonly { readonly fromMonths: number; readonly amount: AmountVnd }[];
    });

type MeasureOf<K extends ReliefMeasure['kind']> = Extract<ReliefMeasure, { readonly kind: K }>;

/** The measures of NQ 68/NQ-CP and NQ 116/NQ-CP as dated data. */
export function reliefMeasures(specifications: Specifications): readonly ReliefMeasure[] {
  return (specifications.declarations('relief') as { readonly measures: readonly ReliefMeasure[] }).measures;
}

function measureOf<K extends ReliefMeasure['kind']>(specifications: Specifications, kind: K): MeasureOf<K> {
  const found = reliefMeasures(specifications).find((measure) => measure.kind === kind);
  if (found === undefined) throw contributionError('ERR_RELIEF_UNKNOWN', 'spec', { kind });
  return found as MeasureOf<K>;
}

/** One worker of the list that the agency sent and the employer confirmed. */
export interface ConfirmedWorker {
  readonly key: string;
  readonly name: string;
  /** Months of unemployment contributions that were not yet used for a benefit. */
  readonly months: number;
  /** Paid unemployment insurance on the day the measure names. */
  readonly isPaying: boolean;
  readonly isConfirmed: boolean;
}

export interface WorkerListProblem {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly message: Bilingual;
}

export interface WorkerList {
  readonly workers: readonly ConfirmedWorker[];
  readonly problems: readonly WorkerListProblem[];
}

/**
 * Reads a list (`key`, `name`, `months`, `paying`, `confirmed`; the last two `yes` or `no`) from CSV, XLSX or JSON. Rows with
 * problems are left out and reported. Throws `ERR_ROSTER_UNREADABLE` and `ERR_ROSTER_COLUMN`.
 */
export async function readWorkerList(path: string): Promise<WorkerList> {
  const rows = await readRows(path).catch((cause: unknown): readonly SheetRow[] => {
    throw contributionError('ERR_ROSTER_UNREADABLE', 'input', { path }, cause);
  });
  for (const column of ['key', 'confirmed'])
    if (rows[0] !== undefined && !rows[0].has(column))
      throw contributionError('ERR_ROSTER_COLUMN', 'input', { path, column });
  const workers: ConfirmedWorker[] = [];
  const problems: WorkerListProblem[] = [];
  const seen = new Set<string>();
  rows.forEach((cells, index) => {
    const text = (column: string): string => (cells.get(column) ?? '').trim();
    const before = problems.length;
    const problem = (code: ContributionSentenceCode, column: string): void => {
      problems.push({ row: index + 2, column, code, message: contributionSentence(code) });
    };
    const key = text('key');
    if (key === '') problem('ROSTER_KEY', 'key');
    else if (seen.has(key)) problem('ROSTER_KEY_TWICE', 'key');
    seen.add(key);
    if (!/^\d{0,3}$/.test(text('months'))) problem('LIST_MONTHS', 'months');
    for (const column of ['paying', 'confirmed'])
      if (!/^(?:yes|no)?$/.test(text(column))) problem('LIST_FLAG', column);
    if (problems.length > before) return;
    workers.push({
      key,
      name: text('name'),
      months: Number(text('months')),
      isPaying: text('paying') !== 'no',
      isConfirmed: text('confirmed') === 'yes',
    });
  });
  return { workers, problems };
}

export interface WorkerSupport {
  readonly worker: ConfirmedWorker;
  readonly amount: AmountVnd;
  /** Why nothing is paid. */
  readonly refused: 'not-confirmed' | 'not-paying' | null;
}

/** What the unemployment fund pays each worker of the confirmed list once (NQ 116/NQ-CP, QĐ 28/2021/QĐ-TTg). */
export function workerSupport(
  specifications: Specifications,
  workers: readonly ConfirmedWorker[],
): readonly WorkerSupport[] {
  const { levels } = measureOf(specifications, 'support');
  return workers.map((worker): WorkerSupport => {
    const refused = !worker.isConfirmed ? 'not-confirmed' : !worker.isPaying ? 'not-paying' : null;
    const level = levels.findLast(({ fromMonths }) => fromMonths <= worker.months);
    return { worker, refused, amount: refused === null ? (level?.amount ?? 0) : 0 };
  });
}

export interface PauseRequest {
  /** Month in which the unit files, and the first that is paused. */
  readonly month: Month;
  /** How many months it asks for. */
  readonly months: number;
  readonly workersBefore: number;
  readonly workersNow: number;
}

export type PauseAnswer =
  | { readonly granted: true; readonly first: Month; readonly last: Month; readonly fund: Fund }
  | { readonly granted: false; readonly reason: 'too-late' | 'too-early' | 'too-few-left' | 'too-long' };

/** Whether a unit may pause retirement and death contributions by NQ 68/NQ-CP (procedure 600d), and for which months. */
export function retirementPause(specifications: Specifications, request: PauseRequest): PauseAnswer {
  const { from, to, longestMonths, applyUntil, fewerWorkers, fund } = measureOf(specifications, 'pause');
  if (request.month < from) return { granted: false, reason: 'too-early' };
  if (request.month > applyUntil) return { granted: false, reason: 'too-late' };
  if (request.months < 1 || request.months > longestMonths) return { granted: false, reason: 'too-long' };
  const left = request.workersBefore - request.workersNow;
  if (left * 100 < request.workersBefore * fewerWorkers.percent)
    return { granted: false, reason: 'too-few-left' };
  const all = monthsBetween(request.month, to).slice(0, request.months);
  return { granted: true, first: request.month, last: all.at(-1) ?? request.month, fund };
}

/** The payroll of a paused month: workers of the confirmed list do not pay the paused fund, and neither does the unit for them. */
export function pausedPayroll(
  people: readonly PayrollPerson[],
  pause: PauseAnswer,
  { month, confirmed }: { readonly month: Month; readonly confirmed: ReadonlySet<string> },
): readonly PayrollPerson[] {
  if (!pause.granted || month < pause.first || month > pause.last) return people;
  return people.map((person) =>
    confirmed.has(person.key) ? { ...person, without: [...(person.without ?? []), pause.fund] } : person,
  );
}
