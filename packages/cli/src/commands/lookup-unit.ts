import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openChosenDeclarations } from '../open-declarations.ts';
import { textTable } from '../terminal/table.ts';

/** Shows the unit of the account as the register has it. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages } = context;
  const client = openChosenDeclarations(context);
  const unit = await client.readUnit(context.signal).finally(() => client.close());
  if (context.format === 'json') streams.write(`${JSON.stringify({ schema: 'bhxh-lookup-unit/1', unit })}\n`);
  else
    streams.write(
      textTable(
        [messages.words.what, messages.words.value],
        Object.entries(unit).map(([name, value]) => [name, value === null ? '' : String(value)]),
      ),
    );
  return exitCodes.done;
}
