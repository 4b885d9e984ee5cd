import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';
import { messageNumber, openPayments } from '../open-payments.ts';
import { textTable } from '../terminal/table.ts';

const command = 'payments balance';

/** Asks a bank for the balances of an account. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, format } = context;
  const [account = ''] = context.arguments;
  const bank = neededOption(context.options, 'bank', command);
  const client = await openPayments(context, command);
  try {
    const balances = await client.inquireBalance({ messageId: messageNumber(context, 'SD'), bank, account });
    if (format === 'json')
      streams.write(
        `${JSON.stringify({ schema: 'bhxh-payments-balance/1', bank, account, balances }, null, 2)}\n`,
      );
    else
      streams.write(
        textTable(
          ['', 'VND', ''],
          balances.map(({ code, amount, date }) => [code, String(amount ?? '–'), date]),
        ),
      );
  } finally {
    await client.close();
  }
  return exitCodes.done;
}
