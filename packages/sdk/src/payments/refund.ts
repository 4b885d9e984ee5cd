import type { CodedReason } from './allocation-policy.ts';
import type { AmountVnd } from './amount.ts';
import { credit, debit, type JournalEntry, type Ledger } from './ledger.ts';
import { paymentError } from './payment-error.ts';
import { suspended } from './suspense.ts';

/** Gives carried money back. `reason` is a code of the refund reasons. */
export function refundEntry(
  refund: {
    readonly id: string;
    readonly unitCode: string;
    readonly bankAccount: string;
    readonly amount: AmountVnd;
    readonly on: string;
  },
  reason: string,
  decision: string,
): JournalEntry {
  return {
    id: `refund:${refund.id}`,
    kind: 'refund',
    on: refund.on,
    postings: [
      debit(`carried:${refund.unitCode}`, refund.amount),
      credit(`bank:${refund.bankAccount}`, refund.amount),
    ],
    sources: [decision],
    reason,
  };
}

export interface Refund {
  readonly id: string;
  /** A unit that had paid too much, or a credit that waits in suspense. */
  readonly from: { readonly unitCode: string } | { readonly key: string };
  /** Out of an account at once, or as a voucher (`voucherOf` with `decision-c16`) that a batch pays. */
  readonly to: { readonly bankAccount: string } | { readonly voucher: string };
  readonly amount: AmountVnd;
  readonly on: string;
  /** Code of one of the refund reasons. */
  readonly reason: string;
  /** Number of the decision C16-TS. */
  readonly decision: string;
}

/**
 * Books a refund. The same one again changes nothing.
 *
 * @throws BhxhError ERR_REFUND for a reason that is none, no decision, or money that is not there.
 */
export function postRefund(ledger: Ledger, refund: Refund, reasons: readonly CodedReason[]): JournalEntry {
  const { id, from, to, amount, on, reason, decision } = refund;
  const known = ledger.get(`refund:${id}`);
  const refused = (why: string): Error => paymentError('ERR_REFUND', 'rejected', { refund: id, why });
  if (!reasons.some(({ code }) => code === reason)) throw refused(reason);
  if (decision === '') throw refused('C16-TS');
  const source = 'unitCode' in from ? `carried:${from.unitCode}` : sourceOf(ledger, from.key, known, refused);
  const held = ledger.balance(source);
  if (known === undefined && held < amount) throw refused(`${held} < ${amount}`);
  if (known === undefined && 'key' in from && suspended(ledger, from.key)?.amount !== amount)
    throw refused(from.key);
  return ledger.post({
    id: `refund:${id}`,
    kind: 'refund',
    on,
    postings: [
      debit(source, amount),
      credit('voucher' in to ? `payable:${to.voucher}` : `bank:${to.bankAccount}`, amount),
    ],
    sources: [decision, ...('key' in from ? [from.key] : [])],
    reason,
  });
}

function sourceOf(
  ledger: Ledger,
  key: string,
  known: JournalEntry | undefined,
  refused: (why: string) => Error,
): string {
  const reason = ledger.get(`suspense:${key}`)?.reason;
  if (reason === undefined || (known === undefined && suspended(ledger, key) === undefined))
    throw refused(key);
  return `suspense:${reason}`;
}
