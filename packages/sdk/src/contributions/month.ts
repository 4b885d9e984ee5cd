import { contributionError } from './contribution-error.ts';
import type { AmountVnd, Month } from './types.ts';

/** First day of a month as `yyyy-MM-dd`. Throws `ERR_MONTH_INVALID`. */
export function firstDayOf(month: Month): string {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month))
    throw contributionError('ERR_MONTH_INVALID', 'usage', { month });
  return `${month}-01`;
}

/** Every month from the first to the last, both included. */
export function monthsBetween(first: Month, last: Month): readonly Month[] {
  firstDayOf(first);
  firstDayOf(last);
  const months: Month[] = [];
  let year = Number(first.slice(0, 4));
  let month = Number(first.slice(5));
  for (;;) {
    const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
    if (text > last) return months;
    months.push(text);
    month += 1;
    if (month > 12) {
      month = 1;
      year += 1;
    }
  }
}

const most = 1_000_000_000_000;

/** Refuses what is no amount of whole đồng. Throws `ERR_AMOUNT_INVALID`. */
export function checkAmount(value: AmountVnd): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > most)
    throw contributionError('ERR_AMOUNT_INVALID', 'input', { value: String(value) });
}
