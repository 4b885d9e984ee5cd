/** Dates as the integers of `Row.minute` (yyyyMMddHHmm); day arithmetic in the proleptic Gregorian calendar. */

/** The day of a minute, as yyyyMMdd. */
export const dayOf = (minute: number): number => Math.floor(minute / 10_000);

/** Days since 0000-03-01 of a yyyyMMdd day: differences count calendar days. */
export function dayNumber(day: number): number {
  const dayOfMonth = day % 100;
  const month = Math.floor(day / 100) % 100;
  const year = Math.floor(day / 10_000) - (month <= 2 ? 1 : 0);
  const monthFromMarch = (month + 9) % 12;
  return (
    year * 365 +
    Math.floor(year / 4) -
    Math.floor(year / 100) +
    Math.floor(year / 400) +
    Math.floor((153 * monthFromMarch + 2) / 5) +
    dayOfMonth
  );
}

/** Minutes since 0000-03-01 00:00: differences count minutes. */
export function minuteNumber(minute: number): number {
  return dayNumber(dayOf(minute)) * 1440 + (Math.floor(minute / 100) % 100) * 60 + (minute % 100);
}

/** The value of `yyyyMMdd` or `yyyyMMddHHmm` text as yyyyMMddHHmm, or undefined when it is no real date. */
export function parseMinute(text: string): number | undefined {
  if (!/^\d{8}(\d{4})?$/u.test(text)) return undefined;
  const day = Number(text.slice(0, 8));
  const time = text.length === 12 ? Number(text.slice(8)) : 0;
  if (!isRealDay(day) || time % 100 > 59 || time >= 2400) return undefined;
  return day * 10_000 + time;
}

const monthLengths: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isRealDay(day: number): boolean {
  const dayOfMonth = day % 100;
  const month = Math.floor(day / 100) % 100;
  const year = Math.floor(day / 10_000);
  if (year < 1 || month < 1 || month > 12 || dayOfMonth < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return dayOfMonth <= (monthLengths[month - 1] as number) + (month === 2 && leap ? 1 : 0);
}

/** 20250701 → `2025-07-01`. */
export function isoOfDay(day: number): string {
  const text = String(day).padStart(8, '0');
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}
