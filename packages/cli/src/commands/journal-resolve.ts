import { resolveItem, type Resolution } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { existingJournal, itemNumbered, openSenderJournal } from '../sending/open-journal.ts';

const command = 'journal resolve';

/** Closes an unknown outcome on a person's word: what the gateway's portal shows. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [number = '', verdict = ''] = context.arguments;
  const resolution = resolutionOf(context, verdict);
  const journal = await openSenderJournal(context, existingJournal(context), false);
  try {
    const item = await resolveItem(journal, await itemNumbered(journal, number, command), resolution);
    if (context.format === 'json')
      context.streams.write(`${JSON.stringify({ schema: 'bhxh-journal-item/1', item })}\n`);
    else context.streams.write(`${item.id} ${item.path}: ${item.state}\n`);
    return exitCodes.done;
  } finally {
    await journal.close();
  }
}

function resolutionOf(context: CommandContext, verdict: string): Resolution {
  if (verdict === 'not-received') return { verdict };
  if (verdict !== 'accepted') {
    throw cliError('ERR_OPTION_INVALID', {
      option: '<verdict>',
      value: verdict,
      why: 'accepted, not-received',
      command,
    });
  }
  const id = textOption(context.options, 'receipt');
  if (id === undefined || id === '') {
    throw cliError('ERR_OPTION_INVALID', { option: '--receipt', value: '', why: 'maGiaoDich', command });
  }
  return { verdict, receipt: { id, at: '', text: '' } };
}
