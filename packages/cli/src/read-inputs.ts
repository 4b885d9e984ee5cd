import { cliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { expandPaths, type ExpandOptions } from './inputs/expand-paths.ts';
import type { InputFile, SkippedInput } from './inputs/input-file.ts';

/** What a command found to read; skipped inputs are told on standard error as they are met. */
export interface InputCount {
  usable: number;
  readonly skipped: SkippedInput[];
}

/** Paths that an error names. */
const mostNamed = 10;

/** The files of the command line in their stable order. Throws ERR_INPUT_NOTHING at the end when none was usable. */
export async function* readInputs(
  context: CommandContext,
  paths: Iterable<string> | AsyncIterable<string>,
  count: InputCount,
  accepts?: ExpandOptions['accepts'],
): AsyncGenerator<InputFile> {
  const named: string[] = [];
  for await (const path of paths) {
    if (named.length < mostNamed) named.push(quoted(path));
    for await (const input of expandPaths([path], {
      stdin: context.stdin,
      ...(accepts === undefined ? {} : { accepts }),
    })) {
      context.signal.throwIfAborted();
      if (input.kind === 'file') {
        count.usable += 1;
        yield input;
      } else {
        count.skipped.push(input);
        context.streams.note(
          `${quoted(input.path)}: ${context.messages.skipped[input.reason]}${input.detail === '' ? '' : ` (${input.detail})`}\n`,
        );
      }
    }
  }
  if (count.usable === 0) throw cliError('ERR_INPUT_NOTHING', { paths: named.join(', ') });
}

/** A path for a message: control characters, which could forge lines of a log, are shown as escapes. */
export function quoted(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
}

/** The whole content of one input. Throws ERR_INPUT_UNREADABLE. */
export async function readWhole(file: InputFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of file.open()) chunks.push(chunk);
  } catch (cause) {
    throw cliError(
      'ERR_INPUT_UNREADABLE',
      { path: quoted(file.path), why: (cause as NodeJS.ErrnoException).code ?? '' },
      cause,
    );
  }
  return Buffer.concat(chunks);
}
