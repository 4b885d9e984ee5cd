import { allocate, type AllocationLine } from './allocate.ts';
import type { AllocationPolicy } from './allocation-policy.ts';
import { allocationEntry, outstandingObligations, type ContributionReceipt } from './contribution-account.ts';
import { credit, debit, type JournalEntry, type Ledger } from './ledger.ts';
import { paymentError } from './payment-error.ts';

/** Money whose unit is not known waits in suspense under its reason. */
export function suspenseEntry(receipt: Omit<ContributionReceipt, 'unitCode'>, reason: string): JournalEntry {
  return {
    id: `suspense:${receipt.key}`,
    kind: 'suspense',
    on: receipt.on,
    postings: [
      debit(`bank:${receipt.bankAccount}`, receipt.amount),
      credit(`suspense:${reason}`, receipt.amount),
    ],
    sources: [receipt.key, receipt.voucher],
    reason,
  };
}

/** Money that is still in suspense under this key, undefined when it is not there or was taken out. */
export function suspended(
  ledger: Ledger,
  key: string,
): { readonly entry: JournalEntry; readonly reason: string; readonly amount: number } | undefined {
  const entry = ledger.get(`suspense:${key}`);
  const reason = entry?.reason;
  if (entry === undefined || reason === undefined || ledger.reversalOf(entry.id) !== undefined)
    return undefined;
  const isTaken = ledger
    .citing(key)
    .some(({ id, kind }) => (kind === 'release' || kind === 'refund') && ledger.reversalOf(id) === undefined);
  const amount = entry.postings.find(({ account }) => account === `suspense:${reason}`)?.credit ?? 0;
  return isTaken ? undefined : { entry, reason, amount };
}

/**
 * Gives money in suspense to the unit it belongs to, once that is known, and allocates it. `source` is the decision or the
 * answer to a trace inquiry.
 *
 * @throws BhxhError ERR_SUSPENSE when it is not in suspense.
 */
export function releaseSuspense(
  ledger: Ledger,
  key: string,
  to: { readonly unitCode: string; readonly on: string; readonly source: string },
  policy: AllocationPolicy,
): readonly AllocationLine[] {
  const found = suspended(ledger, key);
  if (found === undefined) throw paymentError('ERR_SUSPENSE', 'rejected', { key });
  const { unitCode, on, source } = to;
  const { lines } = allocate(found.amount, outstandingObligations(ledger, unitCode), policy);
  ledger.post({
    id: `release:${key}`,
    kind: 'release',
    on,
    postings: [debit(`suspense:${found.reason}`, found.amount), credit(`carried:${unitCode}`, found.amount)],
    sources: [key, source, found.entry.sources.at(-1) ?? ''],
    reason: found.reason,
  });
  if (lines.length > 0)
    ledger.post(
      allocationEntry(
        { id: `allocation:${key}`, kind: 'allocation', unitCode, on, source: key },
        lines,
        policy,
      ),
    );
  return lines;
}
