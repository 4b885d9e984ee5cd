import { allocationData, refundEntry, type JournalEntry } from '@bhxh/sdk/payments/ledger';
import { isoDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { lockUnits, postEntries } from '../../ledger/post-entries.ts';
import type { Connection } from '../../store/store.ts';
import { keepMovements } from '../bank-book.ts';
import { businessDay } from '../business-day.ts';
import { paymentsOf } from '../context.ts';
import { ownAccount } from '../parties.ts';
import type { PaymentRecord } from '../records.ts';
import type { RecordKind } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';
import { SUSPENSE_UNIT, UnitBook } from '../unit-book.ts';

const KIND = 'refund';

/** The entry of a refund: out of what a unit has carried, or of one credit in suspense. */
async function entryOf(
  server: ServerContext,
  connection: Connection,
  { id, content }: PaymentRecord,
  on: string,
): Promise<{ readonly unit: string; readonly entry: JournalEntry }> {
  const amount = Number(content['amount']);
  const [reason, decision] = [String(content['reason']), String(content['decision'])];
  const bankAccount = String(content['account']);
  if (content['unitCode'] !== undefined) {
    const unitCode = String(content['unitCode']);
    await lockUnits(connection, [unitCode]);
    const book = await UnitBook.open(connection, [unitCode], paymentsOf(server).policy);
    if (book.balance(unitCode, `carried:${unitCode}`) < amount) throw refusePayment('REFUND_TOO_MUCH');
    return {
      unit: unitCode,
      entry: refundEntry({ id, unitCode, bankAccount, amount, on }, reason, decision),
    };
  }
  await lockUnits(connection, [SUSPENSE_UNIT]);
  const credit = await connection
    .updateTable('bank_credit')
    .set({ status: 'REFUND' })
    .where('id', '=', String(content['creditId']))
    .where('status', '=', 'SUSPENSE')
    .where('amount', '=', amount)
    .returning(['key', 'reason'])
    .executeTakeFirst();
  if (credit === undefined) throw refusePayment('CREDIT_NOT_IN_SUSPENSE');
  return {
    unit: SUSPENSE_UNIT,
    entry: {
      id: `refund:${id}`,
      kind: 'refund',
      on,
      postings: [
        { account: `suspense:${credit.reason}`, debit: amount, credit: 0 },
        { account: `bank:${bankAccount}`, debit: 0, credit: amount },
      ],
      sources: [decision, credit.key],
      reason,
    },
  };
}

/** Money goes back to whoever paid it, for one of the five reasons, by a decision C16-TS: maker, checker, director. */
export const refundKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const { refundReasons } = allocationData(server.specifications);
    if (!refundReasons.some(({ code }) => code === body['reason'])) throw refusePayment('REASON_UNKNOWN');
    if ((body['unitCode'] === undefined) === (body['creditId'] === undefined))
      throw refusePayment('PURPOSE_FIELDS');
    const account = await ownAccount(server.store.read, party, String(body['account']));
    return {
      kind: KIND,
      office: party.code,
      bank: account.bank,
      owner: party.code,
      madeBy: name,
      content: body,
    };
  },
  act(server, record, { action }) {
    if (action !== 'approve') return Promise.resolve({});
    const now = server.clock.now();
    const on = businessDay(server.specifications, now).businessDate;
    return Promise.resolve({
      within: async (connection) => {
        const { unit, entry } = await entryOf(server, connection, record, on);
        // The last source is how the bank numbers the movement.
        const booked = { ...entry, sources: [...entry.sources, `HT${record.id}`] };
        await postEntries(connection, [{ unit, entries: [booked] }]);
        await keepMovements(
          connection,
          [
            {
              account: String(record.content['account']),
              reference: `HT${record.id}`,
              bookingDate: on,
              valueDate: isoDay(now),
              direction: 'debit',
              isReversal: false,
              amount: Number(record.content['amount']),
              text: `HOAN TRA ${String(record.content['decision'])}`,
              counterparty: '',
              endToEndId: record.id,
            },
          ],
          now,
        );
        return undefined;
      },
    });
  },
};
