import type { JournalEntry } from '@bhxh/sdk/payments/ledger';
import type { Connection } from '../store/store.ts';

/** The journal of what leaves an account by order: disbursements, their returns, sweeps. */
export const accountUnit = (account: string): string => `*account:${account}`;

/** A movement as the own book has it. */
export interface BookedMovement {
  readonly reference: string;
  readonly direction: 'credit' | 'debit';
  readonly amount: number;
  readonly on: string;
}

/** What the own book says moved on an account, up to and including a day. */
export async function ownMovements(
  connection: Connection,
  account: string,
  to: string,
): Promise<readonly BookedMovement[]> {
  const told = await connection
    .selectFrom('bank_credit')
    .select(['reference', 'direction', 'amount', 'booking_date', 'status'])
    .where('account', '=', account)
    .where('booking_date', '<=', to)
    .where('amount', 'is not', null)
    .execute();
  const ordered = await connection
    .selectFrom('ledger_entry')
    .select('entry')
    .where('unit', '=', accountUnit(account))
    .where('on_day', '<=', to)
    .orderBy('place')
    .execute();
  // A refund stands in the journal of the unit whose money it was.
  const refunds = await connection
    .selectFrom('ledger_entry')
    .select('entry')
    .where('id', 'like', 'refund:%')
    .where('entry', 'like', `%"bank:${account}"%`)
    .where('on_day', '<=', to)
    .execute();
  const own = [...ordered, ...refunds].flatMap(({ entry: text }): BookedMovement[] => {
    const entry = JSON.parse(text) as JournalEntry;
    const posting = entry.postings.find((one) => one.account === `bank:${account}`);
    if (posting === undefined) return [];
    const isIn = posting.debit > 0;
    return [
      {
        reference: entry.sources.at(-1) ?? '',
        direction: isIn ? 'credit' : 'debit',
        amount: isIn ? posting.debit : posting.credit,
        on: entry.on,
      },
    ];
  });
  return [
    ...told.map(({ reference, direction, amount, booking_date }) => ({
      reference,
      direction,
      amount: amount ?? 0,
      on: booking_date,
    })),
    ...own,
  ];
}
