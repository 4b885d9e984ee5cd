import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { emptyFindings, linesOfStatement } from './lines-of-statement.ts';
import { messageProfile, messageProfiles } from './message-profile.ts';
import { generateMismatchDay, mismatchCases, statementOfDay, type MismatchDay } from './mismatch-day.ts';
import { createRemittanceParser } from './parse-remittance.ts';
import { reconcileLines } from './reconcile-lines.ts';
import { reconciliationReport, type ReconciliationReport } from './reconciliation-report.ts';
import { reconciliationRules, type ReconciliationLine } from './reconciliation-rules.ts';
import { remittanceSyntax } from './remittance-syntax.ts';
import { reviewCredit } from './review-credit.ts';
import { createUnitRegister } from './unit-register.ts';

const specifications = openSpecifications();
const rules = reconciliationRules(specifications);
const syntax = remittanceSyntax(specifications);
const isLong = process.env['BHXH_TEST_LONG'] === '1';

interface Told {
  readonly class: string;
  readonly references: readonly string[];
  readonly bookIds: readonly string[];
  readonly bankAmount: number;
  readonly bookAmount: number;
}
const sorted = (all: readonly Told[]): string[] =>
  all
    .map((one) => JSON.stringify([one.class, one.references, one.bookIds, one.bankAmount, one.bookAmount]))
    .toSorted();

async function work(day: MismatchDay): Promise<{ report: ReconciliationReport; bank: ReconciliationLine[] }> {
  const bytes = statementOfDay(day, messageProfile(specifications, 'camt.053'), 700);
  const findings = emptyFindings(new Map([[day.account, day.opening]]));
  const bank: ReconciliationLine[] = [];
  for await (const line of linesOfStatement([bytes], messageProfiles(specifications), findings))
    bank.push(line);
  const result = reconcileLines(bank, day.book, rules);
  const { pages, unreadable, proof } = findings;
  const report = reconciliationReport({
    result,
    rules,
    run: 1,
    pages,
    unreadable,
    statementProblems: proof.end(),
  });
  return { report, bank };
}

const reported = (report: ReconciliationReport): string[] =>
  sorted(
    report.differences.map((one) => ({
      ...one,
      references: one.bankIds.map((id) => id.replace(/@\d+$/, '')),
    })),
  );

test.each(Array.from({ length: 10 }, (_, seed) => seed + 1))(
  'with seed %i every difference and every decision is as expected, none missed and none invented',
  async (seed) => {
    const day = generateMismatchDay({ count: isLong ? 100_000 : 3000, seed, rate: 0.01 });
    for (const number of mismatchCases) expect(day.expected.cases[number] ?? 0).toBeGreaterThan(0);
    const { report, bank } = await work(day);
    expect(reported(report)).toEqual(sorted(day.expected.differences));
    expect(report.statementProblems).toEqual([]);
    expect(report.proof.holds).toBe(true);
    expect(report.closings[day.account]).toBe(day.closing);

    const register = createUnitRegister(day.units, syntax.confusions);
    const parse = createRemittanceParser({ syntax, register });
    const decided: Record<string, unknown> = {};
    for (const line of bank) {
      if (line.direction === 'debit') continue;
      const { decision, reason } = reviewCredit(line, {
        parse,
        register,
        accounts: new Set([day.account]),
        renamedOffices: day.renamedOffices,
        due: (unit) => day.due.get(unit),
      });
      if (decision !== 'assign' || reason !== '') decided[line.reference] = { decision, reason };
    }
    expect(decided).toEqual(day.expected.reviews);
  },
  120_000,
);

test('the same options give the same day and the same report', async () => {
  const options = { count: 400, seed: 7, rate: 0.02 };
  const [first, second] = [generateMismatchDay(options), generateMismatchDay(options)];
  expect(second).toEqual(first);
  expect(JSON.stringify((await work(second)).report)).toBe(JSON.stringify((await work(first)).report));
});

/** Another way to the same answer: plain lists, searched from the start each time. */
function bruteForce(bank: readonly ReconciliationLine[], book: readonly ReconciliationLine[]): string[] {
  const told: string[] = [];
  const freeBank = bank.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((line) => ({ line, used: false }));
  const freeBook = book.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((line) => ({ line, used: false }));
  const same = (a: ReconciliationLine, b: ReconciliationLine): boolean =>
    a.reference === b.reference && a.account === b.account && a.direction === b.direction;
  const name = ({ id }: ReconciliationLine): string => id;
  for (const needsAmount of [true, false]) {
    for (const one of freeBank) {
      if (one.used) continue;
      for (const other of freeBook) {
        if (other.used || !same(one.line, other.line)) continue;
        const missing = other.line.amount - one.line.amount;
        if (needsAmount && missing !== 0) continue;
        one.used = true;
        other.used = true;
        const pair = `${name(one.line)}|${name(other.line)}`;
        if (missing !== 0)
          told.push(
            `${one.line.direction === 'credit' && rules.fees.includes(missing) ? 'FEE_NETTED' : 'AMOUNT_DIFFERS'} ${pair}`,
          );
        else if (one.line.day !== other.line.day) told.push(`LATE_POSTING ${pair}`);
        break;
      }
    }
  }
  for (const { line, used } of freeBank) {
    if (used) continue;
    const isTwice = freeBank.some((other) => other.line !== line && other.used && same(other.line, line));
    told.push(
      `${isTwice ? 'DUPLICATE_AT_BANK' : line.isReversal ? 'REVERSED_AT_BANK' : 'MISSING_IN_BOOK'} ${name(line)}|`,
    );
  }
  for (const { line, used } of freeBook) {
    if (used) continue;
    const isTwice = freeBook.some((other) => other.line !== line && other.used && same(other.line, line));
    told.push(`${isTwice ? 'DUPLICATE_IN_BOOK' : 'MISSING_AT_BANK'} |${name(line)}`);
  }
  for (const [index, { line }] of freeBank.entries()) {
    const isDouble = freeBank
      .slice(0, index)
      .some(
        ({ line: other }) =>
          line.order !== '' &&
          !line.isReversal &&
          other.order === line.order &&
          other.reference !== line.reference &&
          other.amount === line.amount,
      );
    if (isDouble) told.push(`DOUBLE_PAYMENT ${name(line)}|`);
  }
  return told.toSorted();
}

test.each([11, 12, 13])('on a thousand lines an independent matcher agrees (seed %i)', async (seed) => {
  const day = generateMismatchDay({ count: 1000, seed, rate: 0.03 });
  const { bank } = await work(day);
  const ours = reconcileLines(bank, day.book, rules).differences.map(
    (one) => `${one.class} ${one.bankIds.join(' ')}|${one.bookIds.join(' ')}`,
  );
  expect(ours.toSorted()).toEqual(bruteForce(bank, day.book));
});
