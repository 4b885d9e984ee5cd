import { repairTarget, shownAddress, verifyJournal } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { existingJournal } from '../sending/open-journal.ts';

/** Says whether the journal can be believed; changes nothing. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const path = existingJournal(context);
  const verdict = await verifyJournal(path);
  const { words } = context.messages;
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-journal-verdict/1', ...verdict })}\n`);
  else {
    const damage = verdict.damage === null ? '' : `: ${verdict.damage}`;
    context.streams.write(
      `${verdict.path}: ${verdict.sound ? words.valid : words.invalid}${damage} · ${verdict.blocks} / ${verdict.items}\n`,
    );
    if (!verdict.sound)
      context.streams.note(
        `${words.hint}: bhxh journal repair --journal ${verdict.path} --out ${shownAddress(repairTarget(path))}\n`,
      );
  }
  return verdict.sound ? exitCodes.done : exitCodes.io;
}
