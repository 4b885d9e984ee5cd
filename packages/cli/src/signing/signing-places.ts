import { statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { InputFile } from '../inputs/input-file.ts';
import { readInputs, type InputCount } from '../read-inputs.ts';

/** One document and the file it is signed into. */
export interface SigningTask {
  readonly input: InputFile;
  readonly out: string;
}

/**
 * The documents of the command line, each with its place under `--out`: the file itself for a single document, otherwise a
 * folder in which the folders typed keep their own order. What stands in that folder already is no input.
 *
 * @throws ERR_OUTPUT_EXISTS when two documents would have one place.
 */
export async function* signingTasks(
  context: CommandContext,
  out: string,
  count: InputCount,
): AsyncGenerator<SigningTask> {
  const typed = context.arguments;
  const isSingle = isSingleTask(context, out);
  const folders = typed.filter(isFolder);
  const ownFolder = resolve(out) + sep;
  const taken = new Set<string>();
  for await (const input of readInputs(context, typed, count)) {
    if (!isSingle && resolve(input.path).startsWith(ownFolder)) continue;
    const place = isSingle ? out : join(out, nameUnder(folders, input.path));
    if (taken.has(place)) throw cliError('ERR_OUTPUT_EXISTS', { path: place });
    taken.add(place);
    yield { input, out: place };
  }
}

export const isSingleTask = (context: CommandContext, out: string): boolean =>
  context.arguments.length === 1 && isOneFile(context.arguments[0] ?? '') && !isFolder(out);

function nameUnder(folders: readonly string[], path: string): string {
  if (path === '-') return 'stdin.xml';
  const inArchive = path.split('!').at(-1) ?? path;
  if (inArchive !== path) return basename(inArchive);
  const folder = folders.find((one) => resolve(path).startsWith(resolve(one) + sep));
  return folder === undefined ? basename(path) : relative(folder, path);
}

function isOneFile(path: string): boolean {
  return (
    path === '-' || (statSync(path, { throwIfNoEntry: false })?.isFile() === true && !/\.zip$/i.test(path))
  );
}

function isFolder(path: string): boolean {
  return /[/\\]$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
