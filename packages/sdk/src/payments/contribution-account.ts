import { allocate, type AllocationLine, type Obligation } from './allocate.ts';
import type { AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
import type { AmountVnd } from './amount.ts';
import { credit, debit, type JournalEntry, type Ledger } from './ledger.ts';

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

function dueOf(
  unit: string,
  { fund, part, period, isForLeaver }: Pick<Obligation, 'fund' | 'part' | 'period' | 'isForLeaver'>,
): string {
  return `due:${unit}:${fund}:${part}:${period}${isForLeaver === true ? ':leaver' : ''}`;
}

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
  return [...ledger.accounts(`due:${unitCode}`)].flatMap((account) => {
    const amount = -ledger.balance(account);
    if (amount <= 0) return [];
    const [, , fund, part, period = '', mark] = account.split(':');
    const isForLeaver = mark === 'leaver';
    return [{ id: account, fund: fund as Fund, part: part as ObligationPart, period, amount, isForLeaver }];
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
  const allocated = allocationEntry(
    { id: `allocation:${key}`, kind: 'allocation', unitCode, on, source: key },
    lines,
    policy,
  );
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
  const isKnown = ledger.get(`receipt:${receipt.key}`) !== undefined;
  const { entries, lines } = receiptEntries(
    receipt,
    isKnown ? [] : outstandingObligations(ledger, receipt.unitCode),
    policy,
  );
  for (const entry of entries) ledger.post(entry);
  return lines;
}

/** Carried money and what it settles now: the postings of an allocation. */
export function allocationEntry(
  head: {
    readonly id: string;
    readonly kind: 'allocation' | 'carry';
    readonly unitCode: string;
    readonly on: string;
    readonly source: string;
  },
  lines: readonly AllocationLine[],
  policy: AllocationPolicy,
): JournalEntry {
  const { id, kind, unitCode, on, source } = head;
  return {
    id,
    kind,
    on,
    postings: [
      debit(
        `carried:${unitCode}`,
        lines.reduce((sum, { amount }) => sum + amount, 0),
      ),
      ...lines.map((line) => credit(dueOf(unitCode, line), line.amount)),
    ],
    sources: [source],
    policyId: policy.id,
  };
}

/**
 * Settles what a unit has come to owe with what it had paid too much. `id` names the occasion, such as the closing of a
 * month; the same one again changes nothing.
 */
export function settleCarried(
  ledger: Ledger,
  { id, unitCode, on }: { readonly id: string; readonly unitCode: string; readonly on: string },
  policy: AllocationPolicy,
): readonly AllocationLine[] {
  const entryId = `carry:${unitCode}:${id}`;
  const carried = ledger.balance(`carried:${unitCode}`);
  if (carried <= 0 || ledger.get(entryId) !== undefined) return [];
  const { lines } = allocate(carried, outstandingObligations(ledger, unitCode), policy);
  if (lines.length > 0)
    ledger.post(allocationEntry({ id: entryId, kind: 'carry', unitCode, on, source: id }, lines, policy));
  return lines;
}
