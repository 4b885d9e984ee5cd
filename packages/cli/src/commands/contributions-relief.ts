import {
  contributionSentence,
  readWorkerList,
  workerSupport,
  type WorkerSupport,
} from '@bhxh/sdk/contributions';
import { maskValue } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { csvOf, money, writeTable, type TableRow } from '../table-file.ts';
import { textTable } from '../terminal/table.ts';

/** What the unemployment fund paid each worker of a confirmed list by NQ 116/NQ-CP, and why not. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const [path = ''] = context.arguments;
  const specifications = openSpecifications();
  const { workers, problems } = await readWorkerList(path);
  for (const { row, column, code, message } of problems)
    streams.note(`${path}:${row}:${column}: ${code}: ${message[language]}\n`);
  if (problems.length > 0) return exitCodes.findings;
  const isShown = flagOption(options, 'reveal');
  const shown = (text: string): string => (isShown ? text : maskValue(text));
  const list = workerSupport(specifications, workers);
  const total = list.reduce((sum, { amount }) => sum + amount, 0);
  const tableOf = (name: (text: string) => string): readonly TableRow[] => [
    ['key', 'name', 'months', 'amount', 'refused'],
    ...list.map(({ worker, amount, refused }): TableRow => [
      name(worker.key),
      name(worker.name),
      worker.months,
      amount,
      refused ?? '',
    ]),
  ];
  const out = textOption(options, 'out');
  if (out !== undefined) {
    await writeTable(
      out,
      tableOf((text) => text),
      flagOption(options, 'force'),
    );
    streams.note(`${messages.words.files}: ${out}\n`);
  }
  if (context.format === 'json') {
    const people = list.map(({ worker, amount, refused }) => ({
      key: shown(worker.key),
      months: worker.months,
      amount,
      refused,
    }));
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-contributions-relief/1', specs: { hash: specifications.hash }, people, total })}\n`,
    );
  } else if (context.format === 'csv') streams.write(csvOf(tableOf(shown)));
  else {
    const word = (
      code: 'HEAD_PERSON' | 'HEAD_MONTHS' | 'HEAD_AMOUNT' | 'HEAD_REASON' | 'HEAD_TOTAL',
    ): string => contributionSentence(code)[language];
    const why = ({ refused }: WorkerSupport): string =>
      refused === null
        ? ''
        : contributionSentence(refused === 'not-confirmed' ? 'REFUSED_NOT_CONFIRMED' : 'REFUSED_NOT_PAYING')[
            language
          ];
    streams.write(
      textTable(
        [word('HEAD_PERSON'), word('HEAD_MONTHS'), word('HEAD_AMOUNT'), word('HEAD_REASON')],
        [
          ...list.map((one) => [
            `${shown(one.worker.key)} ${shown(one.worker.name)}`.trim(),
            String(one.worker.months),
            money(one.amount),
            why(one),
          ]),
          [word('HEAD_TOTAL'), '', money(total), ''],
        ],
      ),
    );
  }
  return exitCodes.done;
}
