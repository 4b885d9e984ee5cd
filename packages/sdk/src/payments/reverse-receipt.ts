import { credit, debit, type JournalEntry, type Ledger } from './ledger.ts';
import { paymentError } from './payment-error.ts';

/**
 * Undoes a credit that the bank took back: its allocation, its release from suspense and the receipt itself, by mirror
 * entries. What the unit had too much and settled with since is undone too, latest first; what was given back already has to
 * be recovered from it (`recover:…`). So no account of a unit ever falls below nothing. Doing it again changes nothing.
 *
 * @throws BhxhError ERR_LEDGER_REVERSAL without the receipt, or when a credit in suspense was refunded.
 */
export function reverseReceipt(ledger: Ledger, key: string, on: string, source: string): void {
  const receipt = ledger.get(`receipt:${key}`) ?? ledger.get(`suspense:${key}`);
  if (receipt === undefined)
    throw paymentError('ERR_LEDGER_REVERSAL', 'rejected', { entry: `receipt:${key}` });
  const refund = ledger
    .citing(key)
    .find(({ id, kind }) => kind === 'refund' && ledger.reversalOf(id) === undefined);
  if (refund !== undefined && ledger.reversalOf(receipt.id) === undefined)
    throw paymentError('ERR_LEDGER_REVERSAL', 'rejected', { entry: refund.id });
  const undo = (entry: JournalEntry | undefined): void => {
    if (entry !== undefined && ledger.reversalOf(entry.id) === undefined)
      ledger.reverse(entry.id, { id: `reversal:${entry.id}`, on, sources: [source] });
  };
  const release = ledger.get(`release:${key}`);
  const account = (release ?? receipt).postings.find(({ account: one }) =>
    one.startsWith('carried:'),
  )?.account;
  undo(ledger.get(`allocation:${key}`));
  // Money is given back before it is taken away, so that nothing is negative in between.
  if (account !== undefined)
    makeRoom(ledger, account, { amount: amountOn(receipt, account, release), on, source, key }, undo);
  undo(release);
  undo(receipt);
}

function amountOn(receipt: JournalEntry, account: string, release: JournalEntry | undefined): number {
  const { postings } = release ?? receipt;
  return postings.find((posting) => posting.account === account)?.credit ?? 0;
}

function makeRoom(
  ledger: Ledger,
  account: string,
  taken: { readonly amount: number; readonly on: string; readonly source: string; readonly key: string },
  undo: (entry: JournalEntry) => void,
): void {
  const { amount, on, source, key } = taken;
  const recovery = `recovery:${key}`;
  const isDone =
    ledger.reversalOf(`receipt:${key}`) !== undefined || ledger.reversalOf(`release:${key}`) !== undefined;
  if (isDone) return;
  for (const entry of ledger.explain(account).toReversed())
    if (entry.kind === 'carry' && ledger.balance(account) < amount) undo(entry);
  const short = amount - ledger.balance(account);
  if (short > 0)
    ledger.post({
      id: recovery,
      kind: 'recovery',
      on,
      postings: [debit(account.replace('carried:', 'recover:'), short), credit(account, short)],
      sources: [key, source],
    });
}
