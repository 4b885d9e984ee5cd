import { createServer } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';

/** Runs the reference server until it is interrupted; the ready file says when and where it listens. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams } = context;
  const port = numberOption(options, 'port', 'mock start', { least: 0, most: 65_535, whole: true }) ?? 0;
  const host = textOption(options, 'host') ?? '127.0.0.1';
  const store = textOption(options, 'store');
  const readyFile = textOption(options, 'readyFile');
  const server = await createServer({
    demo: flagOption(options, 'demo'),
    legacy: flagOption(options, 'legacy'),
    ...(store === undefined ? {} : { store }),
  });
  const listening = await startNodeServer(server, {
    port,
    host,
    ...(readyFile === undefined ? {} : { readyFile }),
  });
  if (context.format === 'json') {
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-mock/1', url: listening.url, readyFile: readyFile ?? null })}\n`,
    );
  } else {
    streams.write(`${listening.url}\n`);
    if (readyFile !== undefined) streams.note(`${readyFile}\n`);
  }
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await listening.close();
  return exitCodes.done;
}
