import type { Specifications } from '../specifications/index.ts';
import { dayStart, minutesPerDay } from './calendar.ts';
import type { Minute } from './calendar.ts';

export interface DateRange {
  readonly first: Minute;
  readonly last: Minute;
}

export interface DateRangeOptions {
  /** All episodes end on this day, `yyyy-MM-dd`; instead of `from` and `to`. */
  readonly date?: string;
  /** First and last day on which episodes end. */
  readonly from?: string;
  readonly to?: string;
  /** Use this standard whatever the date. */
  readonly ruleset?: string;
}

const defaultFrom = '2026-08-01';
const defaultTo = '2026-10-31';
const threeMonths = 91;

/** When a standard is in force as the timeline's own choice, or accepted as an alternative. */
function stretchOf(
  specifications: Specifications,
  ruleset: string,
): { readonly from: string; readonly to: string | null } | undefined {
  const timeline = specifications.timeline();
  return (
    timeline.find((entry) => entry.ruleset === ruleset) ??
    timeline.flatMap((entry) => entry.alternatives ?? []).find((entry) => entry.ruleset === ruleset)
  );
}

/** The days on which episodes end: those asked for, else the last three months of the standard asked for, else 2026. */
export function dateRange(specifications: Specifications, options: DateRangeOptions): DateRange {
  if (options.date !== undefined) return { first: dayStart(options.date), last: dayStart(options.date) };
  if (options.from !== undefined || options.to !== undefined) {
    return {
      first: dayStart(options.from ?? options.to ?? defaultFrom),
      last: dayStart(options.to ?? options.from ?? defaultTo),
    };
  }
  const stretch = options.ruleset === undefined ? undefined : stretchOf(specifications, options.ruleset);
  // A standard without an end is in force today, or announced: then its own dates lie ahead, where no episode has ended.
  if (stretch === undefined || stretch.to === null) {
    return { first: dayStart(defaultFrom), last: dayStart(defaultTo) };
  }
  const start = dayStart(stretch.from);
  const last = dayStart(stretch.to);
  return { first: Math.max(start, last - threeMonths * minutesPerDay), last };
}
