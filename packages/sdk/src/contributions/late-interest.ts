import type { Specifications } from '../specifications/specifications.ts';
import { contributionError } from './contribution-error.ts';
import { perMillion, shareOfLarge } from './exact-rate.ts';
import { appliedOn, requiredOn } from './law.ts';
import { checkAmount, firstDayOf } from './month.ts';
import type { AmountVnd, AppliedParameter, Month } from './types.ts';

export interface LateInterest {
  readonly amount: AmountVnd;
  /** Days (daily rule) or months (monthly rule) that were counted. */
  readonly periods: number;
  /** Per million and period: 300 is 0.03 %. */
  readonly ratePerMillion: number;
  readonly interest: AmountVnd;
  readonly parameter: AppliedParameter;
}

const dailyRate = 'late-payment-daily-rate';
const dayLength = 86_400_000;

function dayNumber(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(day))
    throw contributionError('ERR_DAY_INVALID', 'usage', { day });
  return time / dayLength;
}

/**
 * Interest by day (Luật 41/2024/QH15, art. 40; 0.03 % from 1 July 2025) on a balance that was late from `first` to `last`,
 * both included. Throws `ERR_NO_LAW_FOR_MONTH` for days before the rule.
 */
export function interestByDay(
  specifications: Specifications,
  { amount, first, last }: { readonly amount: AmountVnd; readonly first: string; readonly last: string },
): LateInterest {
  checkAmount(amount);
  const days = dayNumber(last) - dayNumber(first) + 1;
  if (days < 1) throw contributionError('ERR_DAY_INVALID', 'usage', { day: last });
  const parameter = requiredOn(specifications, dailyRate, first);
  const ratePerMillion = perMillion(parameter.value);
  return {
    amount,
    periods: days,
    ratePerMillion,
    interest: shareOfLarge(amount, days, ratePerMillion),
    parameter,
  };
}

/**
 * Interest of one month by the rule before July 2025: balance × k, where k is twice the published yearly rate by twelve,
 * cut to four places of a per cent as the notices print it. `health` goes by the interbank rate, all else by the yield of the
 * fund. Throws `ERR_INTEREST_RATE_UNKNOWN` for a month whose rate is not in the specifications.
 */
export function interestByMonth(
  specifications: Specifications,
  {
    amount,
    month,
    fund,
  }: { readonly amount: AmountVnd; readonly month: Month; readonly fund: 'social' | 'health' },
): LateInterest {
  checkAmount(amount);
  const date = firstDayOf(month);
  const daily = appliedOn(specifications, dailyRate, date);
  if (daily !== undefined)
    throw contributionError('ERR_INTEREST_RULE_MONTHLY', 'usage', { from: daily.from });
  const parameter = appliedOn(specifications, `late-payment-annual-rate-${fund}`, date);
  if (parameter === undefined) throw contributionError('ERR_INTEREST_RATE_UNKNOWN', 'spec', { month });
  const ratePerMillion = Math.floor(perMillion(parameter.value) / 6);
  return {
    amount,
    periods: 1,
    ratePerMillion,
    interest: shareOfLarge(amount, 1, ratePerMillion),
    parameter,
  };
}

/** Interest of a back-collection at a monthly rate that a notice gives (`ratePerMillion` 10,650 is 1.065 %). */
export function interestAtRate(amount: AmountVnd, months: number, ratePerMillion: number): AmountVnd {
  checkAmount(amount);
  return shareOfLarge(amount, months, ratePerMillion);
}
