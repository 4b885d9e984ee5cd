import { contributionSentence, householdHealth } from '@bhxh/sdk/contributions';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { csvOf, money, type TableRow } from '../table-file.ts';
import { textTable } from '../terminal/table.ts';

const command = 'contributions household';

/** Monthly health insurance of the members of a household, in the order in which they join within a year. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language } = context;
  const month = textOption(options, 'month');
  const members = numberOption(options, 'members', command, { least: 1, most: 30, whole: true });
  if (month === undefined || members === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: month === undefined ? '--month' : '--members',
      value: '',
      why: month === undefined ? 'yyyy-MM' : '1 … 30',
      command,
    });
  const specifications = openSpecifications();
  const amounts = householdHealth(specifications, { month, members });
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const rows = amounts.map((amount, index): TableRow => [index + 1, amount]);
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-contributions-household/1', specs: { hash: specifications.hash }, month, amounts, total })}\n`,
    );
  else if (context.format === 'csv') streams.write(csvOf([['member', 'amount'], ...rows]));
  else {
    const [person, amount, whole] = (['HEAD_PERSON', 'HEAD_AMOUNT', 'HEAD_TOTAL'] as const).map(
      (code) => contributionSentence(code)[language],
    );
    streams.write(
      textTable(
        [person ?? '', amount ?? ''],
        [
          ...rows.map(([member, value]) => [String(member), money(Number(value))]),
          [whole ?? '', money(total)],
        ],
      ),
    );
  }
  return exitCodes.done;
}
