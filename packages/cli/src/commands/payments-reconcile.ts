import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, rmSync } from 'node:fs';
import {
  emptyFindings,
  linesOfStatement,
  messageProfiles,
  ownOpenings,
  reconcile,
  reconciliationReport,
  reconciliationRules,
  readAmount,
  type PreviousRun,
  type ReconciliationLine,
  type ReconciliationReport,
  type ReconciliationRules,
} from '@bhxh/sdk/payments';
import { XmlError } from '@bhxh/xml';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, listOption, textOption, type CommandContext } from '../command-context.ts';
import { csvColumns } from '../csv-column.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { quoted } from '../read-inputs.ts';
import { reconciliationHtml } from '../reporters/reconciliation-html.ts';
import { reconciliationCsv, reconciliationText } from '../reporters/reconciliation-text.ts';

const command = 'payments reconcile';
const neededColumns = ['id', 'account', 'direction', 'amount', 'day'] as const;
const furtherColumns = ['reference', 'order', 'batch', 'text', 'reversal'] as const;

/** Compares statements with the own book and says what does not agree, class by class, proven to the đồng. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams } = context;
  const statements = listOption(options, 'statement');
  const book = textOption(options, 'book');
  if (statements.length === 0) throw missing('--statement', 'camt.053, camt.052, camt.054, MT940');
  if (book === undefined) throw missing('--book', 'FILE.csv');
  const runNumber = numberOption(options, 'run', command, { least: 1, most: 99, whole: true }) ?? 1;
  const specifications = openSpecifications();
  const rules = reconciliationRules(specifications);
  const previous = previousReport(context);
  const findings = emptyFindings(ownOpenings(previous, runNumber));
  const date = dateOption(options, 'date', command);
  const work = textOption(options, 'work');
  const isResumed = flagOption(options, 'resume');
  if (isResumed && work === undefined) throw missing('--work', 'DIR');
  if (work !== undefined && !isResumed) rmSync(work, { recursive: true, force: true });

  const bankLines = async function* (): AsyncGenerator<ReconciliationLine> {
    yield* statementLines(context, statements, specifications, findings);
  };
  const bookLines = bookLinesOf(context, book);
  let result;
  if (work === undefined) result = await reconcile(bankLines(), bookLines, rules);
  else {
    const fingerprint = await fingerprintOf([...statements, book]);
    result = await reconcile(bankLines(), bookLines, rules, { path: work, fingerprint });
    // A continued run does not read the statements again for their lines, but still proves their pages.
    if (findings.pages.length === 0)
      for await (const line of statementLines(context, statements, specifications, findings)) void line;
  }
  const report = reconciliationReport({
    result,
    rules,
    run: runNumber,
    ...(date === undefined ? {} : { day: date }),
    ...(previous === undefined ? {} : { previous }),
    pages: findings.pages,
    statementProblems: findings.proof.end(),
    unreadable: findings.unreadable,
  });
  write(context, report, rules);
  if (findings.problems.length > 0)
    for (const { code, path, line, column } of findings.problems.slice(0, 20))
      streams.note(`${code} ${path} (${line}:${column})\n`);
  const isClean = report.verdict === 'matched' && findings.problems.length === 0;
  return isClean ? exitCodes.done : exitCodes.findings;
}

async function* statementLines(
  context: CommandContext,
  paths: readonly string[],
  specifications: Specifications,
  findings: ReturnType<typeof emptyFindings>,
): AsyncGenerator<ReconciliationLine> {
  const profiles = messageProfiles(specifications);
  let number = 1;
  for (const path of paths) {
    const source = path === '-' ? context.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
    try {
      for await (const line of linesOfStatement(source, profiles, findings, number)) {
        number += 1;
        if (number % 4096 === 0) context.signal.throwIfAborted();
        yield line;
      }
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? '';
      if (cause instanceof XmlError)
        throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why: cause.code }, cause);
      if (code.startsWith('ERR_') || (cause as Error).name === 'AbortError') throw cause;
      throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why: code }, cause);
    }
  }
}

async function* bookLinesOf(context: CommandContext, path: string): AsyncGenerator<ReconciliationLine> {
  let row = 1;
  for await (const cells of csvColumns(path, neededColumns, context.stdin, furtherColumns)) {
    row += 1;
    const [
      id = '',
      account = '',
      side = '',
      money = '',
      day = '',
      reference = '',
      order = '',
      batch = '',
      text = '',
      reversal = '',
    ] = cells;
    const amount = readAmount(money);
    const direction = side === 'credit' || side === 'debit' ? side : undefined;
    if (
      typeof amount === 'string' ||
      direction === undefined ||
      !/^\d{4}-\d{2}-\d{2}$/.test(day) ||
      id === ''
    )
      throw cliError('ERR_INPUT_UNREADABLE', {
        path: `${quoted(path)}:${row}`,
        why:
          typeof amount === 'string'
            ? amount
            : direction === undefined
              ? 'direction'
              : id === ''
                ? 'id'
                : 'day',
      });
    yield {
      id,
      account,
      reference,
      order,
      batch,
      direction,
      amount,
      day,
      text,
      isReversal: reversal === 'true',
    };
  }
}

/** The run before: its closing balances have to open this one, its open exceptions are followed. */
function previousReport(context: CommandContext): PreviousRun | undefined {
  const path = textOption(context.options, 'previous');
  if (path === undefined) return undefined;
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<ReconciliationReport>;
    if (report.schema !== 'bhxh-reconciliation/1') throw new Error('schema');
    const { openings = {}, closings = {}, differences = [] } = report;
    return { openings, closings, differences };
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'bhxh-reconciliation/1';
    throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why }, cause);
  }
}

async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    if (path === '-') throw missing('--work', 'FILE');
    hash.update(`${path}\0`);
    try {
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    } catch (cause) {
      const why = (cause as NodeJS.ErrnoException).code ?? '';
      throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why }, cause);
    }
  }
  return hash.digest('hex');
}

function write(context: CommandContext, report: ReconciliationReport, rules: ReconciliationRules): void {
  const { streams, format, language, messages } = context;
  const print = (piece: string): void => streams.write(piece);
  if (format === 'json') print(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === 'html') print(reconciliationHtml(report, rules, language, messages));
  else if (format === 'csv') reconciliationCsv(report, rules, print);
  else reconciliationText(report, rules, language, messages, print);
}

function missing(option: string, why: string): Error {
  return cliError('ERR_OPTION_INVALID', { option, value: '', why, command });
}
