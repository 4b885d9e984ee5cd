import type { AllocationData, AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
import type { JournalEntry, Ledger } from './ledger.ts';

type FundAmounts = Readonly<Record<Fund, number>>;

/** One voucher and what it settled. */
export interface PaidVoucher {
  readonly voucher: string;
  readonly on: string;
  readonly amount: number;
  readonly principal: FundAmounts;
  readonly interest: FundAmounts;
  /** Carried for the unit. */
  readonly unallocated: number;
}

/** Sections C (vouchers) and D (allocation by fund) of the statement C12 of one unit and one span of days. */
export interface ContributionSections {
  readonly paid: readonly PaidVoucher[];
  readonly paidTotal: number;
  readonly allocated: Readonly<Record<Fund, Readonly<Record<ObligationPart, number>>>>;
  readonly allocatedTotal: number;
}

const funds: readonly Fund[] = ['ODTS', 'HTTT', 'TNLD_BNN', 'BHTN', 'BHYT'];
const nothing = (): Record<Fund, number> => ({ ODTS: 0, HTTT: 0, TNLD_BNN: 0, BHTN: 0, BHYT: 0 });

/**
 * From the ledger alone; both days are included. Reversals count with their own day, as mirror figures. What a unit settles
 * later with money it had paid too much was paid before, so it stands in neither section.
 */
export function contributionSections(
  ledger: Ledger,
  unitCode: string,
  from: string,
  to: string,
): ContributionSections {
  const carried = `carried:${unitCode}`;
  const paid: PaidVoucher[] = [];
  const allocated = {
    ODTS: { principal: 0, interest: 0 },
    HTTT: { principal: 0, interest: 0 },
    TNLD_BNN: { principal: 0, interest: 0 },
    BHTN: { principal: 0, interest: 0 },
    BHYT: { principal: 0, interest: 0 },
  };
  for (const entry of ledger.explain(carried)) {
    const original = entry.reverses === undefined ? entry : ledger.get(entry.reverses);
    if (entry.on < from || entry.on > to) continue;
    if (original?.kind !== 'receipt' && original?.kind !== 'release') continue;
    const amount = creditOn(entry, carried);
    const own = ledger.get(`allocation:${original.sources[0] ?? ''}`);
    const settled = own === undefined ? noAllocation() : allocationOf(own, unitCode, Math.sign(amount));
    paid.push({
      voucher: original.sources.at(-1) ?? '',
      on: entry.on,
      amount,
      ...settled,
      unallocated: amount - settled.total,
    });
    for (const fund of funds) {
      allocated[fund].principal += settled.principal[fund];
      allocated[fund].interest += settled.interest[fund];
    }
  }
  return {
    paid,
    paidTotal: paid.reduce((sum, { amount }) => sum + amount, 0),
    allocated,
    allocatedTotal: paid.reduce((sum, { amount, unallocated }) => sum + amount - unallocated, 0),
  };
}

interface Settled {
  readonly principal: FundAmounts;
  readonly interest: FundAmounts;
  readonly total: number;
}

function noAllocation(): Settled {
  return { principal: nothing(), interest: nothing(), total: 0 };
}

function allocationOf(entry: JournalEntry, unitCode: string, sign: number): Settled {
  const parts = { principal: nothing(), interest: nothing() };
  let total = 0;
  for (const { account, credit } of entry.postings) {
    const [kind, owner, fund, part] = account.split(':');
    if (kind !== 'due' || owner !== unitCode) continue;
    parts[part as ObligationPart][fund as Fund] += sign * credit;
    total += sign * credit;
  }
  return { ...parts, total };
}

function creditOn(entry: JournalEntry, account: string): number {
  return entry.postings.reduce(
    (sum, posting) => (posting.account === account ? sum + posting.credit - posting.debit : sum),
    0,
  );
}

/** A row of C12 in its official columns. */
export interface ContributionRow {
  readonly stt: string;
  readonly noiDung: string;
  readonly bhxh: number;
  readonly bhyt: number;
  readonly bhtn: number;
  readonly bhtnld: number;
  readonly cong: number;
}

/**
 * Rows C, C.1 …, D.1 and D.2 of C12. What a voucher paid too much stands in the last fund of the policy: the statement knows
 * money of funds only, and carries it out as paid too much.
 */
export function contributionRows(
  { paid }: ContributionSections,
  data: AllocationData,
  policy: AllocationPolicy,
): readonly ContributionRow[] {
  const last = policy.order.at(-1) ?? 'HTTT';
  const withRest = (voucher: PaidVoucher): FundAmounts => ({
    ...voucher.principal,
    [last]: voucher.principal[last] + voucher.unallocated,
  });
  const row = (stt: string, noiDung: string, all: readonly FundAmounts[]): ContributionRow => {
    const sum = (wanted: readonly Fund[]): number =>
      all.reduce((total, one) => wanted.reduce((part, fund) => part + one[fund], total), 0);
    return {
      stt,
      noiDung,
      bhxh: sum(['ODTS', 'HTTT']),
      bhyt: sum(['BHYT']),
      bhtn: sum(['BHTN']),
      bhtnld: sum(['TNLD_BNN']),
      cong: sum(funds),
    };
  };
  const principal = paid.map(withRest);
  const interest = paid.map((voucher) => voucher.interest);
  const { texts } = data.statement;
  return [
    row('C', texts.paid, [...principal, ...interest]),
    ...paid.map(({ voucher, on }, index) =>
      row(
        `C.${index + 1}`,
        texts.voucher.replace('{voucher}', voucher).replace('{day}', on.split('-').toReversed().join('/')),
        [principal[index] ?? nothing(), interest[index] ?? nothing()],
      ),
    ),
    row('D.1', texts.principal, principal),
    row('D.2', texts.interest, interest),
  ];
}
