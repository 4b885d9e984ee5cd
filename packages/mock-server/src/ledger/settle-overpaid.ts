import { allocate, type AllocationPolicy, type Ledger, type Obligation } from '@bhxh/sdk/payments/ledger';
import type { Fund, ObligationPart, Posting } from '@bhxh/sdk/payments/ledger';
import { PERIOD } from './obligations.ts';

/** Ids of entries by which carried money settles something begin so. */
export const CARRY = 'carry:';

/**
 * What a unit paid too much settles what it owes. First what was given back for months that had been paid becomes carried
 * money again, then carried money is allocated as money that arrives. Both are booked in the month that closes. That this is
 * done with the close of a month is our reference profile.
 */
export function settleOverpaid(
  ledger: Ledger,
  choice: {
    readonly unit: string;
    readonly month: string;
    /** Booking day. */
    readonly on: string;
    readonly source: string;
    readonly policy: AllocationPolicy;
  },
): void {
  const { unit, month, on, source, policy } = choice;
  const carried = `carried:${unit}`;
  const sources = [source, `${PERIOD}${month}`];
  const obligations: Obligation[] = [];
  const back: Posting[] = [];
  for (const account of ledger.accounts(`due:${unit}`)) {
    const balance = ledger.balance(account);
    if (balance > 0) back.push({ account, debit: balance, credit: 0 });
    if (balance >= 0) continue;
    const [, , fund, part, period = '', mark] = account.split(':');
    obligations.push({
      id: account,
      fund: fund as Fund,
      part: part as ObligationPart,
      period,
      amount: -balance,
      isForLeaver: mark === 'leaver',
    });
  }
  if (back.length > 0)
    ledger.post({
      id: `overpaid:${unit}:${month}`,
      kind: 'return',
      on,
      postings: [
        ...back,
        { account: carried, debit: 0, credit: back.reduce((sum, { debit }) => sum + debit, 0) },
      ],
      sources,
    });
  const money = ledger.balance(carried);
  if (money <= 0) return;
  const { lines } = allocate(money, obligations, policy);
  if (lines.length === 0) return;
  ledger.post({
    id: `${CARRY}${unit}:${month}`,
    kind: 'carry',
    on,
    postings: [
      { account: carried, debit: lines.reduce((sum, { amount }) => sum + amount, 0), credit: 0 },
      ...lines.map(({ obligationId, amount }) => ({ account: obligationId, debit: 0, credit: amount })),
    ],
    sources,
    policyId: policy.id,
  });
}
