import {
  calculateBackCollection,
  contributionSentence,
  type BackCollection,
  type ContributionSentenceCode,
  type PaymentCycle,
  type Region,
  type Scheme,
} from '@bhxh/sdk/contributions';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { csvOf, money, writeTable, type TableRow } from '../table-file.ts';
import { textTable } from '../terminal/table.ts';

const command = 'contributions adjust';
const wageBounds = { least: 0, most: 1_000_000_000_000, whole: true } as const;

/** Truy thu and thoái thu: what a wage that was declared wrongly leaves to collect or to give back, with late interest. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const needed = <T>(option: string, value: T | undefined, why: string): T => {
    if (value === undefined) throw cliError('ERR_OPTION_INVALID', { option, value: '', why, command });
    return value;
  };
  const first = needed('--month', textOption(options, 'month'), 'yyyy-MM');
  const before = needed('--before', numberOption(options, 'before', command, wageBounds), 'N');
  const after = needed('--after', numberOption(options, 'after', command, wageBounds), 'N');
  const paidOn = dateOption(options, 'paidOn', command);
  const specifications = openSpecifications();
  const result = calculateBackCollection(
    specifications,
    { before, after },
    {
      first,
      last: textOption(options, 'until') ?? first,
      region: Number(textOption(options, 'region') ?? '1') as Region,
      scheme: (textOption(options, 'scheme') ?? 'enterprise') as Scheme,
      hasReducedOccupational: flagOption(options, 'reduced'),
      cycle: Number(textOption(options, 'cycle') ?? '1') as PaymentCycle,
      ...(paidOn === undefined ? {} : { paidOn }),
    },
  );
  const rows = tableOf(result);
  const out = textOption(options, 'out');
  if (out !== undefined) {
    await writeTable(out, rows, flagOption(options, 'force'));
    streams.note(`${messages.words.files}: ${out}\n`);
  }
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-contributions-adjust/1', specs: { hash: specifications.hash }, before, after, paidOn: paidOn ?? null, ...result })}\n`,
    );
  else if (context.format === 'csv') streams.write(csvOf(rows));
  else {
    const word = (code: ContributionSentenceCode): string => contributionSentence(code)[language];
    streams.write(
      textTable(
        [
          word('HEAD_MONTH'),
          word('HEAD_BEFORE'),
          word('HEAD_AFTER'),
          word('HEAD_DIFFERENCE'),
          word('HEAD_DUE'),
          word('HEAD_INTEREST'),
        ],
        result.months.map((month) => [
          month.month,
          money(month.before.total),
          money(month.after.total),
          money(month.columns.total),
          month.dueOn,
          money(month.interestTotal),
        ]),
      ),
    );
    const columns = Object.fromEntries(
      Object.entries(result.columns).map(([name, amount]) => [name, money(amount as number)]),
    );
    streams.write(`${contributionSentence('COLUMNS', columns)[language]}\n`);
    streams.write(`${word('HEAD_INTEREST')}: ${money(result.interest)}\n`);
    const months = [...new Set(result.months.flatMap(({ unknownMonths }) => unknownMonths))];
    if (months.length > 0)
      streams.write(`${contributionSentence('INTEREST_UNKNOWN', { months: months.join(', ') })[language]}\n`);
  }
  return exitCodes.done;
}

function tableOf({ months }: BackCollection): readonly TableRow[] {
  return [
    ['month', 'before', 'after', 'bhxh', 'bhyt', 'bhtn', 'tnld', 'total', 'due', 'interest', 'unknown'],
    ...months.map((month): TableRow => {
      const { bhxh, bhyt, bhtn, tnld, total } = month.columns;
      const { before, after, dueOn, interestTotal, unknownMonths } = month;
      return [
        month.month,
        before.total,
        after.total,
        bhxh,
        bhyt,
        bhtn,
        tnld,
        total,
        dueOn,
        interestTotal,
        unknownMonths.join(' '),
      ];
    }),
  ];
}
