import {
  createRemittanceParser,
  createUnitRegister,
  readVietqr,
  remittanceSyntax,
  vietqrLayout,
  type RemittanceResult,
  type UnitRegister,
} from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { maskValue } from '@bhxh/sdk/messages';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { csvColumns } from '../csv-column.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { csvLine } from '../reporters/csv.ts';

/** Payment codes begin with their format indicator. */
const payloadStart = '000201';

/** Reads remittance texts: those on the command line, or a column of a CSV file. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, format, messages, language } = context;
  const from = textOption(options, 'from');
  if (from === undefined && context.arguments.length === 0)
    throw cliError('ERR_INPUT_NOTHING', { paths: '' });
  const specifications = openSpecifications();
  const syntax = remittanceSyntax(specifications);
  const layout = vietqrLayout(specifications);
  const register = await readRegister(context, syntax.confusions);
  const parse = createRemittanceParser({
    syntax,
    ...(register === undefined ? {} : { register }),
    acceptShortForm: textOption(options, 'form') === 'short',
  });
  const reveal = flagOption(options, 'reveal');
  const kinds = new Map<string, number>();
  const labels = new Map(syntax.recoveries.map(({ code, label }) => [code, label[language]]));

  const show = (raw: string, index: number): void => {
    const purpose = raw.startsWith(payloadStart) ? readVietqr(raw, layout) : undefined;
    const result = parse(purpose === undefined ? raw : (purpose.payment?.purpose ?? ''));
    kinds.set(result.kind, (kinds.get(result.kind) ?? 0) + 1);
    const shown = reveal ? result : masked(result);
    if (format === 'json') {
      const problems = purpose === undefined ? {} : { qr: { problems: purpose.problems } };
      streams.write(`${index === 0 ? '' : ','}\n${JSON.stringify({ ...shown, ...problems })}`);
    } else if (format === 'csv') streams.write(csvLine(cellsOf(shown)));
    else {
      const { fields, recoveries, warnings } = shown;
      streams.write(
        `${shown.kind} ${shown.confidence}  ${fields.type ?? '–'} ${fields.subtype ?? '–'} ${fields.unitCode ?? fields.paymentId ?? '–'} ${fields.officeCode ?? '–'} ${shown.period ?? ''} ${fields.description ?? ''}`.trimEnd() +
          '\n',
      );
      for (const { code, outcome } of recoveries)
        streams.write(`  ${code} ${labels.get(code) ?? ''}: ${outcome}\n`);
      const notes = [...warnings, ...(purpose?.problems ?? []).map((problem) => `QR_${problem}`)];
      if (notes.length > 0) streams.write(`  ${notes.join(', ')}\n`);
    }
  };

  if (format === 'json') streams.write('{"schema":"bhxh-remittance/1","items":[');
  if (format === 'csv') streams.write(csvLine(columns));
  let index = 0;
  for (const text of context.arguments) show(text, index++);
  if (from !== undefined) {
    const column = textOption(options, 'column') ?? 'text';
    for await (const [text = ''] of csvColumns(from, [column], context.stdin)) {
      context.signal.throwIfAborted();
      show(text, index++);
    }
  }
  if (format === 'json') streams.write(`\n],"summary":${JSON.stringify(Object.fromEntries(kinds))}}\n`);
  else if (index > 1)
    streams.note(
      `${messages.words.total}: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}\n`,
    );
  return kinds.has('notBhxh') ? exitCodes.findings : exitCodes.done;
}

const columns = [
  'kind',
  'confidence',
  'type',
  'subtype',
  'unitCode',
  'officeCode',
  'paymentId',
  'period',
  'description',
  'recoveries',
  'warnings',
];

function cellsOf({
  kind,
  confidence,
  fields,
  period,
  recoveries,
  warnings,
}: RemittanceResult): readonly string[] {
  return [
    kind,
    String(confidence),
    fields.type ?? '',
    fields.subtype ?? '',
    fields.unitCode ?? '',
    fields.officeCode ?? '',
    fields.paymentId ?? '',
    period ?? '',
    fields.description ?? '',
    recoveries.map(({ code }) => code).join(' '),
    warnings.join(' '),
  ];
}

/** The text itself and long runs of digits may name a person. */
function masked(result: RemittanceResult): RemittanceResult {
  const { description, paymentId } = result.fields;
  return {
    ...result,
    fields: {
      ...result.fields,
      paymentId: paymentId === null ? null : maskValue(paymentId),
      description: description === null ? null : maskValue(description),
    },
    raw: maskValue(result.raw),
  };
}

async function readRegister(
  context: CommandContext,
  confusions: readonly string[],
): Promise<UnitRegister | undefined> {
  const path = textOption(context.options, 'units');
  if (path === undefined) return undefined;
  const entries = [];
  for await (const [unitCode = '', officeCode = ''] of csvColumns(
    path,
    ['unitCode', 'officeCode'],
    context.stdin,
  ))
    entries.push({ unitCode, officeCode });
  return createUnitRegister(entries, confusions);
}
