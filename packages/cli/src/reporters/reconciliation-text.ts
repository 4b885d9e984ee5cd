import type { ReconciliationReport, ReconciliationRules } from '@bhxh/sdk/payments';
import type { Messages } from '../messages/messages.ts';
import type { Language } from '../terminal/language.ts';
import { textTable } from '../terminal/table.ts';
import { csvLine } from './csv.ts';

type Print = (piece: string) => void;
type ClassOf = ReadonlyMap<string, ReconciliationRules['classes'][number]>;

const classesOf = (rules: ReconciliationRules): ClassOf =>
  new Map(rules.classes.map((one) => [one.code as string, one]));

const columns = [
  'class',
  'severity',
  'account',
  'bankIds',
  'bookIds',
  'bankAmount',
  'bookAmount',
  'stage',
  'id',
  'firstDay',
  'firstRun',
  'do',
  'trace',
];

/** One line for each exception of the queue. */
export function reconciliationCsv(
  report: ReconciliationReport,
  rules: ReconciliationRules,
  print: Print,
): void {
  const known = classesOf(rules);
  print(csvLine(columns));
  for (const one of report.differences)
    print(
      csvLine([
        one.class,
        known.get(one.class)?.severity ?? '',
        one.account,
        one.bankIds.join(' '),
        one.bookIds.join(' '),
        one.bankAmount,
        one.bookAmount,
        one.stage,
        one.id,
        one.first.day,
        one.first.run,
        known.get(one.class)?.do ?? '',
        known.get(one.class)?.trace ?? '',
      ]),
    );
}

/** Figures, classes with what to do about them, proofs and verdict, for a terminal. */
export function reconciliationText(
  report: ReconciliationReport,
  rules: ReconciliationRules,
  language: Language,
  { words }: Messages,
  print: Print,
): void {
  const known = classesOf(rules);
  print(
    textTable(
      ['', words.credits, '', words.debits, ''],
      (['bank', 'book'] as const).map((side) => [
        words[side],
        String(report[side].credits.count),
        report[side].credits.sum,
        String(report[side].debits.count),
        report[side].debits.sum,
      ]),
    ),
  );
  const matched = Object.entries(report.matched).filter(([, count]) => count > 0);
  print(`\n${words.matched}: ${matched.map(([stage, count]) => `${stage} ${count}`).join(', ') || '0'}\n`);
  for (const [code, count] of Object.entries(report.classes)) {
    const one = known.get(code);
    print(
      `${one === undefined ? '' : words[one.severity]} ${code} ${count}: ${one?.label[language] ?? ''}\n  → ${one?.action[language] ?? ''}\n`,
    );
    for (const difference of report.differences.filter((each) => each.class === code).slice(0, 10))
      print(
        `  ${difference.account} ${difference.bankIds.join(' ') || '–'} | ${difference.bookIds.join(' ') || '–'}: ${difference.bankAmount} | ${difference.bookAmount}${difference.first.run === report.run ? '' : `  (${words.since} ${difference.first.day} ${words.run} ${difference.first.run})`}\n`,
      );
    if (count > 10) print(`  +${count - 10}\n`);
  }
  if (report.settled.length > 0) print(`${words.settled}: ${report.settled.length}\n`);
  for (const { account, bank, book, isBankProven, holds } of report.accounts.slice(0, 20))
    print(
      `${account} ${words.bank} ${bank.opening ?? '–'} → ${bank.closing ?? '–'}${isBankProven ? ' ✓' : ' ?'} ${words.book} ${book.opening ?? '–'} → ${book.closing ?? '–'}${holds ? ' ✓' : ' ✗'}\n`,
    );
  if (report.accounts.length > 20) print(`+${report.accounts.length - 20}\n`);
  for (const problem of report.statementProblems)
    print(
      `  ${problem.code} ${problem.account} ${problem.statement}:${problem.page} ${problem.expected ?? ''} ${problem.found ?? ''}`.trimEnd() +
        '\n',
    );
  print(
    `\n${words.verdict}: ${words[report.verdict]} · ${words.run} ${report.run} · ${report.proof.sides} = ${report.proof.differences}\n`,
  );
}
