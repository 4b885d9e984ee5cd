import { balanceOf, type PageProblem } from './check-pages.ts';
import type { LinesResult, SideTotals } from './reconcile-lines.ts';
import type { Difference, ReconciliationRules, ReconciliationStage } from './reconciliation-rules.ts';
import type { StatementPage } from './statement.ts';

interface SideFigures {
  readonly credits: { readonly count: number; readonly sum: string };
  readonly debits: { readonly count: number; readonly sum: string };
}

/** The result of one run of a day, `bhxh-reconciliation/1`. Sums are decimal text, because they may outgrow numbers. */
export interface ReconciliationReport {
  readonly schema: 'bhxh-reconciliation/1';
  /** 1 for the first run of the day. */
  readonly run: number;
  /** `refused`: the statement proves nothing; `mismatch`: something of severity error is open. */
  readonly verdict: 'matched' | 'mismatch' | 'refused';
  readonly bank: SideFigures;
  readonly book: SideFigures;
  readonly matched: Readonly<Record<ReconciliationStage, number>>;
  readonly classes: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
  readonly statementProblems: readonly PageProblem[];
  /** Net of the bank less net of the book, and the same from the differences. */
  readonly proof: { readonly sides: string; readonly differences: string; readonly holds: boolean };
  /** Closing balance by account, the opening one of the next day. */
  readonly closings: Readonly<Record<string, number>>;
}

export interface ReportInput {
  readonly result: LinesResult;
  readonly rules: ReconciliationRules;
  readonly run: number;
  readonly pages: readonly StatementPage[];
  readonly statementProblems: readonly PageProblem[];
  /** Differences found while reading, such as amounts that are no whole đồng. */
  readonly unreadable?: readonly Difference[];
}

/** Puts the figures of a run together and proves them. */
export function reconciliationReport(input: ReportInput): ReconciliationReport {
  const { result, rules, pages, statementProblems } = input;
  const differences = [...(input.unreadable ?? []), ...result.differences];
  const closings: Record<string, number> = {};
  for (const page of pages) {
    const closing = page.isLast ? balanceOf(page, ['CLBD', 'ITBD']) : null;
    if (closing !== null) closings[page.account] = closing;
  }
  const classes: Record<string, number> = {};
  const severities = new Map(rules.classes.map(({ code, severity }) => [code, severity]));
  for (const one of differences) classes[one.class] = (classes[one.class] ?? 0) + 1;
  if (statementProblems.length > 0) classes['STATEMENT_REFUSED'] = statementProblems.length;
  const sides = net(result.bank) - net(result.book);
  const differing = differences.reduce(
    (sum, { bankAmount, bookAmount }) => sum + BigInt(bankAmount) - BigInt(bookAmount),
    0n,
  );
  const isOpen = differences.some((one) => severities.get(one.class) === 'error');
  return {
    schema: 'bhxh-reconciliation/1',
    run: input.run,
    verdict: statementProblems.length > 0 ? 'refused' : isOpen ? 'mismatch' : 'matched',
    bank: figures(result.bank),
    book: figures(result.book),
    matched: result.matched,
    classes,
    differences,
    statementProblems,
    proof: { sides: String(sides), differences: String(differing), holds: sides === differing },
    closings,
  };
}

function net({ credits, debits }: SideTotals): bigint {
  return credits.sum - debits.sum;
}

function figures({ credits, debits }: SideTotals): SideFigures {
  return {
    credits: { count: credits.count, sum: String(credits.sum) },
    debits: { count: debits.count, sum: String(debits.sum) },
  };
}
