import { existsSync } from 'node:fs';
import { backUpStore, openStore } from '@bhxh/mock-server';
import { cliError } from '../cli-error.ts';
import { flagOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';

/** Backs a store up; servers that use it are not stopped. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams } = context;
  const place = neededOption(options, 'store', 'mock backup');
  const out = neededOption(options, 'out', 'mock backup');
  if (existsSync(out) && !flagOption(options, 'force')) throw cliError('ERR_OUTPUT_EXISTS', { path: out });
  const store = await openStore(place);
  try {
    const { rows, takenAt } = await backUpStore(store, out, { now: context.now, signal: context.signal });
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-backup-report/1', path: out, takenAt, rows })}\n`);
    else {
      streams.write(`${out}  ${takenAt}\n`);
      for (const [table, count] of Object.entries(rows))
        if (count > 0) streams.write(`  ${table} ${count}\n`);
    }
    return exitCodes.done;
  } finally {
    await store.close();
  }
}
