import { BhxhError } from '@bhxh/sdk/errors';
import type { Command } from './command-table.ts';
import { flagOption, textOption, type OptionValues } from './command-context.ts';
import { readConfiguration } from './config.ts';
import { cliError } from './cli-error.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-codes.ts';
import { en } from './messages/en.ts';
import { vi } from './messages/vi.ts';
import type { Language } from './terminal/language.ts';
import { openStreams, type Streams } from './terminal/streams.ts';

/** Gives a command its surroundings, runs it and turns whatever it throws into a sentence and an exit code. */
export async function runCommand(
  command: Command,
  positional: readonly string[],
  options: OptionValues,
  language: Language,
): Promise<ExitCode> {
  const format = textOption(options, 'format') ?? 'text';
  const interruption = interruptible();
  let streams: Streams | undefined;
  try {
    streams = openStreams({
      output: textOption(options, 'output'),
      quiet: flagOption(options, 'quiet'),
      colour:
        options['color'] !== false && process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
    });
    const configuration = await readConfiguration(textOption(options, 'config'));
    const { run } = await command.load();
    const code = await run({
      arguments: positional,
      options,
      format,
      language,
      messages: language === 'vi' ? vi : en,
      streams,
      configuration,
      environment: process.env,
      now: () => new Date(),
      elapsed: () => performance.now(),
      signal: interruption.signal,
      stdin: process.stdin,
    });
    return interruption.signal.aborted && code === exitCodes.done ? exitCodes.interrupted : code;
  } catch (error) {
    // A report that was begun stays the one document of this run.
    const told = streams?.spoken === true ? 'text' : format;
    if (interruption.signal.aborted && (error as Error).name === 'AbortError') {
      return showError(cliError('ERR_INTERRUPTED'), language, told, exitCodes.interrupted);
    }
    return showError(error, language, told);
  } finally {
    streams?.close();
    interruption.stop();
  }
}

/** Prints an error for people on standard error, and as one JSON document on standard output when machines listen. */
export function showError(error: unknown, language: Language, format: string, exit?: ExitCode): ExitCode {
  const known = error instanceof BhxhError ? error : cliError('ERR_BUG', { what: nameOf(error) }, error);
  const code = exit ?? exitCodeOf(known.category);
  if (format === 'json') {
    const document = {
      schema: 'bhxh-error/1',
      error: {
        code: known.code,
        category: known.category,
        retry: known.retry,
        message: known.sentences,
        ...(known.hint === undefined ? {} : { hint: known.hint }),
        ...(known.official === undefined ? {} : { official: known.official }),
      },
      exit: code,
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
  const words = language === 'vi' ? vi.words : en.words;
  process.stderr.write(`bhxh: ${known.code}: ${known.sentences[language]}\n`);
  if (known.hint !== undefined) process.stderr.write(`  ${words.hint}: ${known.hint[language]}\n`);
  if (known.category === 'internal' && process.env['BHXH_DEBUG'] === '1' && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  return code;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The first Ctrl-C or SIGTERM asks the command to stop; the second ends the process, whose journal is safe at any moment. */
function interruptible(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    stop() {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
