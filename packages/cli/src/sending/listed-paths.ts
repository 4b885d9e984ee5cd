import { createReadStream, existsSync } from 'node:fs';
import { addAbortSignal, Readable } from 'node:stream';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { legalMoment } from './legal-moment.ts';

/** A path of a list and, where the list says so, its legal deadline (ISO). */
export interface ListedPath {
  readonly path: string;
  readonly deadline?: string;
}

/**
 * The paths of `--list`, one a line or as JSON lines `{"path": …, "deadline": …}`, read as they come. `-` is standard
 * input. Lists made on Windows are taken as they are: UTF-16 with its mark, CRLF, quotes around a path, backslashes.
 * Throws ERR_INPUT_UNREADABLE, and ERR_OPTION_INVALID for a JSON line without a path.
 */
export async function* listedPaths(context: CommandContext, list: string): AsyncGenerator<ListedPath> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let rest = '';
  let number = 0;
  try {
    const source = list === '-' ? context.stdin : createReadStream(list);
    // Whoever writes the list may never end it; a person who interrupts does not wait for that.
    for await (const chunk of source instanceof Readable ? addAbortSignal(context.signal, source) : source) {
      const bytes = chunk as Uint8Array;
      decoder ??= new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8');
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield* pathOf(line, ++number);
    }
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    if (context.signal.aborted || why === '' || why.startsWith('ERR_')) throw cause;
    throw cliError('ERR_INPUT_UNREADABLE', { path: list, why }, cause);
  }
  yield* pathOf(rest + (decoder?.decode() ?? ''), ++number);
}

function* pathOf(text: string, number: number): Generator<ListedPath> {
  const line = text.replace(/\r$/, '');
  if (line.trim() === '') return;
  const listed = line.startsWith('{') ? listedJson(line, number) : { path: unquoted(line) };
  // Standard input is the list here, never a document.
  yield { ...listed, path: listed.path === '-' ? './-' : existing(listed.path) };
}

/** Windows puts quotes around a path with spaces, and no name there holds one. */
function unquoted(line: string): string {
  const inner = /^"([^"]+)"\s*$/.exec(line)?.[1];
  return inner !== undefined && !existsSync(line) ? inner : line;
}

/** A relative path written with backslashes, when the list was made on Windows and is read elsewhere. */
function existing(path: string): string {
  if (process.platform === 'win32' || !path.includes('\\') || existsSync(path)) return path;
  const slashed = path.replaceAll('\\', '/');
  return existsSync(slashed) ? slashed : path;
}

function listedJson(line: string, number: number): ListedPath {
  let entry: { readonly path?: unknown; readonly deadline?: unknown };
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    entry = {};
  }
  const { path, deadline } = entry;
  const moment = typeof deadline === 'string' ? legalMoment(deadline) : undefined;
  if (typeof path === 'string' && path !== '' && (deadline === undefined || moment !== undefined)) {
    return moment === undefined ? { path } : { path, deadline: moment };
  }
  throw cliError('ERR_OPTION_INVALID', {
    option: '--list',
    value: `#${number}`,
    why: '{"path": "…", "deadline": "yyyy-MM-dd"}',
    command: 'submit',
  });
}
