import { repairJournal, repairTarget } from '@bhxh/sdk/submission';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { existingJournal } from '../sending/open-journal.ts';

/** Writes what can be believed of a damaged journal into a new one; the old one stays as it is. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const path = existingJournal(context);
  const result = await repairJournal(
    path,
    textOption(context.options, 'out') ?? repairTarget(path),
    context.now,
  );
  const { words } = context.messages;
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-journal-repair/1', ...result })}\n`);
  else context.streams.write(`${result.path}: ${result.items} · ${result.unknown} ${words.unknown}\n`);
  context.streams.note(`${words.hint}: bhxh submit --resume --journal ${result.path}\n`);
  return result.unknown + result.doubted > 0 ? exitCodes.unknown : exitCodes.done;
}
