/**
 * The adjudicator's own exact money: integers of a thousandth of a đồng, as BigInt. It shares nothing with the
 * validator's arithmetic, so that the two check each other.
 */
export type Thousandths = bigint;

/** A plain decimal with up to three places; undefined for anything else. An empty text is nothing, not zero. */
export function parseThousandths(text: string | undefined): Thousandths | undefined {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,3}))?$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, sign, whole, fraction] = match;
  const value = BigInt(whole as string) * 1_000n + BigInt((fraction ?? '').padEnd(3, '0'));
  return sign === '-' ? -value : value;
}

/** `1250`, `1250.5`, `-0.125`: no trailing zeros. */
export function decimalText(value: Thousandths): string {
  const size = value < 0n ? -value : value;
  const fraction = String(size % 1_000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const whole = String(size / 1_000n);
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
