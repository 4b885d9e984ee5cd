import { sql } from 'kysely';
import type { BankAccountTable, BankMovementTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';

/** A movement of an account in the reference bank's own book. */
export interface Movement {
  readonly account: string;
  readonly reference: string;
  readonly bookingDate: string;
  readonly valueDate: string;
  readonly direction: 'credit' | 'debit';
  readonly isReversal: boolean;
  readonly amount: number;
  readonly text: string;
  readonly counterparty: string;
  readonly endToEndId: string;
}

const ROWS = 50;
/** Movements of one moment are told apart by their place within it. */
const PER_MILLISECOND = 1_000;

/** Books movements, each number of an account once. */
export async function keepMovements(
  connection: Connection,
  movements: readonly Movement[],
  at: Date,
): Promise<void> {
  const rows = movements.map((movement, index): BankMovementTable => ({
    account: movement.account,
    reference: movement.reference,
    place: at.getTime() * PER_MILLISECOND + (index % PER_MILLISECOND),
    booking_date: movement.bookingDate,
    value_date: movement.valueDate,
    direction: movement.direction,
    is_reversal: movement.isReversal ? 1 : 0,
    amount: movement.amount,
    text: movement.text,
    counterparty: movement.counterparty,
    end_to_end: movement.endToEndId,
  }));
  for (let from = 0; from < rows.length; from += ROWS)
    await connection
      .insertInto('bank_movement')
      .values(rows.slice(from, from + ROWS))
      .onConflict((conflict) => conflict.columns(['account', 'reference']).doNothing())
      .execute();
}

/** Balance at the end of a day; without a day, of everything booked. */
export async function balanceOn(
  connection: Connection,
  account: BankAccountTable,
  day?: string,
): Promise<number> {
  let query = connection
    .selectFrom('bank_movement')
    .select(
      sql<number>`coalesce(sum(case when direction = 'credit' then amount else -amount end), 0)`.as('sum'),
    )
    .where('account', '=', account.number);
  if (day !== undefined) query = query.where('booking_date', '<=', day);
  const row = await query.executeTakeFirstOrThrow();
  return account.opening + Number(row.sum);
}

export async function movementsBetween(
  connection: Connection,
  account: string,
  from: string,
  to: string,
): Promise<readonly BankMovementTable[]> {
  return await connection
    .selectFrom('bank_movement')
    .selectAll()
    .where('account', '=', account)
    .where('booking_date', '>=', from)
    .where('booking_date', '<=', to)
    .orderBy('booking_date')
    .orderBy('place')
    .orderBy('reference')
    .execute();
}
