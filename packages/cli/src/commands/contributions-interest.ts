import {
  contributionSentence,
  interestByDay,
  interestByMonth,
  type ContributionSentenceCode,
} from '@bhxh/sdk/contributions';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { csvOf, money } from '../table-file.ts';
import { textTable } from '../terminal/table.ts';

const command = 'contributions interest';

/** Late interest: by day with `--from-day` and `--to-day`, or of one month of the rule before July 2025 with `--month`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language } = context;
  const amount = numberOption(options, 'amount', command, { least: 0, most: 1_000_000_000_000, whole: true });
  const month = textOption(options, 'month');
  const [first, last] = [dateOption(options, 'fromDay', command), dateOption(options, 'toDay', command)];
  if (amount === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--amount', value: '', why: 'N', command });
  const specifications = openSpecifications();
  const isByDay = first !== undefined && last !== undefined;
  if (isByDay === (month !== undefined))
    throw cliError('ERR_OPTION_INVALID', {
      option: '--month',
      value: month ?? '',
      why: '--from-day D --to-day D | --month yyyy-MM',
      command,
    });
  const fund = textOption(options, 'fund') === 'health' ? 'health' : 'social';
  const result = isByDay
    ? interestByDay(specifications, { amount, first, last })
    : interestByMonth(specifications, { amount, month: month ?? '', fund });
  const { periods, ratePerMillion, interest, parameter } = result;
  const legal = specifications.legal(parameter.legal)?.number ?? parameter.legal;
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-contributions-interest/1', specs: { hash: specifications.hash }, ...result })}\n`,
    );
  else if (context.format === 'csv')
    streams.write(
      csvOf([
        ['amount', 'periods', 'ratePerMillion', 'interest', 'legal'],
        [amount, periods, ratePerMillion, interest, legal],
      ]),
    );
  else {
    const word = (code: ContributionSentenceCode): string => contributionSentence(code)[language];
    streams.write(
      textTable(
        [
          word('HEAD_BASE'),
          word(isByDay ? 'HEAD_DAYS' : 'HEAD_MONTH'),
          word('HEAD_RATE'),
          word('HEAD_INTEREST'),
          word('HEAD_LEGAL'),
        ],
        [[money(amount), String(periods), `${ratePerMillion / 10_000} %`, money(interest), legal]],
      ),
    );
  }
  return exitCodes.done;
}
