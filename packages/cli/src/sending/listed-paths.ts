import { createReadStream } from 'node:fs';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';

/**
 * The paths of `--list`, one a line or as JSON lines `{"path": …}`, read as they come. `-` is standard input. Throws
 * ERR_INPUT_UNREADABLE, and ERR_OPTION_INVALID for a JSON line without a path.
 */
export async function* listedPaths(context: CommandContext, list: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of list === '-' ? context.stdin : createReadStream(list)) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield* pathOf(line, ++number);
    }
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    if (why === '' || why.startsWith('ERR_')) throw cause;
    throw cliError('ERR_INPUT_UNREADABLE', { path: list, why }, cause);
  }
  yield* pathOf(rest + decoder.decode(), ++number);
}

function* pathOf(text: string, number: number): Generator<string> {
  const line = text.replace(/\r$/, '');
  if (line.trim() === '') return;
  const path = line.startsWith('{') ? pathOfJson(line, number) : line;
  // Standard input is the list here, never a document.
  yield path === '-' ? './-' : path;
}

function pathOfJson(line: string, number: number): string {
  let path: unknown;
  try {
    ({ path } = JSON.parse(line) as { path?: unknown });
  } catch {
    path = undefined;
  }
  if (typeof path === 'string' && path !== '') return path;
  throw cliError('ERR_OPTION_INVALID', {
    option: '--list',
    value: `#${number}`,
    why: '{"path": "…"}',
    command: 'submit',
  });
}
