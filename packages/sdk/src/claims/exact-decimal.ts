/**
 * Exact decimals as scaled BigInts. Claim money has two decimals, prices and quantities three; products of them pass
 * the safe integers, so nothing here ever becomes a binary fraction.
 */
const plainDecimal = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

/** `12.5` with 3 places is 12500n; undefined when the text is not a plain decimal or has more places than asked for. */
export function parseDecimal(text: string, places: number): bigint | undefined {
  const match = plainDecimal.exec(text.trim());
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > places) return undefined;
  const scaled = BigInt(`${match[2] ?? '0'}${fraction.padEnd(places, '0')}`);
  return match[1] === '-' ? -scaled : scaled;
}

/** The shortest plain text: 12500n with 3 places is `12.5`, 12000n is `12`. */
export function formatDecimal(scaled: bigint, places: number): string {
  const negative = scaled < 0n;
  const text = (negative ? -scaled : scaled).toString().padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  const fraction = places === 0 ? '' : text.slice(text.length - places).replace(/0+$/, '');
  return `${negative && scaled !== 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Division rounded half away from zero, the commercial rounding of claim money. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const rounded = ((negative ? -numerator : numerator) * 2n + denominator) / (denominator * 2n);
  return negative ? -rounded : rounded;
}
