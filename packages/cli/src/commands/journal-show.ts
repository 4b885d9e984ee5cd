import type { Item, ItemState } from '@bhxh/sdk/submission';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { existingJournal, openSenderJournal } from '../sending/open-journal.ts';
import { textTable } from '../terminal/table.ts';

/** Lists items of the journal and their number by state; may run beside a running submission. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, language } = context;
  const state = textOption(options, 'state') as ItemState | undefined;
  const limit =
    numberOption(options, 'limit', 'journal show', { least: 1, most: 1_000_000, whole: true }) ?? 50;
  const journal = await openSenderJournal(context, existingJournal(context), true);
  const { path } = journal;
  try {
    const items: Item[] = [];
    for await (const item of journal.items(state === undefined ? {} : { states: [state] })) {
      if (items.length === limit) break;
      items.push(item);
    }
    const counts = await journal.counts();
    if (context.format === 'json') {
      streams.write(`${JSON.stringify({ schema: 'bhxh-journal/1', path, counts, items })}\n`);
      return exitCodes.done;
    }
    const { words } = messages;
    streams.write(
      textTable(
        ['#', words.state, 'maGiaoDich', words.files, words.what],
        items.map((item) => [
          String(item.id),
          item.state,
          item.receipt?.id ?? '',
          item.path,
          item.problem?.[language] ?? '',
        ]),
      ),
    );
    const told = Object.entries(counts).filter(([, count]) => count > 0);
    streams.write(`${path}: ${told.map(([name, count]) => `${count} ${name}`).join(', ')}\n`);
    return exitCodes.done;
  } finally {
    await journal.close();
  }
}
