import type { Specifications } from '../specifications/specifications.ts';
import { requiredOn } from './law.ts';
import { checkAmount, firstDayOf } from './month.ts';
import { divideExact, perMillion } from './exact-rate.ts';
import { contributionError } from './contribution-error.ts';
import type { Absence, AmountVnd, AppliedParameter, Fund, Month, Scheme } from './types.ts';

export interface ParticipationQuestion {
  readonly month: Month;
  readonly scheme?: Scheme;
  /** Length of the contract in months; `null` for one without an end. */
  readonly contractMonths: number | null;
  /** Working days of the month without a wage, and why. */
  readonly absentDays?: number;
  readonly absence?: Absence;
}

export interface Participation {
  /** Funds that nobody pays for this person, to be given to a calculation. */
  readonly without: readonly Fund[];
  /** Set where the days of absence reach the limit of the law. */
  readonly absence: Absence | null;
  /** The limits that decided. */
  readonly parameters: readonly AppliedParameter[];
}

const socialFunds: readonly Fund[] = ['sickness-maternity', 'retirement-death', 'occupational'];

/**
 * Who takes part in which fund in a month, by the length of the contract and the days without a wage (Luật 58/2014/QH13 and
 * Luật 41/2024/QH15, Luật Việc làm, Luật BHYT). Limits are dated data; those that were not read at source say so.
 */
export function participationOf(
  specifications: Specifications,
  { month, scheme = 'enterprise', contractMonths, absentDays = 0, absence = 'unpaid' }: ParticipationQuestion,
): Participation {
  const date = firstDayOf(month);
  const limit = (id: string): AppliedParameter => requiredOn(specifications, id, date);
  const social = limit(`participation-contract-months-${scheme === 'foreign' ? 'foreign' : 'social'}`);
  const unemployment = limit('participation-contract-months-unemployment');
  const health = limit('participation-contract-months-health');
  const away = limit('absence-working-days');
  const isShort = ({ value }: AppliedParameter): boolean => contractMonths !== null && contractMonths < value;
  const without: Fund[] = [
    ...(isShort(social) ? socialFunds : []),
    ...(isShort(unemployment) ? (['unemployment'] as const) : []),
    ...(isShort(health) ? (['health'] as const) : []),
  ];
  return {
    without,
    absence: absentDays >= away.value ? absence : null,
    parameters: [social, unemployment, health, away],
  };
}

export interface SelfPaidContribution {
  readonly month: Month;
  readonly base: AmountVnd;
  readonly sicknessMaternity: AmountVnd;
  readonly retirementDeath: AmountVnd;
  readonly total: AmountVnd;
  readonly parameters: readonly AppliedParameter[];
}

/**
 * What owners of household businesses and unpaid managers pay themselves on a base of their choice (Luật 41/2024/QH15, from
 * July 2025). Throws `ERR_NO_LAW_FOR_MONTH` before, and `ERR_INCOME_OUT_OF_RANGE` outside one to twenty reference levels.
 */
export function calculateSelfPaid(
  specifications: Specifications,
  { month, base }: { readonly month: Month; readonly base: AmountVnd },
): SelfPaidContribution {
  checkAmount(base);
  const date = firstDayOf(month);
  const applied = (id: string): AppliedParameter => requiredOn(specifications, id, date);
  const [sickness, retirement, reference] = [
    applied('self-paid-sickness-maternity'),
    applied('self-paid-retirement-death'),
    applied('base-salary'),
  ];
  const [floor, ceiling] = [
    applied('social-insurance-floor-times'),
    applied('social-insurance-ceiling-times'),
  ];
  const [least, most] = [floor.value * reference.value, ceiling.value * reference.value];
  if (base < least || base > most)
    throw contributionError('ERR_INCOME_OUT_OF_RANGE', 'input', {
      value: String(base),
      least: String(least),
      most: String(most),
    });
  const share = ({ value }: AppliedParameter): AmountVnd =>
    divideExact(base * perMillion(value), 1_000_000, 'half-up');
  const [sicknessMaternity, retirementDeath] = [share(sickness), share(retirement)];
  return {
    month,
    base,
    sicknessMaternity,
    retirementDeath,
    total: sicknessMaternity + retirementDeath,
    parameters: [sickness, retirement, floor, ceiling, reference],
  };
}
