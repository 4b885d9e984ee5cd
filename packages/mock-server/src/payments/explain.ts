import type { JournalEntry } from '@bhxh/sdk/payments/ledger';
import type { BankCreditTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';

/** Journal entries of a credit, its undoing and its later assignment included, in the order of posting. */
export async function entriesAbout(
  connection: Connection,
  credit: Pick<BankCreditTable, 'key'>,
): Promise<readonly JournalEntry[]> {
  const own = ['receipt', 'allocation', 'suspense', 'release'].map((kind) => `${kind}:${credit.key}`);
  const rows = await connection
    .selectFrom('ledger_entry')
    .select(['entry', 'place', 'unit'])
    .where('id', 'in', [...own, ...own.map((id) => `reversal:${id}`)])
    .orderBy('unit')
    .orderBy('place')
    .execute();
  return rows.map(({ entry }) => JSON.parse(entry) as JournalEntry);
}

export interface ExplainedAccount {
  /** Credits less debits. */
  readonly balance: number;
  readonly entries: readonly JournalEntry[];
  readonly hasMore: boolean;
}

const PAGE = 1_000;

/** Where the figure of a ledger account comes from. */
export async function explainAccount(
  connection: Connection,
  account: string,
  limit: number,
): Promise<ExplainedAccount> {
  let balance = 0;
  const entries: JournalEntry[] = [];
  let hasMore = false;
  // The name stands in the entry's text as JSON has it; what the pattern finds too much is left out below.
  const pattern = `%${JSON.stringify(account)}%`;
  let after: { unit: string; place: number } | undefined;
  for (;;) {
    let rows = connection
      .selectFrom('ledger_entry')
      .select(['unit', 'place', 'entry'])
      .where((s) => s('entry', 'like', pattern));
    const from = after;
    if (from !== undefined)
      rows = rows.where((s) =>
        s.or([s('unit', '>', from.unit), s.and([s('unit', '=', from.unit), s('place', '>', from.place)])]),
      );
    const page = await rows.orderBy('unit').orderBy('place').limit(PAGE).execute();
    for (const { entry: text } of page) {
      const entry = JSON.parse(text) as JournalEntry;
      const own = entry.postings.filter((posting) => posting.account === account);
      if (own.length === 0) continue;
      balance += own.reduce((sum, { debit, credit }) => sum + credit - debit, 0);
      if (entries.length < limit) entries.push(entry);
      else hasMore = true;
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return { balance, entries, hasMore };
    after = { unit: last.unit, place: last.place };
  }
}

/** Whole đồng as text, so that no client reads them as floats. */
export function showEntry(entry: JournalEntry): Readonly<Record<string, unknown>> {
  return {
    ...entry,
    postings: entry.postings.map(({ account, debit, credit }) => ({
      account,
      debit: String(debit),
      credit: String(credit),
    })),
  };
}
