/**
 * Exact decimal arithmetic in thousandths. Sums stay in safe integers; products leave them only through BigInt.
 */

/** 12500 → `12.5`. */
export function formatThousandths(value: number): string {
  const magnitude = Math.abs(value);
  const fraction = magnitude % 1000;
  const whole = (magnitude - fraction) / 1000;
  const text =
    fraction === 0 ? String(whole) : `${whole}.${String(fraction).padStart(3, '0').replace(/0+$/u, '')}`;
  return value < 0 ? `-${text}` : text;
}

const powers: readonly number[] = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/**
 * Product of `count` factors (thousandths each), `percents` of which, the last ones, are percentages; rounded half
 * up (away from zero) to two decimals. Undefined when the result leaves the safe integers.
 */
export function roundedProduct(
  factors: readonly number[],
  count: number,
  percents: number,
): number | undefined {
  let mantissa = 1;
  // The value is mantissa / 10^places.
  let places = 0;
  for (let index = 0; index < count; index++) {
    let factor = factors[index] as number;
    if (factor === 0) return 0;
    places += index >= count - percents ? 5 : 3;
    while (factor % 10 === 0) {
      factor /= 10;
      places--;
    }
    mantissa *= factor;
    if (!Number.isSafeInteger(mantissa)) return roundedBigProduct(factors, count, percents);
  }
  return roundToHundredths(mantissa, places);
}

function roundToHundredths(mantissa: number, places: number): number | undefined {
  const excess = places - 2;
  let hundredths: number;
  if (excess <= 0) {
    if (excess < -15) return undefined;
    hundredths = mantissa * (powers[-excess] as number);
  } else if (excess > 15) {
    return roundedBig(BigInt(mantissa), places);
  } else {
    const divisor = powers[excess] as number;
    const magnitude = Math.abs(mantissa);
    const rest = magnitude % divisor;
    const rounded = (magnitude - rest) / divisor + (rest * 2 >= divisor ? 1 : 0);
    hundredths = mantissa < 0 ? -rounded : rounded;
  }
  const result = hundredths * 10;
  return Number.isSafeInteger(result) ? result : undefined;
}

function roundedBigProduct(factors: readonly number[], count: number, percents: number): number | undefined {
  let mantissa = 1n;
  for (let index = 0; index < count; index++) mantissa *= BigInt(factors[index] as number);
  return roundedBig(mantissa, count * 3 + percents * 2);
}

function roundedBig(mantissa: bigint, places: number): number | undefined {
  const negative = mantissa < 0n;
  const magnitude = negative ? -mantissa : mantissa;
  let hundredths = magnitude;
  if (places > 2) {
    const divisor = 10n ** BigInt(places - 2);
    hundredths = magnitude / divisor + ((magnitude % divisor) * 2n >= divisor ? 1n : 0n);
  } else {
    hundredths = magnitude * 10n ** BigInt(2 - places);
  }
  const result = Number(hundredths * 10n);
  if (!Number.isSafeInteger(result)) return undefined;
  return negative ? -result : result;
}
