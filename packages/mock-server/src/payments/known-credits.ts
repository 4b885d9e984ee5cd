import type { StatementLine } from '@bhxh/sdk/payments/read';
import type { BankCreditTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';

const KEYS = 500;
const ROWS = 50;

/** Credits that were told before, as far as some entries can be about them. */
export interface KnownCredits {
  get(key: string): BankCreditTable | undefined;
  /** The movement that a reversal undoes: by the bank's number of it, else by the payer's reference and the amount. */
  originalOf(reversal: StatementLine): BankCreditTable | undefined;
  /** Another movement of the bank under the payer's same reference, for the same unit, day and amount. */
  isPossiblyDoubled(line: StatementLine, unit: string): boolean;
  add(row: BankCreditTable): void;
  markReversed(row: BankCreditTable): void;
}

export async function knownCredits(
  connection: Connection,
  lines: readonly StatementLine[],
): Promise<KnownCredits> {
  const byKey = new Map<string, BankCreditTable>();
  const byReference = new Map<string, BankCreditTable[]>();
  const add = (row: BankCreditTable): void => {
    if (byKey.has(row.key)) return;
    byKey.set(row.key, row);
    for (const name of [row.reference, row.end_to_end]) {
      if (name === '') continue;
      const rows = byReference.get(name);
      if (rows === undefined) byReference.set(name, [row]);
      else rows.push(row);
    }
  };
  const keys = [...new Set(lines.map(({ key }) => key))];
  for (let at = 0; at < keys.length; at += KEYS)
    for (const row of await connection
      .selectFrom('bank_credit')
      .selectAll()
      .where('key', 'in', keys.slice(at, at + KEYS))
      .execute())
      add(row);
  const names = [
    ...new Set(lines.flatMap((line) => [line.endToEndId, ...(line.isReversal ? [line.transactionId] : [])])),
  ].filter((name) => name !== '');
  for (let at = 0; at < names.length; at += KEYS)
    for (const row of await connection
      .selectFrom('bank_credit')
      .selectAll()
      .where((s) =>
        s.or([
          s('reference', 'in', names.slice(at, at + KEYS)),
          s('end_to_end', 'in', names.slice(at, at + KEYS)),
        ]),
      )
      .execute())
      add(row);
  return {
    get: (key) => byKey.get(key),
    originalOf(reversal) {
      const isOriginal = (row: BankCreditTable): boolean =>
        row.account === reversal.account &&
        row.direction === 'credit' &&
        row.amount === reversal.amount &&
        (row.status === 'ALLOCATED' || row.status === 'SUSPENSE' || row.status === 'REFUND');
      return (
        byReference
          .get(reversal.transactionId)
          ?.find((row) => row.reference === reversal.transactionId && isOriginal(row)) ??
        byReference.get(reversal.endToEndId)?.find(isOriginal)
      );
    },
    isPossiblyDoubled: (line, unit) =>
      line.endToEndId !== '' &&
      (byReference.get(line.endToEndId) ?? []).some(
        (row) =>
          row.end_to_end === line.endToEndId &&
          row.unit === unit &&
          row.amount === line.amount &&
          row.booking_date === line.bookingDate &&
          row.status === 'ALLOCATED',
      ),
    add,
    markReversed(row) {
      row.status = 'REVERSED';
    },
  };
}

/** Stores what a message told for the first time, and says so to whoever listens. */
export async function keepCredits(
  connection: Connection,
  rows: readonly BankCreditTable[],
  at: Date,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) {
    const some = rows.slice(from, from + ROWS);
    await connection.insertInto('bank_credit').values(some).execute();
    await connection
      .insertInto('event')
      .values(
        some.map(({ id, unit, amount, reference, status }) => ({
          at: at.getTime(),
          type: status === 'REVERSAL' ? 'payment.reversed' : 'payment.received',
          facility: null,
          subject: id,
          data: JSON.stringify({ unit, amount: amount === null ? null : String(amount), reference, status }),
        })),
      )
      .execute();
  }
}
