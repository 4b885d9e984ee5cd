import type { BankClient, RecordCalls } from '@bhxh/sdk/payments';
import { textOption, type CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { openPayments } from './open-payments.ts';

/** A record of the bank gateway, as far as it is shown. */
interface Shown {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly steps: readonly { readonly action: string; readonly by: string; readonly at: string }[];
}

/** Shows a record, after the step of `--step` where one is to be taken. */
export async function showRecord(
  context: CommandContext,
  command: string,
  id: string,
  callsOf: (client: BankClient) => Pick<RecordCalls<never, Shown>, 'read' | 'act'>,
): Promise<ExitCode> {
  const { options, streams, format } = context;
  const action = textOption(options, 'step');
  const note = textOption(options, 'note');
  const client = await openPayments(context, command);
  try {
    const calls = callsOf(client);
    const known = await calls.read(id, context.signal);
    const record =
      action === undefined
        ? known
        : await calls.act(known, { action, ...(note === undefined ? {} : { note }) });
    if (format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-payments-record/1', ...record }, null, 2)}\n`);
    else {
      streams.write(`${record.id} ${record.state}\n`);
      for (const step of record.steps) streams.write(`  ${step.at} ${step.action} ${step.by}\n`);
    }
  } finally {
    await client.close();
  }
  return exitCodes.done;
}
