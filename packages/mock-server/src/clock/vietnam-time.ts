/** Vietnam keeps UTC+7 the whole year, so wall-clock fields are plain integer arithmetic on UTC. */
const OFFSET = 7 * 3_600_000;

export interface VietnamTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export function vietnamTime(moment: Date): VietnamTime {
  const local = new Date(moment.getTime() + OFFSET);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `yyyyMMddHHmmss`, as `thoiGianTiepNhan` is written. */
export function compactTime(moment: Date): string {
  const t = vietnamTime(moment);
  return `${t.year}${two(t.month)}${two(t.day)}${two(t.hour)}${two(t.minute)}${two(t.second)}`;
}

/** `yyyyMMdd`. */
export function compactDay(moment: Date): string {
  return compactTime(moment).slice(0, 8);
}

/** `yyyy-MM-dd`. */
export function isoDay(moment: Date): string {
  const t = vietnamTime(moment);
  return `${t.year}-${two(t.month)}-${two(t.day)}`;
}

/** Start of a Vietnamese day given as `yyyy-MM-dd`. */
export function startOfDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) - OFFSET);
}

/** `dd/MM/yyyy` of a compact day (`yyyyMMdd`); parts that are unknown (`00`) are left out from the left. */
export function slashDay(day: string | null): string | null {
  if (day === null || day.length < 8) return null;
  const [year, month, date] = [day.slice(0, 4), day.slice(4, 6), day.slice(6, 8)];
  if (month === '00') return year;
  return date === '00' ? `${month}/${year}` : `${date}/${month}/${year}`;
}
