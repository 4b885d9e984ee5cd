import { createReadStream } from 'node:fs';
import {
  messageProfiles,
  readStatement,
  StatementProof,
  type PageProblem,
  type StatementLine,
  type StatementPage,
} from '@bhxh/sdk/payments';
import { maskValue } from '@bhxh/sdk/messages';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { XmlError } from '@bhxh/xml';
import { cliError } from '../cli-error.ts';
import { flagOption, listOption, textOption, type CommandContext } from '../command-context.ts';
import { flags } from '../flags.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { neededOption } from '../needed-option.ts';
import { messageNumber, openPayments, vietnamNow } from '../open-payments.ts';
import { quoted } from '../read-inputs.ts';
import { csvLine } from '../reporters/csv.ts';

const command = 'payments statement';

interface Shown {
  readonly lines: readonly StatementLine[];
  readonly pages: readonly StatementPage[];
  readonly problems: readonly Pick<PageProblem, 'code' | 'page'>[];
}

/** Shows a statement: of a file, or as a bank sends it. It is complete and proven, or every reason against it is named. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const files = listOption(context.options, 'statement');
  const shown = files.length > 0 ? await fromFiles(context, files) : await fromBank(context);
  write(context, shown);
  return shown.problems.length === 0 ? exitCodes.done : exitCodes.findings;
}

async function fromFiles(context: CommandContext, files: readonly string[]): Promise<Shown> {
  const profiles = messageProfiles(openSpecifications());
  const proof = new StatementProof();
  const lines: StatementLine[] = [];
  const pages: StatementPage[] = [];
  const problems: Pick<PageProblem, 'code' | 'page'>[] = [];
  for (const path of files) {
    const source = path === '-' ? context.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
    try {
      for await (const event of readStatement(source, profiles)) {
        context.signal.throwIfAborted();
        if (event.kind === 'line') {
          lines.push(event.line);
          proof.line(event.line);
        } else if (event.kind === 'page') {
          pages.push(event.page);
          proof.page(event.page);
        } else {
          const { code, path: place, line, column } = event.problem;
          context.streams.note(`${code} ${place} (${line}:${column})\n`);
          problems.push({ code: code as PageProblem['code'], page: 0 });
        }
      }
    } catch (cause) {
      const code = cause instanceof XmlError ? cause.code : ((cause as NodeJS.ErrnoException).code ?? '');
      if (code.startsWith('ERR_') || (cause as Error).name === 'AbortError') throw cause;
      throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why: code }, cause);
    }
  }
  return { lines, pages, problems: [...problems, ...proof.end()] };
}

async function fromBank(context: CommandContext): Promise<Shown> {
  const [account] = context.arguments;
  if (account === undefined)
    throw cliError('ERR_OPTION_MISSING', { option: flags.statement.syntax, command });
  const bank = neededOption(context.options, 'bank', command);
  const today = vietnamNow(context).slice(0, 10);
  const from = dateOption(context.options, 'fromDay', command) ?? today;
  const to = dateOption(context.options, 'toDay', command) ?? today;
  const client = await openPayments(context, command);
  try {
    const { lines, pages } = await client.readStatement({
      messageId: messageNumber(context, 'SK'),
      bank,
      account,
      from,
      to,
    });
    return { lines, pages, problems: [] };
  } finally {
    await client.close();
  }
}

const columns = [
  'account',
  'bookingDate',
  'valueDate',
  'direction',
  'amount',
  'bankReference',
  'endToEndId',
  'isReversal',
  'counterpartyName',
  'counterpartyAccount',
  'text',
] as const;

function write(context: CommandContext, { lines, pages, problems }: Shown): void {
  const { streams, format, messages } = context;
  const reveal = flagOption(context.options, 'reveal');
  const shown = reveal ? lines : lines.map(masked);
  if (format === 'json') {
    const body = { schema: 'bhxh-payments-statement/1', pages, lines: shown, problems };
    streams.write(`${JSON.stringify(body, null, 2)}\n`);
    return;
  }
  if (format === 'csv') {
    streams.write(csvLine(columns));
    for (const line of shown)
      streams.write(
        csvLine(
          columns.map((name) => {
            const value = line[name];
            return typeof value === 'boolean' ? String(value) : value;
          }),
        ),
      );
    return;
  }
  for (const { account, id, page, balances } of pages)
    streams.write(
      `${account} ${id}:${page}  ${balances.map(({ code, amount }) => `${code} ${amount ?? '–'}`).join('  ')}\n`,
    );
  for (const { bookingDate, direction, amount, bankReference, isReversal, text, problems: own } of shown)
    streams.write(
      `  ${bookingDate} ${direction === 'credit' ? '+' : '−'}${amount ?? '–'} ${bankReference}${isReversal ? ' ↩' : ''} ${text}${own.length > 0 ? ` [${own.join(', ')}]` : ''}`.trimEnd() +
        '\n',
    );
  for (const { code, page } of problems) streams.write(`${messages.words.error} ${code} ${page}\n`);
  streams.note(`${messages.words.total}: ${lines.length}\n`);
  if (textOption(context.options, 'output') === undefined && problems.length > 0)
    streams.note(`${messages.words.refused}\n`);
}

/** Names, accounts and texts of payers may name a person. */
function masked(line: StatementLine): StatementLine {
  const { counterpartyName, counterpartyAccount, text } = line;
  const hide = (value: string): string => (value === '' ? '' : maskValue(value));
  return {
    ...line,
    counterpartyName: hide(counterpartyName),
    counterpartyAccount: hide(counterpartyAccount),
    text: hide(text),
  };
}
