import { formatRemittance, remittanceSyntax, type RemittanceFormat } from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** Prints the remittance text of a contribution. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const text = remittanceText(context, 'remittance format', 'plus');
  context.streams.write(
    context.format === 'json'
      ? `${JSON.stringify({ schema: 'bhxh-remittance-text/1', text })}\n`
      : `${text}\n`,
  );
  return exitCodes.done;
}

/** The text that the options describe. Throws ERR_OPTION_INVALID and what `formatRemittance` throws. */
export function remittanceText(
  { options }: CommandContext,
  command: string,
  standard: 'plus' | 'short',
): string {
  const needed = (option: string): string => {
    const value = textOption(options, option);
    if (value === undefined)
      throw cliError('ERR_OPTION_INVALID', {
        option: `--${option}`,
        value: '',
        why: 'ZZ1234C, 99001',
        command,
      });
    return value;
  };
  const description = textOption(options, 'description');
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
