const MINUS = 0x2d;
const POINT = 0x2e;

/** Largest number of thousandths that stays exact. */
const MOST = Number.MAX_SAFE_INTEGER;

/**
 * A plain decimal (`-`? digits [. 1 to 3 digits]) as an exact count of thousandths, or NaN when the bytes are
 * anything else (an exponent, a separator, `-0`, a lone point) or exceed the safe integers.
 */
export function parseThousandths(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  const negative = bytes[position] === MINUS;
  if (negative) position += 1;
  const digits = position;
  let whole = 0;
  while (position < end) {
    const digit = bytes[position]! - 0x30;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
    position += 1;
  }
  if (position === digits || position - digits > 15) return NaN;
  let thousandths = whole * 1000;
  if (position < end) {
    if (bytes[position] !== POINT) return NaN;
    const places = end - position - 1;
    if (places < 1 || places > 3) return NaN;
    let scale = 100;
    for (position += 1; position < end; position += 1) {
      const digit = bytes[position]! - 0x30;
      if (digit < 0 || digit > 9) return NaN;
      thousandths += digit * scale;
      scale /= 10;
    }
  }
  if (thousandths > MOST) return NaN;
  if (!negative) return thousandths;
  return thousandths === 0 ? NaN : -thousandths;
}

/** How many decimal places a decimal that `parseThousandths` accepts shows; 0 without a point. */
export function decimalPlaces(bytes: Uint8Array, start: number, end: number): number {
  for (let places = 1; places <= 3 && end - places - 1 >= start; places += 1) {
    if (bytes[end - places - 1] === POINT) return places;
  }
  return 0;
}
