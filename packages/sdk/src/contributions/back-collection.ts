import type { Specifications } from '../specifications/specifications.ts';
import { interestByDay, interestByMonth, type LateInterest } from './late-interest.ts';
import { appliedOn, requiredOn } from './law.ts';
import { firstDayOf, monthsBetween } from './month.ts';
import { calculateAdjustment, type Adjustment } from './payroll.ts';
import type { AmountVnd, FundColumns, LawChoice, Month } from './types.ts';

/** One month that is collected later or given back, and the interest on it. */
export interface CollectedMonth extends Adjustment {
  /** Last day on which the month could be paid in time, `yyyy-MM-dd`. */
  readonly dueOn: string;
  /** By stretches, as each was late; empty for what is given back. */
  readonly interest: readonly LateInterest[];
  readonly interestTotal: AmountVnd;
  /** Months of the old rule whose rate is not known: their interest is missing from the total. */
  readonly unknownMonths: readonly Month[];
}

export interface BackCollection {
  readonly months: readonly CollectedMonth[];
  readonly columns: FundColumns;
  readonly interest: AmountVnd;
  /** False where a rate of the old rule is not known. */
  readonly isInterestComplete: boolean;
}

export interface BackCollectionChoice extends Omit<LawChoice, 'month'> {
  readonly first: Month;
  readonly last: Month;
  /** The day on which it is paid, `yyyy-MM-dd`; without one no interest is counted. */
  readonly paidOn?: string;
  /** Months that the unit pays for at once (phương thức đóng); 1 without it. */
  readonly cycle?: PaymentCycle;
}

/** Phương thức đóng of employers: every month, every third or every sixth. */
export type PaymentCycle = 1 | 3 | 6;

const dailyRate = 'late-payment-daily-rate';

/**
 * Truy thu and thoái thu month by month, each by its own law, with the interest of what was late: by day where the rule of
 * July 2025 holds, by month before, and a note where the rate of a month was not published in a known source.
 */
export function calculateBackCollection(
  specifications: Specifications,
  wages: { readonly before: AmountVnd; readonly after: AmountVnd },
  choice: BackCollectionChoice,
): BackCollection {
  const { paidOn, cycle, ...range } = choice;
  const months = calculateAdjustment(specifications, wages, range).map((adjustment): CollectedMonth => {
    const dueOn = dueDayOf(specifications, adjustment.month, cycle);
    const isLate = paidOn !== undefined && paidOn > dueOn && adjustment.columns.total > 0;
    const { interest, unknownMonths } = isLate
      ? lateBetween(specifications, adjustment.columns, dueOn, paidOn)
      : { interest: [], unknownMonths: [] };
    return {
      ...adjustment,
      dueOn,
      interest,
      interestTotal: interest.reduce((sum, part) => sum + part.interest, 0),
      unknownMonths,
    };
  });
  const sum = (of: (month: CollectedMonth) => AmountVnd): AmountVnd =>
    months.reduce((total, month) => total + of(month), 0);
  return {
    months,
    columns: {
      bhxh: sum(({ columns }) => columns.bhxh),
      bhyt: sum(({ columns }) => columns.bhyt),
      bhtn: sum(({ columns }) => columns.bhtn),
      tnld: sum(({ columns }) => columns.tnld),
      total: sum(({ columns }) => columns.total),
    },
    interest: sum(({ interestTotal }) => interestTotal),
    isInterestComplete: months.every(({ unknownMonths }) => unknownMonths.length === 0),
  };
}

/**
 * The last day to pay a month in time: the last one of the month, and from July 2025 of the following one (Luật 41/2024/QH15,
 * art. 34.4); of a cycle of 3 or 6 months the same after its last month. That cycles are quarters and halves of the calendar
 * year is our reference profile.
 */
export function dueDayOf(specifications: Specifications, month: Month, cycle: PaymentCycle = 1): string {
  const inYear = Number(month.slice(5));
  const { value: firstOfYear } = requiredOn(specifications, 'payment-cycle-first-month', firstDayOf(month));
  const left = cycle - 1 - ((inYear - firstOfYear + 12) % cycle);
  // The law of the cycle's last month says when the whole of it is due.
  const last = new Date(Date.UTC(Number(month.slice(0, 4)), inYear - 1 + left, 1));
  const { value } = requiredOn(specifications, 'payment-due-months', last.toISOString().slice(0, 10));
  const end = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1 + value, 0));
  return end.toISOString().slice(0, 10);
}

const dayLength = 86_400_000;
const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + dayLength).toISOString().slice(0, 10);

/** Of the old rule only whole months that began late are counted: a balance was charged when it was older than 30 days. */
function lateBetween(
  specifications: Specifications,
  columns: FundColumns,
  dueOn: string,
  paidOn: string,
): { readonly interest: readonly LateInterest[]; readonly unknownMonths: readonly Month[] } {
  const interest: LateInterest[] = [];
  const unknownMonths: Month[] = [];
  const firstLate = nextDay(dueOn);
  const start = specifications.parameter(dailyRate).values[0]?.from ?? firstLate;
  for (const month of monthsBetween(firstLate.slice(0, 7), paidOn.slice(0, 7))) {
    if (`${month}-01` >= start) break;
    for (const fund of ['social', 'health'] as const) {
      const amount = fund === 'health' ? columns.bhyt : columns.total - columns.bhyt;
      if (amount <= 0) continue;
      if (appliedOn(specifications, `late-payment-annual-rate-${fund}`, `${month}-01`) === undefined) {
        if (unknownMonths.at(-1) !== month) unknownMonths.push(month);
      } else interest.push(interestByMonth(specifications, { amount, month, fund }));
    }
  }
  const first = firstLate < start ? start : firstLate;
  if (first <= paidOn)
    interest.push(interestByDay(specifications, { amount: columns.total, first, last: paidOn }));
  return { interest, unknownMonths };
}
