import { flagOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

interface Notice {
  readonly at: number;
  readonly channel: string;
  readonly kind: string;
  readonly owner: string;
  readonly recipient: string | null;
  readonly text: string;
}

/** SMS and e-mails that the real system would have sent, newest first, to everybody or to one owner. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [owner] = context.arguments;
  const control = await openServerControl(context, 'mock outbox');
  const query = new URLSearchParams({
    ...(owner === undefined ? {} : { owner }),
    ...(flagOption(context.options, 'reveal') ? { reveal: '1' } : {}),
  });
  const said = await control.call('GET', `notices?${query.toString()}`);
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-outbox/1', ...said })}\n`);
  else
    for (const { at, channel, kind, recipient, text } of said['notices'] as readonly Notice[])
      context.streams.write(
        `${new Date(at).toISOString()}  ${channel}  ${recipient ?? '-'}  ${kind}\n  ${text}\n`,
      );
  return exitCodes.done;
}
