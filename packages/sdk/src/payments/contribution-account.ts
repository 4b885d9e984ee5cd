import { allocate, type AllocationLine, type Obligation } from './allocate.ts';
import type { AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
import type { AmountVnd } from './amount.ts';
import type { JournalEntry, Ledger, Posting } from './ledger.ts';

/** Money that arrived for a unit, from one credit of the bank. */
export interface ContributionReceipt {
  /** Key of the statement line or notification: the same credit is never posted twice. */
  readonly key: string;
  readonly unitCode: string;
  readonly bankAccount: string;
  readonly amount: AmountVnd;
  /** Booking date. */
  readonly on: string;
  /** Number of the voucher (số UNC), as C12 prints it. */
  readonly voucher: string;
}

const debit = (account: string, amount: AmountVnd): Posting => ({ account, debit: amount, credit: 0 });
const credit = (account: string, amount: AmountVnd): Posting => ({ account, debit: 0, credit: amount });
const dueOf = (unit: string, line: { fund: Fund; part: ObligationPart; period: string }): string =>
  `due:${unit}:${line.fund}:${line.part}:${line.period}`;

/** What a unit has come to owe: its due account against the fund. */
export function obligationEntry(unitCode: string, obligation: Obligation, on: string): JournalEntry {
  return {
    id: `obligation:${unitCode}:${obligation.id}`,
    kind: 'obligation',
    on,
    postings: [
      debit(dueOf(unitCode, obligation), obligation.amount),
      credit(`fund:${obligation.fund}:${obligation.part}`, obligation.amount),
    ],
    sources: [obligation.id],
  };
}

/** What the unit still owes, from the ledger itself. */
export function outstandingObligations(ledger: Ledger, unitCode: string): readonly Obligation[] {
  const balances = new Map<string, number>();
  for (const { postings } of ledger.entries())
    for (const { account, debit: owed, credit: settled } of postings)
      if (account.startsWith(`due:${unitCode}:`))
        balances.set(account, (balances.get(account) ?? 0) + owed - settled);
  return [...balances]
    .filter(([, amount]) => amount > 0)
    .map(([account, amount]) => {
      const [, , fund, part, period] = account.split(':');
      return { id: account, fund: fund as Fund, part: part as ObligationPart, period: period ?? '', amount };
    });
}

/** The entries of a receipt and what it settled. */
export interface PostedReceipt {
  readonly entries: readonly JournalEntry[];
  readonly lines: readonly AllocationLine[];
  readonly unallocated: AmountVnd;
}

/**
 * What a receipt makes of what a unit owes, without touching a ledger: for stores that keep balances and post in a
 * transaction of their own.
 */
export function receiptEntries(
  receipt: ContributionReceipt,
  obligations: readonly Obligation[],
  policy: AllocationPolicy,
): PostedReceipt {
  const { key, unitCode, amount, on, voucher, bankAccount } = receipt;
  const received: JournalEntry = {
    id: `receipt:${key}`,
    kind: 'receipt',
    on,
    postings: [debit(`bank:${bankAccount}`, amount), credit(`carried:${unitCode}`, amount)],
    sources: [key, voucher],
  };
  const { lines, unallocated } = allocate(amount, obligations, policy);
  if (lines.length === 0) return { entries: [received], lines, unallocated };
  const allocated: JournalEntry = {
    id: `allocation:${key}`,
    kind: 'allocation',
    on,
    postings: [
      debit(`carried:${unitCode}`, amount - unallocated),
      ...lines.map((line) => credit(dueOf(unitCode, line), line.amount)),
    ],
    sources: [key],
    policyId: policy.id,
  };
  return { entries: [received, allocated], lines, unallocated };
}

/**
 * Posts a receipt and allocates it by the policy; what is left stays carried for the unit. Posting the same receipt
 * again changes nothing. A store that can fail between the two entries keeps them in one transaction.
 */
export function postReceipt(
  ledger: Ledger,
  receipt: ContributionReceipt,
  policy: AllocationPolicy,
): readonly AllocationLine[] {
  const isKnown = [...ledger.entries()].some(({ id }) => id === `receipt:${receipt.key}`);
  const { entries, lines } = receiptEntries(
    receipt,
    isKnown ? [] : outstandingObligations(ledger, receipt.unitCode),
    policy,
  );
  for (const entry of entries) ledger.post(entry);
  return lines;
}

/** Undoes a receipt with its allocation, by mirror entries; doing it again changes nothing. Throws ERR_LEDGER_REVERSAL without the receipt. */
export function reverseReceipt(ledger: Ledger, key: string, on: string, source: string): void {
  const entries = [...ledger.entries()];
  for (const id of [`allocation:${key}`, `receipt:${key}`]) {
    const isThere = entries.some((entry) => entry.id === id);
    const isReversed = entries.some(({ reverses }) => reverses === id);
    if ((isThere || id.startsWith('receipt:')) && !isReversed)
      ledger.reverse(id, { id: `reversal:${id}`, on, sources: [source] });
  }
}

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

/** Sections C (vouchers) and D (allocation by fund) of the statement C12 of one unit and one span of days. */
export interface ContributionSections {
  readonly paid: readonly { readonly voucher: string; readonly on: string; readonly amount: number }[];
  readonly paidTotal: number;
  readonly allocated: Readonly<Record<Fund, Readonly<Record<ObligationPart, number>>>>;
  readonly allocatedTotal: number;
}

/** Both days are included. Reversals count with their own day, as mirror figures. */
export function contributionSections(
  ledger: Ledger,
  unitCode: string,
  from: string,
  to: string,
): ContributionSections {
  const zero = (): Record<ObligationPart, number> => ({ principal: 0, interest: 0 });
  const allocated: Record<Fund, Record<ObligationPart, number>> = {
    ODTS: zero(),
    HTTT: zero(),
    TNLD_BNN: zero(),
    BHTN: zero(),
    BHYT: zero(),
  };
  const paid: { voucher: string; on: string; amount: number }[] = [];
  let allocatedTotal = 0;
  const all = new Map([...ledger.entries()].map((entry) => [entry.id, entry]));
  for (const entry of all.values()) {
    if (entry.on < from || entry.on > to) continue;
    const original = entry.reverses === undefined ? entry : all.get(entry.reverses);
    for (const { account, debit: owed, credit: settled } of entry.postings) {
      if (original?.kind === 'receipt' && account === `carried:${unitCode}`)
        paid.push({ voucher: original.sources.at(-1) ?? '', on: entry.on, amount: settled - owed });
      if (original?.kind === 'allocation' && account.startsWith(`due:${unitCode}:`)) {
        const [, , fund, part] = account.split(':');
        allocated[fund as Fund][part as ObligationPart] += settled - owed;
        allocatedTotal += settled - owed;
      }
    }
  }
  return { paid, paidTotal: paid.reduce((sum, { amount }) => sum + amount, 0), allocated, allocatedTotal };
}
