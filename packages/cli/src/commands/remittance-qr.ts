import { bilateralBanks, buildVietqr, readAmount, vietqrLayout } from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { remittanceRows, remittanceText, type RemittanceRow } from './remittance-format.ts';

const command = 'remittance qr';

/** Prints the payload of a VietQR code, or one for each row of a CSV file. The purpose is left out unless the short form is asked for, because the official text does not fit. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams } = context;
  const specifications = openSpecifications();
  const banks = bilateralBanks(specifications);
  const name = textOption(options, 'bank') ?? '';
  const bank = banks.find(
    ({ code, bin, aliases }) => bin === name || [code, ...aliases].includes(name.toUpperCase()),
  );
  const bin = bank?.bin ?? (/^\d{6}$/.test(name) ? name : undefined);
  if (bin === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--bank',
      value: name,
      why: `${banks.map(({ code }) => code).join(', ')}, 6 × 0–9`,
      command,
    });
  const account = textOption(options, 'to');
  if (account === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--to', value: '', why: '9999…', command });
  const standard = numberOption(options, 'amount', command, { least: 1, most: mostAmount, whole: true });
  const show = (row?: RemittanceRow): void => {
    const amount = row === undefined || row.amount === '' ? standard : amountOf(row.amount);
    const purpose =
      textOption(options, 'form') === undefined ? undefined : remittanceText(context, command, 'short', row);
    const payload = buildVietqr(
      {
        bin,
        account,
        ...(amount === undefined ? {} : { amount }),
        ...(purpose === undefined ? {} : { purpose }),
      },
      layout,
    );
    streams.write(
      context.format === 'json' ? `${JSON.stringify({ schema: 'bhxh-qr/1', payload })}\n` : `${payload}\n`,
    );
  };
  const layout = vietqrLayout(specifications);
  const from = textOption(options, 'from');
  if (from === undefined) show();
  else for await (const row of remittanceRows(context, from)) show(row);
  return exitCodes.done;
}

/** Thirteen digits are what a payment code carries. */
const mostAmount = 9_999_999_999_999;

function amountOf(text: string): number {
  const amount = readAmount(text);
  if (typeof amount === 'number' && amount > 0 && amount <= mostAmount) return amount;
  const why = typeof amount === 'string' ? amount : `1 … ${mostAmount}`;
  throw cliError('ERR_OPTION_INVALID', { option: '--amount', value: text, why, command });
}
