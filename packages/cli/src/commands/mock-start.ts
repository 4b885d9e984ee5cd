import { appendFileSync } from 'node:fs';
import { createServer, jsonLogger } from '@bhxh/mock-server';
import { startNodeServer } from '@bhxh/mock-server/node';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { readServerSettings } from '../server-settings.ts';

/** Runs the reference server until it is interrupted; the ready file says when and where it listens. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams } = context;
  const settings = readServerSettings(context);
  const { store, rateLimits, lookupLimits, auditKey, adminKey, readyFile, tls, timeLimits, mostConnections } =
    settings;
  const server = await createServer({
    demo: settings.demo,
    legacy: settings.legacy,
    environment: settings.environment,
    requireIdempotencyKey: settings.requireIdempotencyKey,
    population: settings.population,
    checkThreads: settings.checkThreads,
    ...(settings.log === undefined ? {} : { log: jsonLogger(lineWriter(context, settings.log)) }),
    ...(store === undefined ? {} : { store }),
    ...(rateLimits === undefined ? {} : { rateLimits }),
    ...(lookupLimits === undefined ? {} : { lookupLimits }),
    ...(auditKey === undefined ? {} : { auditKey }),
    ...(adminKey === undefined ? {} : { adminKey }),
  });
  const listening = await startNodeServer(server, {
    port: settings.port,
    host: settings.host,
    ...(readyFile === undefined ? {} : { readyFile }),
    ...(tls === undefined ? {} : { tls }),
    ...(timeLimits === undefined ? {} : { timeLimits }),
    ...(mostConnections === undefined ? {} : { mostConnections }),
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

function lineWriter({ streams }: CommandContext, path: string): (line: string) => void {
  if (path === '-') return (line) => streams.note(line);
  try {
    appendFileSync(path, '', { mode: 0o600 });
  } catch (cause) {
    throw cliError('ERR_OUTPUT_UNWRITABLE', { path, why: (cause as { code?: string }).code ?? '' }, cause);
  }
  return (line) => appendFileSync(path, line);
}
