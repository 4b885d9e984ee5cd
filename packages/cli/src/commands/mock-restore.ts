import { restoreStore } from '@bhxh/mock-server';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';

/** Puts a backup into an empty store, all of it or nothing. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const place = neededOption(options, 'store', 'mock restore');
  const file = context.arguments[0] ?? '';
  const { rows, takenAt } = await restoreStore(file, place, { signal: context.signal });
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (context.format === 'json')
    streams.write(`${JSON.stringify({ schema: 'bhxh-backup-report/1', path: file, takenAt, rows })}\n`);
  else streams.write(`${file}  ${takenAt}  ${messages.words.count}: ${total}\n`);
  return exitCodes.done;
}
