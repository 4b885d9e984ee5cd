import type { Item } from '@bhxh/sdk/submission';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { existingJournal, openSenderJournal } from '../sending/open-journal.ts';
import { sentItem } from '../sending/sent-item.ts';
import { openSentReport } from '../sending/sent-report.ts';
import { vietnamDay } from '../vietnam-day.ts';

/** Reports every item of the journal, or those of some days or one state; may run beside a running submission. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options } = context;
  const from = dateOption(options, 'fromDay', 'journal report')?.replaceAll('-', '');
  const to = dateOption(options, 'toDay', 'journal report')?.replaceAll('-', '');
  const state = textOption(options, 'state') as Item['state'] | undefined;
  const journal = await openSenderJournal(context, existingJournal(context), true);
  try {
    const counts = await journal.counts();
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const report = await openSentReport(context, 'journal report', total);
    for await (const item of journal.items(state === undefined ? {} : { states: [state] })) {
      const day = vietnamDay(new Date(item.changedAt));
      if ((from !== undefined && day < from) || (to !== undefined && day > to)) continue;
      report.add({ ...sentItem(item, item.path), state: item.state });
    }
    report.end();
    return exitCodes.done;
  } finally {
    await journal.close();
  }
}
