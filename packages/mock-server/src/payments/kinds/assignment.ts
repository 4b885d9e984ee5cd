import { allocate, type JournalEntry } from '@bhxh/sdk/payments/ledger';
import { isoDay } from '../../clock/vietnam-time.ts';
import { lockUnits, postEntries } from '../../ledger/post-entries.ts';
import { paymentsOf } from '../context.ts';
import type { RecordKind } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';
import { UnitBook } from '../unit-book.ts';

const KIND = 'assignment';

/** Money that waits in suspense is given to a unit by a maker and a checker, and settles what that unit owes. */
export const assignmentKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const credit = await server.store.read
      .selectFrom('bank_credit')
      .select(['bank', 'amount', 'status'])
      .where('id', '=', String(body['creditId']))
      .executeTakeFirst();
    if (credit?.amount === undefined || credit.amount === null || credit.status !== 'SUSPENSE')
      throw refusePayment('CREDIT_NOT_IN_SUSPENSE');
    const unit = await server.store.read
      .selectFrom('unit')
      .select('code')
      .where('code', '=', String(body['unitCode']))
      .executeTakeFirst();
    if (unit === undefined) throw refusePayment('UNIT_UNKNOWN');
    return {
      kind: KIND,
      office: party.code,
      bank: credit.bank,
      owner: party.code,
      madeBy: name,
      content: { ...body, amount: String(credit.amount) },
    };
  },
  act(server, record, { action }) {
    if (action !== 'approve') return Promise.resolve({});
    const { policy } = paymentsOf(server);
    const unit = String(record.content['unitCode']);
    const on = isoDay(server.clock.now());
    return Promise.resolve({
      within: async (connection) => {
        await lockUnits(connection, [unit]);
        const credit = await connection
          .updateTable('bank_credit')
          .set({ status: 'ALLOCATED', unit })
          .where('id', '=', String(record.content['creditId']))
          .where('status', '=', 'SUSPENSE')
          .returning(['key', 'amount', 'reason', 'reference'])
          .executeTakeFirst();
        if (credit?.amount === undefined || credit.amount === null)
          throw refusePayment('CREDIT_NOT_IN_SUSPENSE');
        const { key, amount, reason } = credit;
        const book = await UnitBook.open(connection, [unit], policy);
        const { lines } = allocate(amount, book.obligations(unit), policy);
        const settled = lines.reduce((sum, line) => sum + line.amount, 0);
        const release: JournalEntry = {
          id: `release:${key}`,
          kind: 'release',
          on,
          postings: [
            { account: `suspense:${reason}`, debit: amount, credit: 0 },
            { account: `carried:${unit}`, debit: 0, credit: amount },
          ],
          sources: [key, record.id, credit.reference],
        };
        const allocation: JournalEntry = {
          id: `allocation:${key}`,
          kind: 'allocation',
          on,
          postings: [
            { account: `carried:${unit}`, debit: settled, credit: 0 },
            ...lines.map((line) => ({ account: line.obligationId, debit: 0, credit: line.amount })),
          ],
          sources: [key, record.id],
          policyId: policy.id,
        };
        await postEntries(connection, [
          { unit, entries: lines.length === 0 ? [release] : [release, allocation] },
        ]);
        return undefined;
      },
    });
  },
};
