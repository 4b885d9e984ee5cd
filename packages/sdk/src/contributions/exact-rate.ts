import type { AmountVnd, Rounding } from './types.ts';

const million = 1_000_000;

/** A rate written in per cent (`0.5`, `14`) as a whole number per million. */
export function perMillion(percent: number): number {
  return Math.round(percent * 10_000);
}

/** `units / divisor` as a whole number; both are whole, the units not negative. */
export function divideExact(units: number, divisor: number, rounding: Rounding): number {
  const rest = units % divisor;
  const whole = (units - rest) / divisor;
  if (rounding === 'down') return whole;
  const twice = rest * 2;
  if (twice > divisor || (twice === divisor && (rounding === 'half-up' || whole % 2 === 1))) return whole + 1;
  return whole;
}

/** A share of an amount. The product must stay a safe integer: bases are bounded by twenty times a wage of the law. */
export function shareOf(base: AmountVnd, ratePerMillion: number, rounding: Rounding): AmountVnd {
  return divideExact(base * ratePerMillion, million, rounding);
}

/** The same for amounts of any size. */
export function shareOfLarge(amount: AmountVnd, times: number, ratePerMillion: number): AmountVnd {
  const product = BigInt(amount) * BigInt(times) * BigInt(ratePerMillion);
  return Number((product * 2n + BigInt(million)) / BigInt(2 * million));
}
