import { formatRemittance, remittanceSyntax, type RemittanceFormat } from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { csvColumns } from '../csv-column.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** Prints the remittance text of a contribution, or of each row of a CSV file (columns `unit`, `office`, `description`). */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, format } = context;
  const from = textOption(context.options, 'from');
  const show = (text: string): void => {
    streams.write(
      format === 'json' ? `${JSON.stringify({ schema: 'bhxh-remittance-text/1', text })}\n` : `${text}\n`,
    );
  };
  if (from === undefined) show(remittanceText(context, 'remittance format', 'plus'));
  else
    for await (const row of remittanceRows(context, from))
      show(remittanceText(context, 'remittance format', 'plus', row));
  return exitCodes.done;
}

/** One row of a batch; what a row leaves empty the options say. */
export interface RemittanceRow {
  readonly unit: string;
  readonly office: string;
  readonly description: string;
  readonly amount: string;
}

/** The rows of a batch. Throws ERR_INPUT_UNREADABLE, ERR_CSV_COLUMN. */
export async function* remittanceRows(context: CommandContext, path: string): AsyncGenerator<RemittanceRow> {
  for await (const cells of csvColumns(path, ['unit'], context.stdin, ['office', 'description', 'amount'])) {
    context.signal.throwIfAborted();
    const [unit = '', office = '', description = '', amount = ''] = cells;
    yield { unit, office, description, amount };
  }
}

/** The text that the options describe. Throws ERR_OPTION_INVALID and what `formatRemittance` throws. */
export function remittanceText(
  { options }: CommandContext,
  command: string,
  standard: 'plus' | 'short',
  row?: RemittanceRow,
): string {
  const needed = (option: 'unit' | 'office'): string => {
    const value = row?.[option] || textOption(options, option);
    if (value === undefined)
      throw cliError('ERR_OPTION_INVALID', {
        option: `--${option}`,
        value: '',
        why: 'ZZ1234C, 99001',
        command,
      });
    return value;
  };
  const description = row?.description || textOption(options, 'description');
  const rail = textOption(options, 'rail') ?? (standard === 'short' ? 'vietqr' : undefined);
  return formatRemittance(
    {
      unitCode: needed('unit'),
      officeCode: needed('office'),
      ...(description === undefined ? {} : { description }),
    },
    remittanceSyntax(openSpecifications()),
    {
      form: (textOption(options, 'form') ?? standard) as NonNullable<RemittanceFormat['form']>,
      ...(rail === undefined ? {} : { rail }),
    },
  );
}
