import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Item } from '@bhxh/sdk/submission';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { writeWhole } from '../output-folder.ts';
import { existingJournal, itemNumbered, openSenderJournal } from '../sending/open-journal.ts';
import { textTable } from '../terminal/table.ts';

/** Lists receipts; with `--out` also writes the exact bytes that were sent, decrypted, one file an item. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const out = textOption(options, 'out');
  const journal = await openSenderJournal(context, existingJournal(context), true);
  try {
    const items: Item[] = [];
    for (const number of context.arguments) items.push(await itemNumbered(journal, number, 'receipts'));
    if (context.arguments.length === 0) {
      for await (const item of journal.items({ states: ['accepted', 'confirmed'] })) items.push(item);
    }
    let exported = 0;
    if (out !== undefined) {
      mkdirSync(out, { recursive: true });
      for (const item of items) {
        const bytes = await journal.sentBytes(item);
        if (bytes === null) continue;
        writeWhole(join(out, `${item.id}-${basename(item.path)}`), bytes, flagOption(options, 'force'));
        exported += 1;
      }
    }
    const receipts = items.map((item) => ({
      id: item.id,
      path: item.path,
      sha256: item.sha256,
      state: item.state,
      receipt: item.receipt ?? null,
    }));
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-receipts/1', receipts, exported })}\n`);
    else {
      streams.write(
        textTable(
          ['#', 'maGiaoDich', 'thoiGianTiepNhan', 'SHA-256', messages.words.files],
          receipts.map(({ id, receipt, sha256, path }) => [
            String(id),
            receipt?.id ?? '',
            receipt?.at ?? '',
            sha256.slice(0, 16),
            path,
          ]),
        ),
      );
      if (out !== undefined) streams.write(`${out}: ${exported} ${messages.words.files}\n`);
    }
    return exitCodes.done;
  } finally {
    await journal.close();
  }
}
