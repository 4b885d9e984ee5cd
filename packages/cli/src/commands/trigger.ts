import { readFile } from 'node:fs/promises';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';
import type { ReadyDemo } from '../triggering/stage.ts';

const command = 'trigger';

/**
 * Makes an event happen on a running demo server by doing what causes it, through the gateways: documents are generated,
 * signed and sent, and the server's clock is moved where a step is due later. Without a name it lists the events.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages } = context;
  const { recipes } = await import('../triggering/recipes.ts');
  const [event] = context.arguments;
  if (event === undefined) {
    const names = [...recipes.keys()];
    streams.write(
      context.format === 'json'
        ? `${JSON.stringify({ schema: 'bhxh-triggers/1', events: names })}\n`
        : names.map((name) => `${name}\n`).join(''),
    );
    return exitCodes.done;
  }
  const recipe = recipes.get(event);
  if (recipe === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '[event]',
      value: event,
      why: [...recipes.keys()].join(', '),
      command,
    });
  const control = await openServerControl(context, command);
  const path = textOption(context.options, 'readyFile') ?? '';
  const ready = JSON.parse(await readFile(path, 'utf8')) as ReadyDemo;
  const subject = await recipe({
    ready,
    control,
    now: async () => new Date(String((await control.call('GET', 'clock'))['now'])),
  });
  streams.write(
    context.format === 'json'
      ? `${JSON.stringify({ schema: 'bhxh-trigger/1', event, subject })}\n`
      : `${messages.words.triggered}: ${event}  ${subject}\n`,
  );
  return exitCodes.done;
}
