import type { Specifications } from '../specifications/specifications.ts';
import { contributionError } from './contribution-error.ts';
import { divideExact, perMillion } from './exact-rate.ts';
import { checkAmount, firstDayOf } from './month.ts';
import type {
  Absence,
  AmountVnd,
  AppliedParameter,
  Contribution,
  ContributionAmounts,
  ContributionLine,
  Fund,
  FundColumns,
  LawChoice,
  Rounding,
  Side,
} from './types.ts';

/** The law of one month for one scheme and region, ready to be applied to any number of wages. */
export interface ContributionLaw {
  readonly choice: Required<LawChoice>;
  /** Amounts alone; the wage is whole đồng before ceiling and floor. Throws `ERR_AMOUNT_INVALID`. */
  amounts(wage: AmountVnd, absence?: Absence | null): ContributionAmounts;
  /** The same with base, bound, rate and legal text of every line. */
  explain(wage: AmountVnd, absence?: Absence | null): Contribution;
}

/** The value of a parameter on a date, or undefined before its first and after its last day. */
export function appliedOn(
  specifications: Specifications,
  id: string,
  date: string,
): AppliedParameter | undefined {
  const parameter = specifications.parameter(id);
  const value = specifications.parameterOn(id, date);
  if (value === undefined || (value.to !== undefined && value.to < date)) return undefined;
  return {
    id,
    value: value.value,
    unit: parameter.unit,
    from: value.from,
    legal: value.legal,
    confidence: value.confidence ?? parameter.confidence,
  };
}

/** The same where there must be one. Throws `ERR_NO_LAW_FOR_MONTH`. */
export function requiredOn(specifications: Specifications, id: string, date: string): AppliedParameter {
  const applied = appliedOn(specifications, id, date);
  if (applied === undefined)
    throw contributionError('ERR_NO_LAW_FOR_MONTH', 'spec', { parameter: id, month: date.slice(0, 7) });
  return applied;
}

const pairs: readonly { readonly side: Side; readonly fund: Fund }[] = [
  { side: 'employer', fund: 'sickness-maternity' },
  { side: 'employer', fund: 'retirement-death' },
  { side: 'employer', fund: 'occupational' },
  { side: 'employer', fund: 'unemployment' },
  { side: 'employer', fund: 'health' },
  { side: 'employee', fund: 'retirement-death' },
  { side: 'employee', fund: 'unemployment' },
  { side: 'employee', fund: 'health' },
];

interface Bound {
  readonly amount: AmountVnd;
  readonly parameters: readonly AppliedParameter[];
}

interface Bounds {
  readonly ceiling: Bound;
  readonly floor: Bound | null;
}

function boundOf(times: AppliedParameter, of: AppliedParameter): Bound {
  return { amount: times.value * of.value, parameters: [times, of] };
}

/**
 * Opens the law of a month (Luật 58/2014/QH13 until June 2025, then Luật 41/2024/QH15, with the decrees each value cites).
 * Throws `ERR_MONTH_INVALID` and, before 2018, `ERR_NO_LAW_FOR_MONTH`.
 */
export function openContributionLaw(specifications: Specifications, choice: LawChoice): ContributionLaw {
  const date = firstDayOf(choice.month);
  const scheme = choice.scheme ?? 'enterprise';
  const rounding = choice.rounding ?? 'half-up';
  const hasReducedOccupational = choice.hasReducedOccupational ?? false;
  const without = choice.without ?? [];
  const known = new Set(specifications.parameters().map(({ id }) => id));

  const rateOf = ({ side, fund }: { readonly side: Side; readonly fund: Fund }): AppliedParameter => {
    const id = `contribution-${side}-${fund}`;
    if (fund === 'occupational' && hasReducedOccupational)
      return requiredOn(specifications, `${id}-reduced`, date);
    return requiredOn(specifications, known.has(`${id}-${scheme}`) ? `${id}-${scheme}` : id, date);
  };
  const rates = pairs.map(rateOf);

  const reference = requiredOn(specifications, 'base-salary', date);
  const minimumWage = requiredOn(specifications, `minimum-wage-region-${choice.region}`, date);
  const social: Bounds = {
    ceiling: boundOf(requiredOn(specifications, 'social-insurance-ceiling-times', date), reference),
    floor: boundOf(requiredOn(specifications, 'social-insurance-floor-times', date), reference),
  };
  const health: Bounds = {
    ceiling: boundOf(requiredOn(specifications, 'health-ceiling-times', date), reference),
    floor: null,
  };
  const stateCeiling =
    scheme === 'state' ? appliedOn(specifications, 'unemployment-ceiling-times-state', date) : undefined;
  const unemployment: Bounds = {
    ceiling:
      stateCeiling === undefined
        ? boundOf(requiredOn(specifications, 'unemployment-ceiling-times', date), minimumWage)
        : boundOf(stateCeiling, reference),
    floor: null,
  };
  const boundsOf = (fund: Fund): Bounds =>
    fund === 'health' ? health : fund === 'unemployment' ? unemployment : social;

  const isPaid = pairs.map(({ fund }) => !without.includes(fund));
  const perMillions = rates.map(({ value }, index) => (isPaid[index] === true ? perMillion(value) : 0));
  const amounts = amountsFunction(perMillions, social, health, unemployment, rounding);

  return {
    choice: { month: choice.month, region: choice.region, scheme, hasReducedOccupational, without, rounding },
    amounts: (wage, absence = null) => {
      checkAmount(wage);
      return amounts(absence === null ? wage : 0);
    },
    explain: (wage, absence = null) => {
      checkAmount(wage);
      const result = amounts(absence === null ? wage : 0);
      const values = lineAmounts(result);
      const lines = pairs.flatMap((pair, index): ContributionLine[] => {
        const rate = rates[index];
        const ratePerMillion = perMillions[index];
        if (rate === undefined || ratePerMillion === undefined || isPaid[index] !== true) return [];
        const { base, bound, parameters } = baseOf(wage, boundsOf(pair.fund));
        return [
          {
            ...pair,
            base,
            bound,
            ratePerMillion,
            amount: values[index] ?? 0,
            exempt: absence,
            parameters: [rate, ...parameters],
          },
        ];
      });
      return { month: choice.month, wage, lines, amounts: result, columns: columnsOf(result) };
    },
  };
}

