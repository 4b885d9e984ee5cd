import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  disbursementData,
  generateMismatchDay,
  messageProfile,
  messagesOfBatch,
  mismatchCases,
  statementOfDay,
  type MismatchDay,
} from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { openOutputFolder, writeWhole } from '../output-folder.ts';

const command = 'generate statements';

/** Writes a synthetic day of collection: statement, own book, units and what a reconciliation must find in them. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const out = textOption(options, 'out');
  if (out === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--out', value: '', why: 'DIR', command });
  const count = numberOption(options, 'count', command, { least: 0, most: 1_000_000, whole: true }) ?? 10;
  const seed = numberOption(options, 'seed', command, { least: 0, most: 4_294_967_295, whole: true }) ?? 1;
  const most = 1 / mismatchCases.length;
  const rate =
    numberOption(options, 'defects', command, { least: 0, most: Math.floor(most * 1000) / 1000 }) ?? 0;
  const date = dateOption(options, 'date', command);
  const force = flagOption(options, 'force');
  openOutputFolder(out, force);
  const day = generateMismatchDay({ count, seed, rate, ...(date === undefined ? {} : { day: date }) });
  const specifications = openSpecifications();
  const profile = messageProfile(specifications, 'camt.053');
  const closings = Object.fromEntries(day.accounts.map(({ account, before }) => [account, before]));
  const files: Readonly<Record<string, Uint8Array | string>> = {
    'statement.xml': statementOfDay(day, profile),
    'book.csv': bookCsv(day),
    'units.csv': `unitCode,officeCode\n${day.units.map(({ unitCode, officeCode }) => `${unitCode},${officeCode}\n`).join('')}`,
    'previous.json': `${JSON.stringify({ schema: 'bhxh-reconciliation/1', closings }, null, 2)}\n`,
    'expected.json': `${JSON.stringify({ schema: 'bhxh-mismatches/1', seed, ...day.expected }, null, 2)}\n`,
  };
  for (const [name, content] of Object.entries(files)) writeWhole(join(out, name), content, force);
  const orders = join(out, 'orders');
  if (day.batches.length > 0) mkdirSync(orders, { recursive: true });
  const data = disbursementData(specifications);
  for (const ordered of day.batches) {
    const { id } = ordered.batch;
    const { order, answer, returns } = messagesOfBatch(ordered, data, specifications);
    writeFileSync(join(orders, `${id}-order.xml`), order);
    writeFileSync(join(orders, `${id}-answer.xml`), answer);
    for (const [index, bytes] of returns.entries())
      writeFileSync(join(orders, `${id}-return-${index + 1}.xml`), bytes);
  }
  const result = {
    schema: 'bhxh-generate/1',
    out,
    lines: day.statement.length,
    differences: day.expected.differences.length,
  };
  if (context.format === 'json') streams.write(`${JSON.stringify(result)}\n`);
  else
    streams.write(
      `${out}: ${[...Object.keys(files), ...(day.batches.length > 0 ? ['orders/'] : [])].join(', ')} ${messages.words.generated}\n`,
    );
  streams.note(
    `${messages.words.hint}: bhxh payments reconcile --statement ${join(out, 'statement.xml')} --book ${join(out, 'book.csv')} --previous ${join(out, 'previous.json')}\n`,
  );
  return exitCodes.done;
}

function bookCsv(day: MismatchDay): string {
  const rows = day.book.map(({ id, account, reference, order, direction, amount, day: booked, text }) =>
    [id, account, reference, order, direction, String(amount), booked, text].join(','),
  );
  return `${['id,account,reference,order,direction,amount,day,text', ...rows].join('\n')}\n`;
}
