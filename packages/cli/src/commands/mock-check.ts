import { checkStore, openStore } from '@bhxh/mock-server';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';

/** Reads a whole store; exit 1 when anything in it is damaged or missing. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const store = await openStore(neededOption(options, 'store', 'mock check'));
  try {
    const { documents, problems } = await checkStore(store, context.signal);
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-store-check/1', documents, problems })}\n`);
    else {
      for (const { code, detail } of problems) streams.write(`${code}  ${detail}\n`);
      streams.write(
        `${messages.words.count}: ${documents}, ${messages.words.findings}: ${problems.length}\n`,
      );
    }
    return problems.length === 0 ? exitCodes.done : exitCodes.findings;
  } finally {
    await store.close();
  }
}
