import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { checkAmount, type AmountVnd } from './amount.ts';

/** A method of `specs/payments/late-interest.yaml`. Rates are decimal text in percent. */
export interface InterestMethod {
  readonly id: string;
  readonly from: string;
  readonly unit: 'day' | 'month';
  readonly ratePercent?: string;
  readonly yearlyPercent?: Readonly<Record<string, string>>;
  readonly factor?: number;
  readonly decimals?: number;
  readonly label: Bilingual;
}

/** A percentage as a fraction of whole numbers. */
export interface Rate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function interestMethods(specifications: Specifications): readonly InterestMethod[] {
  return (specifications.payments('late-interest') as { readonly methods: readonly InterestMethod[] })
    .methods;
}

/** Throws `RangeError` for what is no decimal number. */
export function rateOfPercent(percent: string): Rate {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(percent);
  if (match === null) throw new RangeError('not a percentage');
  const decimals = match[2] ?? '';
  return { numerator: BigInt(`${match[1]}${decimals}`), denominator: 100n * 10n ** BigInt(decimals.length) };
}

/**
 * The rate of one day or month. A yearly reference rate becomes factor × rate / 12, cut to the printed decimals: the
 * printed rate is the one that counts, and an uncut one gives other đồng.
 */
export function rateOf(method: InterestMethod, fund: 'BHXH' | 'BHTN' | 'BHYT' = 'BHXH'): Rate {
  if (method.ratePercent !== undefined) return rateOfPercent(method.ratePercent);
  const yearly = rateOfPercent(method.yearlyPercent?.[fund] ?? '');
  const scale = 10n ** BigInt(method.decimals ?? 4);
  const cut = (yearly.numerator * 100n * BigInt(method.factor ?? 1) * scale) / (yearly.denominator * 12n);
  return { numerator: cut, denominator: 100n * scale };
}

/** Principal × rate × number of days or months, half a đồng and more rounded up. Exact: no floating point is used. */
export function interestOf(principal: AmountVnd, rate: Rate, times: number): AmountVnd {
  const product = BigInt(checkAmount(principal)) * rate.numerator * BigInt(checkAmount(times));
  return checkAmount(Number((2n * product + rate.denominator) / (2n * rate.denominator)));
}
