import { writeTraceInquiry } from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { messageNumber, openPayments, vietnamNow } from '../open-payments.ts';
import { writeWhole } from '../output-folder.ts';
import { showRecord } from '../payment-record.ts';

const command = 'payments trace';

/**
 * Trace inquiries: without a number a new one, written into a file with `--out` or opened at the gateway; with a number its
 * state, or the next step of its life.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, format } = context;
  const [id] = context.arguments;
  if (id !== undefined) return showRecord(context, command, id, (client) => client.traces);
  const amountOf = (name: string): number | undefined =>
    numberOption(options, name, command, { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true });
  const reason = neededOption(options, 'reason', command);
  const reference = neededOption(options, 'reference', command);
  const content = neededOption(options, 'content', command);
  const day = dateOption(options, 'date', command) ?? vietnamNow(context).slice(0, 10);
  const amount = amountOf('amount');
  const rightAmount = amountOf('rightAmount');
  const out = textOption(options, 'out');
  const isDry = flagOption(options, 'dryRun');
  if (out === undefined && !isDry) {
    const bank = neededOption(context.options, 'bank', command);
    const client = await openPayments(context, command);
    try {
      const record = await client.traces.open({
        reason,
        content,
        bank,
        originalReference: reference,
        ...(amount === undefined ? {} : { originalAmount: String(amount) }),
        originalDate: day,
      });
      streams.write(
        format === 'json'
          ? `${JSON.stringify({ schema: 'bhxh-payments-record/1', ...record }, null, 2)}\n`
          : `${record.id} ${record.state}\n`,
      );
      streams.note(`${context.messages.words.hint}: bhxh payments trace ${record.id} --step submit\n`);
    } finally {
      await client.close();
    }
    return exitCodes.done;
  }
  const { message, bytes } = writeTraceInquiry(openSpecifications(), {
    id: messageNumber(context, 'TS'),
    reason,
    from: textOption(options, 'office') ?? 'BHXH',
    to: textOption(options, 'bank') ?? 'NGAN HANG',
    reference,
    amount: amount ?? Number(neededOption(options, 'amount', command)),
    day,
    content,
    ...(rightAmount === undefined ? {} : { rightAmount }),
    createdAt: vietnamNow(context),
  });
  if (out !== undefined && !isDry) writeWhole(out, bytes, flagOption(options, 'force'));
  streams.write(
    format === 'json'
      ? `${JSON.stringify({ schema: 'bhxh-payments-message/1', message, out: isDry ? null : out, bytes: bytes.length })}\n`
      : `${isDry ? Buffer.from(bytes).toString('utf8') : `${out}: ${message}`}\n`,
  );
  return exitCodes.done;
}
