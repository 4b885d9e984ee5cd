import { createServer, defaultRateLimits, type RateLimits } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { cliError } from '../cli-error.ts';
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
  const rateLimits = rateLimitsOf(textOption(options, 'rateLimit'), host);
  const server = await createServer({
    demo: flagOption(options, 'demo'),
    legacy: flagOption(options, 'legacy'),
    ...(store === undefined ? {} : { store }),
    ...(rateLimits === undefined ? {} : { rateLimits }),
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

/** Whoever tests on his own machine may send as fast as he can; a server for others is protected unless told otherwise. */
function rateLimitsOf(text: string | undefined, host: string): RateLimits | undefined {
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (text === 'off' || (text === undefined && isLocal)) return undefined;
  if (text === 'on' || text === undefined) return defaultRateLimits;
  const [perSecond = 0, burst = 0, address = 0, ...more] = text.split(':').map(Number);
  const fits = [perSecond, burst, address].every((n) => Number.isInteger(n) && n >= 1 && n <= 1_000_000);
  if (!fits || more.length > 0) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '--rate-limit',
      value: text,
      why: 'on, off, 20:100:50',
      command: 'mock start',
    });
  }
  return { facility: { perSecond, burst }, address: { perSecond: address, burst: address } };
}
