import type { AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
import { checkAmount, type AmountVnd } from './amount.ts';

/** What a unit still owes to one fund for one period. */
export interface Obligation {
  readonly id: string;
  readonly fund: Fund;
  readonly part: ObligationPart;
  /** `yyyy-MM`. */
  readonly period: string;
  /** Outstanding. */
  readonly amount: AmountVnd;
  /** Owed for people who have left the unit. */
  readonly isForLeaver?: boolean;
}

export interface AllocationLine {
  readonly obligationId: string;
  readonly fund: Fund;
  readonly part: ObligationPart;
  readonly period: string;
  readonly amount: AmountVnd;
  readonly isForLeaver?: boolean;
  readonly policyId: string;
}

export interface Allocation {
  readonly policyId: string;
  readonly lines: readonly AllocationLine[];
  /** What is left over is carried, never lost. */
  readonly unallocated: AmountVnd;
}

/**
 * Settles obligations with a receipt by a policy. Lines are positive, and lines + unallocated = receipt. The result does
 * not depend on the order in which the obligations are given.
 *
 * @throws BhxhError ERR_AMOUNT_NOT_WHOLE.
 */
export function allocate(
  receipt: AmountVnd,
  obligations: readonly Obligation[],
  policy: AllocationPolicy,
): Allocation {
  let left = checkAmount(receipt);
  const rank = new Map(policy.order.map((fund, index) => [fund, index]));
  const fundRank = (fund: Fund): number => rank.get(fund) ?? policy.order.length;
  const compare = (a: Obligation, b: Obligation): number => {
    const byPeriod = a.period < b.period ? -1 : a.period > b.period ? 1 : 0;
    const byFund = fundRank(a.fund) - fundRank(b.fund);
    const [first, second] = policy.scope === 'fund-first' ? [byFund, byPeriod] : [byPeriod, byFund];
    const byPart = policy.parts.indexOf(a.part) - policy.parts.indexOf(b.part);
    const rest = policy.scope === 'fund-first' ? second || byPart : byPart || second;
    return (
      leaverRank(a, policy) - leaverRank(b, policy) ||
      first ||
      rest ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
    );
  };
  const open = obligations.filter(({ amount }) => checkAmount(amount) > 0).toSorted(compare);
  const lines: AllocationLine[] = [];
  const settle = (obligation: Obligation, amount: AmountVnd): void => {
    if (amount === 0) return;
    left -= amount;
    const { id, fund, part, period, isForLeaver } = obligation;
    lines.push({
      obligationId: id,
      fund,
      part,
      period,
      amount,
      ...(isForLeaver === true ? { isForLeaver } : {}),
      policyId: policy.id,
    });
  };
  if (policy.split === 'sequential') {
    for (const obligation of open) settle(obligation, Math.min(left, obligation.amount));
  } else {
    for (const group of groupsOf(open, policy)) {
      const shares = sharesOf(left, group);
      group.forEach((obligation, index) => settle(obligation, shares[index] ?? 0));
    }
  }
  return { policyId: policy.id, lines, unallocated: left };
}

function leaverRank(obligation: Obligation, policy: AllocationPolicy): number {
  return policy.leaversFirst && obligation.isForLeaver === true ? 0 : 1;
}

/** Obligations that share their money: of one period and one part, or of one fund. */
function groupsOf(open: readonly Obligation[], policy: AllocationPolicy): Obligation[][] {
  const groups = new Map<string, Obligation[]>();
  for (const obligation of open) {
    const key = `${leaverRank(obligation, policy)} ${policy.scope === 'fund-first' ? obligation.fund : `${obligation.period} ${obligation.part}`}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [obligation]);
    else group.push(obligation);
  }
  return [...groups.values()];
}

/** Shares in proportion to what is owed, rounded down; the rest by largest remainder, then in the order of the group. */
function sharesOf(money: AmountVnd, group: readonly Obligation[]): AmountVnd[] {
  const total = group.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  if (BigInt(money) >= total) return group.map(({ amount }) => amount);
  const exact = group.map(({ amount }) => BigInt(money) * BigInt(amount));
  const shares = exact.map((product) => Number(product / total));
  let rest = money - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((product, index) => ({ index, remainder: product % total }))
    .toSorted((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.index - b.index));
  for (const { index } of byRemainder) {
    if (rest === 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    rest -= 1;
  }
  return shares;
}
