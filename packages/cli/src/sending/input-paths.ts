import { textOption, type CommandContext } from '../command-context.ts';
import type { InputFile } from '../inputs/input-file.ts';
import { readInputs, type InputCount } from '../read-inputs.ts';
import { listedPaths } from './listed-paths.ts';

export function hasInput({ arguments: paths, options }: CommandContext): boolean {
  return paths.length > 0 || textOption(options, 'list') !== undefined;
}

/** The command and what it was to send, for a person who is to say it again. */
export function namedBy({ arguments: paths, options }: CommandContext, command: string): string {
  const list = textOption(options, 'list');
  return [command, ...paths, ...(list === undefined ? [] : ['--list', list])].map(quotedWord).join(' ');
}

const quotedWord = (word: string): string => (/[\s"']/u.test(word) ? `"${word}"` : word);

/** A document that is to be sent, with the deadline that a list gave it. */
export interface SubmissionInput {
  readonly file: InputFile;
  readonly deadline?: string;
}

/** The documents of the command line, then those of `--list`. Throws ERR_INPUT_NOTHING when none was usable. */
export async function* submissionInputs(context: CommandContext): AsyncGenerator<SubmissionInput> {
  const count: InputCount = { usable: 0, skipped: [] };
  let deadline: string | undefined;
  async function* paths(): AsyncGenerator<string> {
    yield* context.arguments;
    const list = textOption(context.options, 'list');
    if (list === undefined) return;
    for await (const listed of listedPaths(context, list)) {
      ({ deadline } = listed);
      yield listed.path;
    }
  }
  for await (const file of readInputs(context, paths(), count)) {
    yield deadline === undefined ? { file } : { file, deadline };
  }
}
