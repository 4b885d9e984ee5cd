import type { JournalEntry, Ledger } from '@bhxh/sdk/payments/ledger';
import { monthAfter } from '../register/stretches.ts';
import { periodOf } from './obligations.ts';

/** A month that was closed for a unit; entries at `place` and after it were posted later. */
export interface Closing {
  readonly month: string;
  readonly place: number;
}

/**
 * Every entry with the month whose statement shows it: the period it names or the month of its day, and never one that was
 * closed before it was posted, so that a statement that was sent stays true.
 *
 * @param closings of the unit, by month
 */
export function* bookedEntries(
  ledger: Ledger,
  closings: readonly Closing[],
): Generator<readonly [JournalEntry, string]> {
  let place = 0;
  for (const entry of ledger.entries()) {
    let booked = periodOf(entry) ?? entry.on.slice(0, 7);
    for (const closing of closings)
      if (closing.place <= place && closing.month >= booked) booked = monthAfter(closing.month);
    yield [entry, booked];
    place += 1;
  }
}
