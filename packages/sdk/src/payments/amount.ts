import { paymentError } from './payment-error.ts';

/** Whole đồng, exact: a safe integer. Signs are said by direction, so amounts of messages are never negative. */
export type AmountVnd = number;

export type AmountProblem = 'AMOUNT_FORMAT' | 'AMOUNT_FRACTION' | 'AMOUNT_RANGE';

/**
 * Whole đồng from the decimal text of a message (`1500000`, `1500000.00`), or why it is none. A fraction that is not
 * zero is refused, never rounded.
 */
export function readAmount(text: string): AmountVnd | AmountProblem {
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  if (!isDigits(whole) || (point >= 0 && !isDigits(text.slice(point + 1)))) return 'AMOUNT_FORMAT';
  if (point >= 0) {
    for (let index = point + 1; index < text.length; index += 1)
      if (text.charCodeAt(index) !== 48) return 'AMOUNT_FRACTION';
  }
  const value = Number(whole);
  return Number.isSafeInteger(value) ? value : 'AMOUNT_RANGE';
}

/** Exact sum. Throws ERR_AMOUNT_OVERFLOW instead of losing a đồng. */
export function addVnd(first: AmountVnd, second: AmountVnd): AmountVnd {
  const sum = first + second;
  if (!Number.isSafeInteger(sum)) throw paymentError('ERR_AMOUNT_OVERFLOW', 'input');
  return sum;
}

/** Throws ERR_AMOUNT_NOT_WHOLE for a fraction, a negative or an unsafe number. */
export function checkAmount(value: number): AmountVnd {
  if (!Number.isSafeInteger(value) || value < 0) throw paymentError('ERR_AMOUNT_NOT_WHOLE', 'usage');
  return value;
}

function isDigits(text: string): boolean {
  if (text === '') return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
