import {
  calculatePayroll,
  readRoster,
  type FundColumns,
  type Region,
  type Scheme,
} from '@bhxh/sdk/contributions';
import { declarationSentence, dueOf, readC12, reconcileC12 } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { textTable } from '../terminal/table.ts';

const command = 'c12 reconcile';

/** Holds a statement C12 against itself and, with `--roster` and `--month`, against what the payroll owes. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const [path = ''] = context.arguments;
  const specifications = openSpecifications();
  const c12 = await readC12(specifications, path);
  const roster = textOption(options, 'roster');
  let declared: FundColumns | undefined;
  if (roster !== undefined) {
    const month = textOption(options, 'month');
    if (month === undefined)
      throw cliError('ERR_OPTION_INVALID', { option: '--month', value: '', why: 'yyyy-MM', command });
    const { people, problems } = await readRoster(roster);
    for (const { row, column, code, message } of problems)
      streams.note(`${roster}:${row}:${column}: ${code}: ${message[language]}\n`);
    if (problems.length > 0) return exitCodes.findings;
    declared = calculatePayroll(specifications, people, {
      month,
      region: Number(textOption(options, 'region') ?? '1') as Region,
      scheme: (textOption(options, 'scheme') ?? 'enterprise') as Scheme,
    }).columns;
  }
  const tolerance =
    numberOption(options, 'tolerance', command, { least: 0, most: 1_000_000, whole: true }) ?? 0;
  const findings = reconcileC12(specifications, c12, {
    ...(declared === undefined ? {} : { declared }),
    tolerance,
  });
  const due = dueOf(specifications, c12);
  if (context.format === 'json') {
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-c12/1', specs: { hash: specifications.hash }, unitCode: c12.unitCode, month: c12.month, declared: declared ?? null, due, findings })}\n`,
    );
  } else {
    const word = (
      code: 'HEAD_LINE' | 'HEAD_FUND_COLUMN' | 'HEAD_EXPECTED' | 'HEAD_FOUND' | 'HEAD_REASON',
    ): string => declarationSentence(code)[language];
    if (findings.length === 0) streams.write(`${declarationSentence('C12_AGREES')[language]}\n`);
    else
      streams.write(
        textTable(
          [
            messages.words.rule,
            word('HEAD_LINE'),
            word('HEAD_FUND_COLUMN'),
            word('HEAD_EXPECTED'),
            word('HEAD_FOUND'),
            word('HEAD_REASON'),
          ],
          findings.map(({ ruleId, line, column, expected, found, title }) => [
            ruleId,
            line,
            column,
            String(expected),
            String(found),
            title[language],
          ]),
        ),
      );
    streams.write(`${declarationSentence('C12_DUE', { total: String(due.total) })[language]}\n`);
  }
  return findings.length === 0 ? exitCodes.done : exitCodes.findings;
}
