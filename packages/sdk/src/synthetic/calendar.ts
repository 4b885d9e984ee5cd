/** A point in local time as whole minutes since 1970-01-01 00:00; no time zone is involved. */
export type Minute = number;

export const minutesPerDay = 1440;

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** Minutes of a calendar day `yyyy-MM-dd` (or `yyyyMMdd`) at 00:00. */
export function dayStart(date: string): Minute {
  const plain = date.replaceAll('-', '');
  return (
    Date.UTC(Number(plain.slice(0, 4)), Number(plain.slice(4, 6)) - 1, Number(plain.slice(6, 8))) / 60_000
  );
}

/** The wire form `yyyyMMddHHmm`. */
export function stamp(minute: Minute): string {
  const date = new Date(minute * 60_000);
  return `${day(minute)}${digits(date.getUTCHours(), 2)}${digits(date.getUTCMinutes(), 2)}`;
}

/** The wire form `yyyyMMdd`. */
export function day(minute: Minute): string {
  const date = new Date(minute * 60_000);
  return `${digits(date.getUTCFullYear(), 4)}${digits(date.getUTCMonth() + 1, 2)}${digits(date.getUTCDate(), 2)}`;
}

/** The form `yyyy-MM-dd`, in which specifications write dates. */
export function isoDay(minute: Minute): string {
  const plain = day(minute);
  return `${plain.slice(0, 4)}-${plain.slice(4, 6)}-${plain.slice(6, 8)}`;
}

/** Midnight of the day of `minute`. */
export function midnight(minute: Minute): Minute {
  return Math.floor(minute / minutesPerDay) * minutesPerDay;
}

/** Minutes of a wire time `yyyyMMddHHmm`. */
export function fromStamp(value: string): Minute {
  return dayStart(value.slice(0, 8)) + Number(value.slice(8, 10)) * 60 + Number(value.slice(10, 12));
}

/** `value` moved by so many minutes, in the wire form. */
export function shifted(value: string, minutes: number): string {
  return stamp(fromStamp(value) + minutes);
}

/** `value` (8 digits) moved by so many days. */
export function shiftedDay(value: string, days: number): string {
  return day(dayStart(value) + days * minutesPerDay);
}
