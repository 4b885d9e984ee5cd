import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

/** Sends a look-up SMS to a running server, as a phone would to the office's short number. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [text = ''] = context.arguments;
  const control = await openServerControl(context, 'mock sms');
  const said = await control.call('POST', 'sms', { from: textOption(context.options, 'phone') ?? '', text });
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-sms/1', ...said })}\n`);
  else context.streams.write(`${String(said['text'])}\n`);
  return exitCodes.done;
}
