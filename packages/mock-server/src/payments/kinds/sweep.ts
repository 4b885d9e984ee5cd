import type { JournalEntry } from '@bhxh/sdk/payments/ledger';
import { createWorkingDays } from '@bhxh/sdk/code-lists';
import type { Specifications } from '@bhxh/sdk/specifications';
import { isoDay, startOfDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { postEntries } from '../../ledger/post-entries.ts';
import type { BankAccountTable } from '../../store/payment-tables.ts';
import type { Connection } from '../../store/store.ts';
import { balanceOn, keepMovements } from '../bank-book.ts';
import { businessDay, cutOffData } from '../business-day.ts';
import { accountUnit } from '../own-book.ts';
import { ownAccount } from '../parties.ts';
import { createRecord, type Content } from '../records.ts';
import type { RecordKind } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';

const KIND = 'sweep';

interface SweepRule {
  readonly keep: number;
  readonly threshold: number;
}

interface Sweep extends Content {
  readonly state: 'DONE' | 'NOTHING_TO_SWEEP';
  readonly content: Content;
  book(connection: Connection, id: string): Promise<void>;
}

/** What there is to sweep now, and the movements that do it: out of the lower account, into the upper one. */
async function planSweep(
  server: ServerContext,
  connection: Connection,
  account: BankAccountTable,
  { keep, threshold }: SweepRule,
): Promise<Sweep> {
  const upper = account.upper;
  if (upper === null) throw refusePayment('ACCOUNT_UNKNOWN');
  const now = server.clock.now();
  const { businessDate } = businessDay(server.specifications, now);
  const before = await balanceOn(connection, account);
  const amount = before > threshold ? Math.max(0, before - keep) : 0;
  const content = {
    account: account.number,
    keep: String(keep),
    threshold: String(threshold),
    toAccount: upper,
    amount: String(amount),
    balanceBefore: String(before),
    balanceAfter: String(before - amount),
  };
  if (amount === 0)
    return {
      state: 'NOTHING_TO_SWEEP',
      content: { ...content, reference: null },
      book: () => Promise.resolve(),
    };
  return {
    state: 'DONE',
    content,
    async book(connectionOfWrite, id) {
      const movement = {
        reference: `SW${id}`,
        bookingDate: businessDate,
        valueDate: isoDay(now),
        isReversal: false,
        amount,
        text: `CHUYEN TIEN THU ${id}`,
        counterparty: '',
        endToEndId: id,
      };
      await keepMovements(
        connectionOfWrite,
        [
          { ...movement, account: account.number, direction: 'debit' },
          { ...movement, account: upper, direction: 'credit' },
        ],
        now,
      );
      const entry = (own: string, isIn: boolean): JournalEntry => ({
        id: `sweep:${id}:${own}`,
        kind: 'disbursement',
        on: businessDate,
        postings: [
          { account: `bank:${own}`, debit: isIn ? amount : 0, credit: isIn ? 0 : amount },
          { account: `sweep:${account.bank}`, debit: isIn ? 0 : amount, credit: isIn ? amount : 0 },
        ],
        sources: [id, `SW${id}`],
      });
      await postEntries(connectionOfWrite, [
        { unit: accountUnit(account.number), entries: [entry(account.number, false)] },
        { unit: accountUnit(upper), entries: [entry(upper, true)] },
      ]);
    },
  };
}

export const sweepKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const account = await ownAccount(server.store.read, party, String(body['account']));
    if (account.status !== 'open') throw refusePayment('ACCOUNT_CLOSED');
    const rule = { keep: Number(body['keep'] ?? 0), threshold: Number(body['threshold'] ?? 0) };
    const sweep = await planSweep(server, server.store.read, account, rule);
    return {
      kind: KIND,
      office: account.office,
      bank: account.bank,
      owner: party.code,
      madeBy: name,
      state: sweep.state,
      content: sweep.content,
      within: async (connection, { id }) => {
        await server.store.lock(connection, `sweep ${account.number}`);
        const again = await planSweep(server, connection, account, rule);
        await again.book(connection, id);
        return { ...again.content, reference: again.state === 'DONE' ? `SW${id}` : null };
      },
    };
  },
};

/** The next moment of the sweep calendar: its days of the month and the month's end, on working days. */
export function nextSweep(specifications: Specifications, after: Date): Date {
  const { days, monthEnd, at } = cutOffData(specifications).sweep;
  const calendar = createWorkingDays(specifications.calendar);
  const time = (Number(at.slice(0, 2)) * 60 + Number(at.slice(3, 5))) * 60_000;
  for (let offset = 0; ; offset += 1) {
    const noon = new Date(after.getTime() + offset * 86_400_000);
    const day = isoDay(noon);
    const date = Number(day.slice(8));
    const isEnd = isoDay(new Date(noon.getTime() + 86_400_000)).slice(8) === '01';
    if (!days.includes(date) && !(monthEnd && isEnd)) continue;
    const working = calendar.isWorkingDay(day) ? day : calendar.add(day, 1).date;
    const moment = new Date(startOfDay(working).getTime() + time);
    if (moment > after) return moment;
  }
}

/** Sweeps a collection account by the calendar; the job that asked for it goes in the same transaction. */
export async function sweepBySchedule(
  server: ServerContext,
  connection: Connection,
  number: string,
): Promise<void> {
  const account = await connection
    .selectFrom('bank_account')
    .selectAll()
    .where('number', '=', number)
    .executeTakeFirst();
  if (account?.upper === undefined || account.upper === null || account.status !== 'open') return;
  await server.store.lock(connection, `sweep ${number}`);
  const sweep = await planSweep(server, connection, account, { keep: 0, threshold: 0 });
  if (sweep.state === 'NOTHING_TO_SWEEP') return;
  const record = await createRecord(server, connection, {
    kind: KIND,
    office: account.office,
    bank: account.bank,
    owner: account.bank,
    madeBy: 'server',
    state: sweep.state,
    content: { ...sweep.content, reference: null },
  });
  await sweep.book(connection, record.id);
  await connection
    .updateTable('payment_record')
    .set({ content: JSON.stringify({ ...sweep.content, reference: `SW${record.id}` }) })
    .where('id', '=', record.id)
    .execute();
}
