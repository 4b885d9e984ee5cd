import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

/** Drops everything that arrived at a running demo server and seeds its data anew; other servers refuse. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const control = await openServerControl(context, 'mock reset');
  await control.call('POST', 'reset');
  if (context.format === 'json') {
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-reset/1', reset: true })}\n`);
  } else context.streams.write(`${context.messages.words.reset}\n`);
  return exitCodes.done;
}
