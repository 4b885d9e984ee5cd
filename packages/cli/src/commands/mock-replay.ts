import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';
import { showExchange, type Exchange } from './mock-requests.ts';

/** Sends the very bytes of a recorded call once more; a token in them that has ended is answered as such. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [id = ''] = context.arguments;
  const control = await openServerControl(context, 'mock replay');
  const said = await control.call('POST', `requests/${encodeURIComponent(id)}/replay`);
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-requests/1', ...said })}\n`);
  else context.streams.write(showExchange(said as unknown as Exchange));
  return exitCodes.done;
}
