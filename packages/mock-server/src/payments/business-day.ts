import { createWorkingDays } from '@bhxh/sdk/code-lists';
import type { Specifications } from '@bhxh/sdk/specifications';
import { isoDay, vietnamTime } from '../clock/vietnam-time.ts';

export interface CutOffData {
  readonly booking: { readonly at: string };
  readonly latest: { readonly at: string };
  readonly sweep: { readonly days: readonly number[]; readonly monthEnd: boolean; readonly at: string };
  readonly statement: { readonly pageLines: number; readonly days: number };
  readonly notification: { readonly credits: number };
  readonly referenceBank: Readonly<
    Record<'debit' | 'credit' | 'validate' | 'execute' | 'return' | 'answer', number>
  >;
}

export const cutOffData = (specifications: Specifications): CutOffData =>
  specifications.payments('cut-offs') as CutOffData;

export interface BusinessDay {
  /** `yyyy-MM-dd` that what is booked now gets. */
  readonly businessDate: string;
  /** `HH:mm` of the calendar day. */
  readonly cutOff: string;
  readonly isOpen: boolean;
  readonly isExtended: boolean;
  readonly isProvisional: boolean;
}

/** The business day of a moment: the day itself before its cut-off, else the next working day. `extended` is an agreed later hour of the day. */
export function businessDay(specifications: Specifications, moment: Date, extended?: string): BusinessDay {
  const days = createWorkingDays(specifications.calendar);
  const today = isoDay(moment);
  const regular = cutOffData(specifications).booking.at;
  const cutOff = extended !== undefined && extended > regular ? extended : regular;
  const { hour, minute } = vietnamTime(moment);
  const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const isOpen = days.isWorkingDay(today) && time < cutOff;
  const next = isOpen ? { date: today, provisional: false } : days.add(today, 1);
  return {
    businessDate: next.date,
    cutOff,
    isOpen,
    isExtended: cutOff !== regular,
    isProvisional: next.provisional,
  };
}
