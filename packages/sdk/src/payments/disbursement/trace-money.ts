import type { JournalEntry, Ledger } from '../ledger.ts';

/** One voucher with everything that was posted for it, from its document to the last return. */
export interface MoneyTrail {
  readonly voucher: string;
  readonly documents: readonly string[];
  readonly entries: readonly JournalEntry[];
  /** Paid less come back. */
  readonly paidOut: number;
  /** Still owed to the payee. */
  readonly open: number;
}

const PAYABLE = 'payable:';

/**
 * Follows money both ways: from a document (a settlement 01/BH, a decision C70a or one of its rows), a voucher, a line, a
 * batch, the bank's number of the payment or the number of a return, to all that belongs to it. Empty when nothing cites it.
 */
export function traceMoney(ledger: Ledger, id: string): readonly MoneyTrail[] {
  const vouchers = new Set<string>();
  const own = ledger.get(`voucher:${id}`);
  for (const { postings } of [...(own === undefined ? [] : [own]), ...ledger.citing(id)])
    for (const { account } of postings)
      if (account.startsWith(PAYABLE)) vouchers.add(account.slice(PAYABLE.length));
  return [...vouchers].map((voucher) => {
    const entries = ledger.explain(`${PAYABLE}${voucher}`);
    const open = ledger.balance(`${PAYABLE}${voucher}`);
    let paidOut = 0;
    for (const { kind, postings } of entries)
      for (const { account, debit, credit } of postings)
        if (account === `${PAYABLE}${voucher}` && (kind === 'disbursement' || kind === 'return'))
          paidOut += debit - credit;
    const documents = entries.find(({ kind }) => kind === 'voucher' || kind === 'refund')?.sources ?? [];
    return { voucher, documents, entries, paidOut, open };
  });
}
