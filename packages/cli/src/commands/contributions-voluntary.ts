import { calculateVoluntary, contributionSentence, type SupportGroup } from '@bhxh/sdk/contributions';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { csvOf, money } from '../table-file.ts';

const command = 'contributions voluntary';

/** One month of voluntary social insurance: what is due, what the State pays, what the person pays. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language } = context;
  const month = textOption(options, 'month');
  const income = numberOption(options, 'salary', command, { least: 0, most: 1_000_000_000_000, whole: true });
  if (month === undefined || income === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: month === undefined ? '--month' : '--salary',
      value: '',
      why: month === undefined ? 'yyyy-MM' : 'N',
      command,
    });
  const specifications = openSpecifications();
  const group = (textOption(options, 'group') ?? 'other') as SupportGroup;
  const result = calculateVoluntary(specifications, { month, income, group });
  const { amount, support, ownShare } = result;
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-contributions-voluntary/1', specs: { hash: specifications.hash }, group, ...result })}\n`,
    );
  else if (context.format === 'csv')
    streams.write(
      csvOf([
        ['month', 'group', 'income', 'amount', 'support', 'ownShare'],
        [month, group, income, amount, support, ownShare],
      ]),
    );
  else
    streams.write(
      `${contributionSentence('VOLUNTARY', { amount: money(amount), support: money(support), own: money(ownShare) })[language]}\n`,
    );
  return exitCodes.done;
}
