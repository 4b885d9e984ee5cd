import { balanceOf } from './check-pages.ts';
import { emptyTotals, type LinesResult, type SideTotals } from './reconcile-lines.ts';
import type { Difference } from './reconciliation-rules.ts';
import type { StatementPage } from './statement.ts';

export interface SideFigures {
  readonly credits: { readonly count: number; readonly sum: string };
  readonly debits: { readonly count: number; readonly sum: string };
}

/** One side of an account: opening + credits − debits = closing. Decimal text; null where nobody told it. */
export interface SideOfAccount extends SideFigures {
  readonly opening: string | null;
  readonly closing: string | null;
}

/** What the two sides say of one account, and whether the differences explain it to the đồng. */
export interface AccountProof {
  readonly account: string;
  /** Closing as the statement tells it. */
  readonly bank: SideOfAccount;
  /** Closing as it follows from the closing of the day before. */
  readonly book: SideOfAccount;
  /** Opening + credits − debits is the closing of the statement; false also when a balance is missing. */
  readonly isBankProven: boolean;
  /** Bank less book, from the movements and from the differences. */
  readonly sides: string;
  readonly differences: string;
  readonly holds: boolean;
}

/** Proofs of every account, in their order. `before`: own closing balance of the day before, by account. */
export function accountProofs(
  accounts: LinesResult['accounts'],
  differences: readonly Difference[],
  pages: readonly StatementPage[],
  before: ReadonlyMap<string, number>,
): readonly AccountProof[] {
  const told = new Map<string, { opening: number | null; closing: number | null }>();
  for (const page of pages) {
    const own = told.get(page.account) ?? { opening: null, closing: null };
    if (page.page === 1) own.opening ??= balanceOf(page, ['OPBD', 'PRCD']);
    if (page.isLast) own.closing = balanceOf(page, ['CLBD', 'ITBD']) ?? own.closing;
    told.set(page.account, own);
  }
  const differing = new Map<string, bigint>();
  for (const { account, bankAmount, bookAmount } of differences)
    differing.set(account, (differing.get(account) ?? 0n) + BigInt(bankAmount) - BigInt(bookAmount));
  const names = [...new Set([...accounts.keys(), ...told.keys()])].toSorted();
  return names.map((account): AccountProof => {
    const totals = accounts.get(account) ?? { bank: emptyTotals(), book: emptyTotals() };
    const { opening = null, closing = null } = told.get(account) ?? {};
    const own = before.get(account) ?? opening;
    const sides = net(totals.bank) - net(totals.book);
    const explained = differing.get(account) ?? 0n;
    return {
      account,
      bank: { ...figures(totals.bank), opening: textOf(opening), closing: textOf(closing) },
      book: {
        ...figures(totals.book),
        opening: textOf(own),
        closing: own === null ? null : String(BigInt(own) + net(totals.book)),
      },
      isBankProven:
        opening !== null && closing !== null && BigInt(opening) + net(totals.bank) === BigInt(closing),
      sides: String(sides),
      differences: String(explained),
      holds: sides === explained,
    };
  });
}

export function net({ credits, debits }: SideTotals): bigint {
  return credits.sum - debits.sum;
}

export function figures({ credits, debits }: SideTotals): SideFigures {
  return {
    credits: { count: credits.count, sum: String(credits.sum) },
    debits: { count: debits.count, sum: String(debits.sum) },
  };
}

function textOf(amount: number | null): string | null {
  return amount === null ? null : String(amount);
}
