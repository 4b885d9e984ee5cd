import type { Specifications } from '../specifications/specifications.ts';
import { contributionError } from './contribution-error.ts';
import { divideExact, perMillion, shareOf } from './exact-rate.ts';
import { requiredOn } from './law.ts';
import { checkAmount, firstDayOf } from './month.ts';
import type { AmountVnd, AppliedParameter, Month } from './types.ts';

/** Who pays how much of a voluntary contribution. */
export type SupportGroup = 'poor' | 'near-poor' | 'ethnic-minority' | 'other';

export interface VoluntaryContribution {
  readonly month: Month;
  readonly income: AmountVnd;
  readonly amount: AmountVnd;
  readonly support: AmountVnd;
  readonly ownShare: AmountVnd;
  readonly parameters: readonly AppliedParameter[];
}

/**
 * One month of voluntary social insurance (NĐ 134/2015/NĐ-CP, then NĐ 159/2025/NĐ-CP, art. 5).
 * Throws `ERR_INCOME_OUT_OF_RANGE` below the rural poverty line and above twenty times the reference level.
 */
export function calculateVoluntary(
  specifications: Specifications,
  {
    month,
    income,
    group,
  }: { readonly month: Month; readonly income: AmountVnd; readonly group: SupportGroup },
): VoluntaryContribution {
  checkAmount(income);
  const date = firstDayOf(month);
  const line = requiredOn(specifications, 'rural-poverty-line', date);
  const times = requiredOn(specifications, 'voluntary-ceiling-times', date);
  const reference = requiredOn(specifications, 'base-salary', date);
  const most = times.value * reference.value;
  if (income < line.value || income > most)
    throw contributionError('ERR_INCOME_OUT_OF_RANGE', 'input', {
      value: String(income),
      least: String(line.value),
      most: String(most),
    });
  const rate = requiredOn(specifications, 'voluntary-rate', date);
  const supportRate = requiredOn(specifications, `voluntary-support-${group}`, date);
  const amount = shareOf(income, perMillion(rate.value), 'half-up');
  const support = shareOf(
    shareOf(line.value, perMillion(rate.value), 'half-up'),
    perMillion(supportRate.value),
    'half-up',
  );
  return {
    month,
    income,
    amount,
    support,
    ownShare: amount - support,
    parameters: [rate, supportRate, line, times, reference],
  };
}

/** Monthly health insurance of the members of one household in the order in which they join within a year. */
export function householdHealth(
  specifications: Specifications,
  { month, members }: { readonly month: Month; readonly members: number },
): readonly AmountVnd[] {
  const date = firstDayOf(month);
  const reference = requiredOn(specifications, 'base-salary', date).value;
  const rate = perMillion(requiredOn(specifications, 'household-health-rate', date).value);
  return Array.from({ length: members }, (_, index) => {
    const share = requiredOn(specifications, `household-health-share-${Math.min(index + 1, 5)}`, date).value;
    return divideExact(reference * rate * share, 100_000_000, 'half-up');
  });
}
