const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month (1 to 12) in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return DAYS[month - 1] ?? 0;
}

function digitsOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let position = start; position < end; position += 1) {
    const digit = bytes[position]! - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function isRealDay(year: number, month: number, day: number): boolean {
  return year >= 1800 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/**
 * The bytes as the integer yyyyMMddHHmm: 8 digits (time 0000), 12 digits, or 14 digits (seconds checked, then dropped).
 * NaN when they are not digits of such a length or not a real moment.
 */
export function parseMinute(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length !== 12 && length !== 8 && length !== 14) return NaN;
  const year = digitsOf(bytes, start, start + 4);
  const month = digitsOf(bytes, start + 4, start + 6);
  const day = digitsOf(bytes, start + 6, start + 8);
  if (!isRealDay(year, month, day)) return NaN;
  const date = year * 10_000 + month * 100 + day;
  if (length === 8) return date * 10_000;
  const hour = digitsOf(bytes, start + 8, start + 10);
  const minute = digitsOf(bytes, start + 10, start + 12);
  if (!(hour <= 23 && minute <= 59)) return NaN;
  if (length === 14 && !(digitsOf(bytes, start + 12, start + 14) <= 59)) return NaN;
  return date * 10_000 + hour * 100 + minute;
}

/** True for a date of 12 or 8 digits whose unknown day or month (and time) may be written as zeros. */
export function isPartialDate(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length !== 12 && length !== 8) return false;
  const year = digitsOf(bytes, start, start + 4);
  const month = digitsOf(bytes, start + 4, start + 6);
  const day = digitsOf(bytes, start + 6, start + 8);
  if (!(year >= 1800 && month <= 12 && day <= 31)) return false;
  if (month === 0 ? day !== 0 : day !== 0 && day > daysInMonth(year, month)) return false;
  if (length === 8) return true;
  return digitsOf(bytes, start + 8, start + 10) <= 23 && digitsOf(bytes, start + 10, start + 12) <= 59;
}

/** `yyyy-MM-dd` of a date integer yyyyMMddHHmm. */
export function isoDateOfMinute(minute: number): string {
  const date = String(Math.floor(minute / 10_000));
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
}

/** Vietnam has no daylight saving time: local time is UTC plus seven hours. */
function vietnameseTime(moment: Date): string {
  return new Date(moment.getTime() + 7 * 3_600_000).toISOString();
}

/** The date in Vietnam, `yyyy-MM-dd`. */
export function vietnameseDate(moment: Date): string {
  return vietnameseTime(moment).slice(0, 10);
}

/** The time in Vietnam as the integer yyyyMMddHHmm. */
export function vietnameseMinute(moment: Date): number {
  return Number(vietnameseTime(moment).slice(0, 16).replaceAll(/[-T:]/gu, ''));
}
