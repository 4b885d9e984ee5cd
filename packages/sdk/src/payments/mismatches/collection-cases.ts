import type { CreditReview } from '../review-credit.ts';
import type { DayDraft, Drawn } from './day-draft.ts';
import { dayLater } from './random-numbers.ts';

/** Cases of a credit: its text, its amount, its day, and how often it is told. */
export const collectionCases = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 26, 27, 28] as const;
export type CollectionCase = (typeof collectionCases)[number];

/** An account that no office holds. */
const strangeAccount = '9999000099';
const fee = 1100;

/** Code of an office before the mergers of 2025. */
export function oldOffice(code: string): string {
  return `9909${code.slice(-1)}`;
}

export function drawCredit(draft: DayDraft, kind: CollectionCase | undefined, { unit, row }: Drawn): void {
  const { reference, text, amount: owed } = row;
  const spoilt = (
    changed: string,
    decision: CreditReview['decision'],
    reason: CreditReview['reason'],
  ): void => {
    draft.addBoth({ ...row, text: changed });
    draft.reviews.set(reference, { decision, reason });
  };
  switch (kind) {
    case 1:
      return spoilt(text.replace(unit.unitCode, 'ZZ9999X'), 'suspense', 'unit-unknown');
    case 2:
      return spoilt(text.replace(unit.officeCode, '99077'), 'suspense', 'office-mismatch');
    case 3:
      return spoilt(text.replace(unit.officeCode, '202601'), 'assign', 'text-recovered');
    case 4:
      return spoilt(`+BHXH+103+00+${unit.unitCode}`, 'assign', 'text-recovered');
    case 5:
      return spoilt(draft.random() < 0.5 ? '' : 'nop BHXH thang 1', 'suspense', 'text-unreadable');
    case 6:
      draft.addBoth(row);
      draft.expect('DUPLICATE_IN_BOOK', [], [draft.addBook(row)], 0, owed);
      return;
    case 7: {
      const second = { ...row, reference: `${reference}B` };
      draft.addBoth(row);
      draft.addBoth(second);
      draft.expect('DOUBLE_PAYMENT', [second.reference], [], 0, 0);
      return;
    }
    case 8:
      draft.addBoth(row);
      draft.addBoth({ ...row, reference: `${reference}B`, order: `${row.order}B` });
      return;
    case 9:
    case 10:
      draft.addBoth({ ...row, amount: owed + (kind === 9 ? -1000 : 1000) });
      draft.reviews.set(reference, { decision: 'assign', reason: kind === 9 ? 'underpaid' : 'overpaid' });
      return;
    case 11:
      return reversed(draft, { unit, row });
    case 12:
      draft.statement.push({ ...row, valueDay: lastDayBefore(draft.day) });
      draft.expect(
        'LATE_POSTING',
        [reference],
        [draft.addBook(row, { day: lastDayBefore(draft.day) })],
        owed,
        owed,
      );
      return;
    case 13:
      draft.statement.push(row);
      draft.expect(
        'AMOUNT_DIFFERS',
        [reference],
        [draft.addBook(row, { amount: owed + 10 })],
        owed,
        owed + 10,
      );
      return;
    case 14:
      draft.statement.push(row);
      draft.expect('FEE_NETTED', [reference], [draft.addBook(row, { amount: owed + fee })], owed, owed + fee);
      return;
    case 15:
      if (draft.random() < 0.5) {
        draft.statement.push(row);
        draft.expect('MISSING_IN_BOOK', [reference], [], owed, 0);
      } else draft.expect('MISSING_AT_BANK', [], [draft.addBook(row)], 0, owed);
      return;
    case 16:
      draft.addBoth({ ...row, account: strangeAccount });
      draft.reviews.set(reference, { decision: 'suspense', reason: 'account-unknown' });
      return;
    case 26:
      return spoilt(text.replace(unit.officeCode, oldOffice(unit.officeCode)), 'assign', 'office-renamed');
    case 27:
      draft.statement.push({ ...row, isForeign: true });
      draft.expect('UNREADABLE_AMOUNT', [reference], [], 0, 0);
      return;
    case 28:
      return spoilt('BHXH+103 hoan', 'refund', '');
    default:
      draft.addBoth(row);
  }
}

/** The bank takes a credit back: on its own day, on the next one, or after it was allocated on an earlier day. */
function reversed(draft: DayDraft, { unit, row }: Pick<Drawn, 'unit' | 'row'>): void {
  const back = { ...row, order: '', direction: 'debit' as const, isReversal: true, text: '' };
  const when = Math.floor(draft.random() * 3);
  if (when === 2)
    draft.earlier.push({ reference: row.reference, unitCode: unit.unitCode, amount: row.amount });
  else draft.addBoth(row);
  const day = when === 1 ? dayLater(draft.day, 1) : draft.day;
  draft.statement.push({ ...back, day, valueDay: day });
  draft.expect('REVERSED_AT_BANK', [row.reference], [], -row.amount, 0);
}

/** The last day of the month before. */
function lastDayBefore(day: string): string {
  return dayLater(`${day.slice(0, 8)}01`, -1);
}
