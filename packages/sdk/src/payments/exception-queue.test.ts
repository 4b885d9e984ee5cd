import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { emptyFindings, linesOfStatement } from './lines-of-statement.ts';
import { messageProfile, messageProfiles } from './message-profile.ts';
import { entry, statementMessage, statementPage } from './messages.fixture.ts';
import { reconcileLines } from './reconcile-lines.ts';
import { ownOpenings, reconciliationReport, type ReconciliationReport } from './reconciliation-report.ts';
import { reconciliationRules, type ReconciliationLine } from './reconciliation-rules.ts';
import { writeMessage } from './write-message.ts';

const specifications = openSpecifications();
const rules = reconciliationRules(specifications);
const account = '9999000011';

async function run(
  number: number,
  references: readonly string[],
  book: readonly string[],
  previous?: ReconciliationReport,
): Promise<ReconciliationReport> {
  const bytes = writeMessage(
    messageProfile(specifications, 'camt.053'),
    statementMessage(
      statementPage(
        references.map((reference) => entry({ reference, amount: 100, endToEndId: `E${reference}` })),
        { opening: 1000, closing: 1000 + 100 * references.length },
      ),
    ),
  );
  const findings = emptyFindings(new Map([[account, 1000]]));
  const bank: ReconciliationLine[] = [];
  for await (const line of linesOfStatement([bytes], messageProfiles(specifications), findings))
    bank.push(line);
  const own = book.map((reference) => ({
    ...bank[0]!,
    id: `B-${reference}`,
    reference,
    order: `E${reference}`,
  }));
  const { pages, unreadable, proof } = findings;
  return reconciliationReport({
    result: reconcileLines(bank, own, rules),
    rules,
    run: number,
    pages,
    unreadable,
    statementProblems: proof.end(),
    ...(previous === undefined ? {} : { previous }),
  });
}

test('an exception keeps its name and the run that told it first, until it is settled', async () => {
  const first = await run(1, ['FT1', 'FT2', 'FT3'], ['FT1']);
  expect(first.differences.map(({ id, first: { day, run: at } }) => [id, day, at])).toEqual([
    ['MISSING_IN_BOOK:9999000011:FT2:', '2026-01-05', 1],
    ['MISSING_IN_BOOK:9999000011:FT3:', '2026-01-05', 1],
  ]);
  const second = await run(2, ['FT0', 'FT1', 'FT2', 'FT3'], ['FT1', 'FT3'], first);
  expect(second.differences.map(({ id, first: { run: at } }) => [id, at])).toEqual([
    ['MISSING_IN_BOOK:9999000011:FT0:', 2],
    ['MISSING_IN_BOOK:9999000011:FT2:', 1],
  ]);
  expect(second.settled.map(({ id, settled }) => [id, settled.run])).toEqual([
    ['MISSING_IN_BOOK:9999000011:FT3:', 2],
  ]);
  const third = await run(3, ['FT0', 'FT1', 'FT2', 'FT3'], ['FT0', 'FT1', 'FT2', 'FT3'], second);
  expect([third.verdict, third.differences, third.settled.length]).toEqual(['matched', [], 2]);
  expect([...ownOpenings(first, 2)]).toEqual([[account, 1000]]);
  expect([...ownOpenings(first, 1)]).toEqual([[account, 1300]]);
});

test('both sides of an account are proven from opening to closing', async () => {
  const { accounts } = await run(1, ['FT1', 'FT2'], ['FT1']);
  expect(accounts).toEqual([
    {
      account,
      bank: {
        credits: { count: 2, sum: '200' },
        debits: { count: 0, sum: '0' },
        opening: '1000',
        closing: '1200',
      },
      book: {
        credits: { count: 1, sum: '100' },
        debits: { count: 0, sum: '0' },
        opening: '1000',
        closing: '1100',
      },
      isBankProven: true,
      sides: '100',
      differences: '100',
      holds: true,
    },
  ]);
});

test('every class says what to do, and which inquiry would ask about it', () => {
  const { reasons } = specifications.payments('trace-inquiry') as { reasons: readonly { code: string }[] };
  const known = new Set(reasons.map(({ code }) => code));
  for (const { trace, do: step } of rules.classes) {
    expect(step).not.toBe('');
    if (trace !== undefined) expect(known).toContain(trace);
  }
});
