import type { CalendarData } from '../specifications/index.ts';

export interface DueDate {
  /** `yyyy-MM-dd`. */
  readonly date: string;
  /** True when the count crosses days that may still change, or years the calendar does not cover. */
  readonly provisional: boolean;
}

export interface WorkingDays {
  isWorkingDay(date: string): boolean;
  /** The day on which a deadline of so many working days ends; the count starts the day after the event. `days` may be 0: the event's own day. */
  add(date: string, days: number): DueDate;
  /** Working days after `from` up to and including `to`; 0 when `to` is not later. */
  between(from: string, to: string): number;
}

const dayMilliseconds = 86_400_000;
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMilliseconds;
const textOf = (day: number): string => new Date(day * dayMilliseconds).toISOString().slice(0, 10);
/** ISO weekday of a day number since 1970-01-01, a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** The civil-service calendar: weekdays without holidays and swapped days, plus the weekend days worked for them. */
export function createWorkingDays(calendar: CalendarData): WorkingDays {
  const off = new Set([
    ...calendar.holidays.map(({ date }) => date),
    ...calendar.swaps.map((swap) => swap.off),
  ]);
  const worked = new Set(calendar.swaps.map((swap) => swap.work));
  const weekdays = new Set(calendar.workingWeekdays);
  const isWorking = (day: number): boolean => {
    const date = textOf(day);
    return worked.has(date) || (weekdays.has(weekdayOf(day)) && !off.has(date));
  };
  const isProvisional = (from: string, to: string): boolean =>
    from < calendar.covered.from ||
    to > calendar.covered.to ||
    calendar.provisional.some((stretch) => stretch.from <= to && from <= stretch.to);
  return {
    isWorkingDay: (date) => isWorking(dayOf(date)),
    add(date, days) {
      let day = dayOf(date);
      for (let left = days; left > 0;) {
        day += 1;
        if (isWorking(day)) left -= 1;
      }
      const due = textOf(day);
      return { date: due, provisional: days > 0 && isProvisional(textOf(dayOf(date) + 1), due) };
    },
    between(from, to) {
      let count = 0;
      for (let day = dayOf(from) + 1, last = dayOf(to); day <= last; day += 1) if (isWorking(day)) count += 1;
      return count;
    },
  };
}
