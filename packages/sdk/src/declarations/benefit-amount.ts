import type { AmountVnd } from '../contributions/types.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { declarationSpecs } from './specs.ts';

export interface BenefitQuestion {
  /** Nhóm hưởng: om-thuong, sinh-con … */
  readonly kind: string;
  /** First and last day of the leave, `yyyy-MM-dd`. */
  readonly first: string;
  readonly last: string;
  readonly days: number;
  /** Wages of the months before the leave, the nearest first; as many as are known. */
  readonly wages: readonly AmountVnd[];
  readonly children: number;
}

export interface BenefitAmount {
  readonly amount: AmountVnd;
  /** The wage it rests on, rounded; null where it rests on the reference level alone. */
  readonly wage: AmountVnd | null;
  /** Ids of the parameters that were applied. */
  readonly parameters: readonly string[];
}

/**
 * What a benefit of M01B-HSB comes to (Luật 58/2014/QH13, then Luật 41/2024/QH15; the rates are general knowledge and marked so).
 * Undefined where a wage is needed and none is known, or where the kind or a rate of the month is not known.
 */
export function benefitAmount(
  specifications: Specifications,
  { kind, first, last, days, wages, children }: BenefitQuestion,
): BenefitAmount | undefined {
  const pays = declarationSpecs(specifications).benefits.kinds.find(({ code }) => code === kind)?.pays;
  if (pays === undefined) return undefined;
  const parameters: string[] = [];
  const valueOf = (id: string): bigint => {
    parameters.push(id);
    return BigInt(specifications.parameterOn(id, first)?.value ?? 0);
  };
  let amount = 0n;
  let wage: AmountVnd | null = null;
  if (pays.rate !== undefined && pays.divisor !== undefined) {
    const [rate, divisor] = [valueOf(pays.rate), valueOf(pays.divisor)];
    const months = pays.average === undefined ? 1 : Number(valueOf(pays.average));
    const known = wages.slice(0, months);
    if (known.length === 0 || divisor === 0n) return undefined;
    const sum = known.reduce((total, one) => total + BigInt(one), 0n);
    const count = BigInt(known.length);
    wage = Number(halfUp(sum, count));
    const stretch = pays.byMonth === true ? monthsAndDays(first, last) : { months: 0, days };
    const shares = BigInt(stretch.months) * divisor + BigInt(stretch.days);
    amount += halfUp(sum * rate * shares, count * 100n * divisor);
  }
  if (pays.ofReference !== undefined)
    amount += halfUp(valueOf('base-salary') * valueOf(pays.ofReference) * BigInt(days), 100n);
  if (pays.lump !== undefined)
    amount += valueOf('base-salary') * valueOf(pays.lump) * BigInt(Math.max(1, children));
  return { amount: Number(amount), wage, parameters };
}

function halfUp(units: bigint, divisor: bigint): bigint {
  return (2n * units + divisor) / (2n * divisor);
}

const dayLength = 86_400_000;

/** Whole months from the first day on, and the days that are left; the last day counts. */
function monthsAndDays(first: string, last: string): { readonly months: number; readonly days: number } {
  const end = Date.parse(`${last}T00:00:00Z`) + dayLength;
  const start = new Date(`${first}T00:00:00Z`);
  const after = (months: number): number =>
    Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, start.getUTCDate());
  let months = 0;
  while (after(months + 1) <= end) months += 1;
  return { months, days: Math.max(0, Math.round((end - after(months)) / dayLength)) };
}