/** Without a wage there is no base, so that no floor is raised under it. */
function baseOf(
  wage: AmountVnd,
  { ceiling, floor }: Bounds,
): {
  readonly base: AmountVnd;
  readonly bound: 'ceiling' | 'floor' | null;
  readonly parameters: readonly AppliedParameter[];
} {
  if (wage > ceiling.amount)
    return { base: ceiling.amount, bound: 'ceiling', parameters: ceiling.parameters };
  if (floor !== null && wage > 0 && wage < floor.amount)
    return { base: floor.amount, bound: 'floor', parameters: floor.parameters };
  return { base: wage, bound: null, parameters: [] };
}

/** One closure over plain numbers, because payrolls have hundreds of thousands of rows. */
function amountsFunction(
  rates: readonly number[],
  social: Bounds,
  health: Bounds,
  unemployment: Bounds,
  rounding: Rounding,
): (wage: AmountVnd) => ContributionAmounts {
  const [r0 = 0, r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5 = 0, r6 = 0, r7 = 0] = rates;
  const socialCeiling = social.ceiling.amount;
  const socialFloor = social.floor?.amount ?? 0;
  const healthCeiling = health.ceiling.amount;
  const unemploymentCeiling = unemployment.ceiling.amount;
  const million = 1_000_000;
  return (wage) => {
    const socialBase =
      wage > socialCeiling ? socialCeiling : wage > 0 && wage < socialFloor ? socialFloor : wage;
    const healthBase = wage > healthCeiling ? healthCeiling : wage;
    const unemploymentBase = wage > unemploymentCeiling ? unemploymentCeiling : wage;
    const a0 = divideExact(socialBase * r0, million, rounding);
    const a1 = divideExact(socialBase * r1, million, rounding);
    const a2 = divideExact(socialBase * r2, million, rounding);
    const a3 = divideExact(unemploymentBase * r3, million, rounding);
    const a4 = divideExact(healthBase * r4, million, rounding);
    const a5 = divideExact(socialBase * r5, million, rounding);
    const a6 = divideExact(unemploymentBase * r6, million, rounding);
    const a7 = divideExact(healthBase * r7, million, rounding);
    const employer = a0 + a1 + a2 + a3 + a4;
    const employee = a5 + a6 + a7;
    return {
      employerSicknessMaternity: a0,
      employerRetirementDeath: a1,
      employerOccupational: a2,
      employerUnemployment: a3,
      employerHealth: a4,
      employeeRetirementDeath: a5,
      employeeUnemployment: a6,
      employeeHealth: a7,
      employer,
      employee,
      total: employer + employee,
    };
  };
}

function lineAmounts(amounts: ContributionAmounts): readonly AmountVnd[] {
  return [
    amounts.employerSicknessMaternity,
    amounts.employerRetirementDeath,
    amounts.employerOccupational,
    amounts.employerUnemployment,
    amounts.employerHealth,
    amounts.employeeRetirementDeath,
    amounts.employeeUnemployment,
    amounts.employeeHealth,
  ];
}

/** Both sides together in the columns of form C12-TS. */
export function columnsOf(amounts: ContributionAmounts): FundColumns {
  const bhxh =
    amounts.employerSicknessMaternity + amounts.employerRetirementDeath + amounts.employeeRetirementDeath;
  const bhyt = amounts.employerHealth + amounts.employeeHealth;
  const bhtn = amounts.employerUnemployment + amounts.employeeUnemployment;
  const tnld = amounts.employerOccupational;
  return { bhxh, bhyt, bhtn, tnld, total: bhxh + bhyt + bhtn + tnld };
}
