import { accountProofs, figures, net, type AccountProof, type SideFigures } from './account-proofs.ts';
import { balanceOf, type PageProblem } from './check-pages.ts';
import { exceptionQueue, type OpenException, type SettledException } from './exception-queue.ts';
import type { LinesResult } from './reconcile-lines.ts';
import type { Difference, ReconciliationRules, ReconciliationStage } from './reconciliation-rules.ts';
import type { StatementPage } from './statement.ts';

/** The result of one run of a day, `bhxh-reconciliation/1`. Sums are decimal text, because they may outgrow numbers. */
export interface ReconciliationReport {
  readonly schema: 'bhxh-reconciliation/1';
  /** Business day, `yyyy-MM-dd`; empty when nothing tells it. */
  readonly day: string;
  /** 1 for the first run of the day. */
  readonly run: number;
  /** `refused`: the statement proves nothing; `mismatch`: something of severity error is open. */
  readonly verdict: 'matched' | 'mismatch' | 'refused';
  readonly bank: SideFigures;
  readonly book: SideFigures;
  readonly matched: Readonly<Record<ReconciliationStage, number>>;
  readonly classes: Readonly<Record<string, number>>;
  /** The queue of exceptions: what is open, under names that stay, each with the run that told it first. */
  readonly differences: readonly OpenException[];
  /** What the run before left open and is settled now. */
  readonly settled: readonly SettledException[];
  readonly statementProblems: readonly PageProblem[];
  /** Both sides of every account, proven. */
  readonly accounts: readonly AccountProof[];
  /** Net of the bank less net of the book, and the same from the differences. */
  readonly proof: { readonly sides: string; readonly differences: string; readonly holds: boolean };
  /** Balance by account that the day began with: what a further run of the day begins with too. */
  readonly openings: Readonly<Record<string, number>>;
  /** Closing balance by account, the opening one of the next day. */
  readonly closings: Readonly<Record<string, number>>;
}

export interface ReportInput {
  readonly result: LinesResult;
  readonly rules: ReconciliationRules;
  readonly run: number;
  /** Business day; that of the closing balance when it is not given. */
  readonly day?: string;
  /** The run before, of the day before or of this one (`ownOpenings`); its open exceptions are followed. */
  readonly previous?: PreviousRun;
  readonly pages: readonly StatementPage[];
  readonly statementProblems: readonly PageProblem[];
  /** Differences found while reading, such as amounts that are no whole đồng. */
  readonly unreadable?: readonly Difference[];
}

/** What a run takes over from the one before it. */
export type PreviousRun = Pick<ReconciliationReport, 'openings' | 'closings' | 'differences'>;

/** The balances that a run has to begin with: those that the day before ended with, or that the day itself began with. */
export function ownOpenings(previous: PreviousRun | undefined, run: number): ReadonlyMap<string, number> {
  if (previous === undefined) return new Map();
  return new Map(Object.entries(run > 1 ? previous.openings : previous.closings));
}

/** Puts the figures of a run together and proves them. */
export function reconciliationReport(input: ReportInput): ReconciliationReport {
  const { result, rules, pages, statementProblems, previous } = input;
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
  const day = input.day ?? dayOf(pages);
  const queue = exceptionQueue(differences, { day, run: input.run }, previous?.differences);
  const before = ownOpenings(previous, input.run);
  const isOpen = differences.some((one) => severities.get(one.class) === 'error');
  return {
    schema: 'bhxh-reconciliation/1',
    day,
    run: input.run,
    verdict: statementProblems.length > 0 ? 'refused' : isOpen ? 'mismatch' : 'matched',
    bank: figures(result.bank),
    book: figures(result.book),
    matched: result.matched,
    classes,
    differences: queue.open,
    settled: queue.settled,
    statementProblems,
    accounts: accountProofs(result.accounts, differences, pages, before),
    proof: { sides: String(sides), differences: String(differing), holds: sides === differing },
    openings: { ...openingsOf(pages), ...Object.fromEntries(before) },
    closings,
  };
}

/** What the statements open with, for accounts that nobody knew before. */
function openingsOf(pages: readonly StatementPage[]): Record<string, number> {
  const openings = new Map<string, number>();
  for (const page of pages) {
    const opening = page.page === 1 ? balanceOf(page, ['OPBD', 'PRCD']) : null;
    if (opening !== null && !openings.has(page.account)) openings.set(page.account, opening);
  }
  return Object.fromEntries(openings);
}

/** The last day that a closing balance stands for. */
function dayOf(pages: readonly StatementPage[]): string {
  let day = '';
  for (const { balances } of pages)
    for (const { code, date } of balances) if (code === 'CLBD' && date > day) day = date;
  return day;
}
