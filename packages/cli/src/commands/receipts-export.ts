import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Item, Journal } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { writeWhole } from '../output-folder.ts';
import { csvLine } from '../reporters/csv.ts';
import { existingJournal, itemNumbered, openSenderJournal } from '../sending/open-journal.ts';
import { vietnamDay } from '../vietnam-day.ts';

const columns = ['item', 'file', 'maGiaoDich', 'thoiGianTiepNhan', 'state', 'kind', 'key', 'sha256', 'path'];

/**
 * Writes the receipts into a folder that can be kept apart from the journal: the exact bytes that were sent, decrypted
 * and checked against their hash, one file an item, and `receipts.csv` that says which receipt belongs to which file.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const out = textOption(options, 'out');
  if (out === undefined) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '--out',
      value: '',
      why: 'DIR',
      command: 'receipts export',
    });
  }
  const journal = await openSenderJournal(context, existingJournal(context), true);
  try {
    mkdirSync(out, { recursive: true, mode: 0o700 });
    const force = flagOption(options, 'force');
    let list = `\uFEFF${columns.join(',')}\r\n`;
    let exported = 0;
    for await (const item of chosen(context, journal)) {
      const bytes = await journal.sentBytes(item);
      if (bytes === null) continue;
      const file = `${item.id}-${basename(item.path.split('!').at(-1) ?? '')}`;
      writeWhole(join(out, file), bytes, force);
      list += csvLine([
        item.id,
        file,
        item.receipt?.id ?? '',
        item.receipt?.at ?? '',
        item.state,
        item.kind,
        item.key,
        item.sha256,
        item.path,
      ]);
      exported += 1;
    }
    writeWhole(join(out, 'receipts.csv'), Buffer.from(list), force);
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-receipts-export/1', out, exported })}\n`);
    else streams.write(`${out}: ${exported} ${messages.words.files}\n`);
    return exitCodes.done;
  } finally {
    await journal.close();
  }
}

async function* chosen(context: CommandContext, journal: Journal): AsyncGenerator<Item> {
  for (const number of context.arguments) yield itemNumbered(journal, number, 'receipts export');
  if (context.arguments.length > 0) return;
  const from = dateOption(context.options, 'fromDay', 'receipts export')?.replaceAll('-', '');
  const to = dateOption(context.options, 'toDay', 'receipts export')?.replaceAll('-', '');
  for await (const item of journal.items({ states: ['accepted', 'confirmed'] })) {
    // The day that the server wrote; ours where the receipt holds none.
    const day = /^\d{8}/.exec(item.receipt?.at ?? '')?.[0] ?? vietnamDay(new Date(item.changedAt));
    if ((from === undefined || day >= from) && (to === undefined || day <= to)) yield item;
  }
}
