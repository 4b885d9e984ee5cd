import { closeSync, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/**
 * Asks for a secret on the terminal without showing it. The bytes are the caller's to wipe. Resolves undefined when there is
 * no terminal; documents may come through standard input all the same. Ctrl-C interrupts the command as everywhere else.
 */
export async function askSecret(question: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  if (process.stderr.isTTY !== true) return undefined;
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  const { input } = terminal;
  // Before the question: whoever answers at once must not see the answer.
  input.setRawMode(true);
  process.stderr.write(question);
  try {
    return await typedLine(input, signal);
  } finally {
    input.setRawMode(false);
    terminal.close();
    process.stderr.write('\n');
  }
}

function typedLine(input: ReadStream, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const bytes: number[] = [];
  return new Promise<Uint8Array>((resolve, reject) => {
    const end = (settle: () => void): void => {
      input.off('data', take);
      input.off('end', finish);
      signal?.removeEventListener('abort', abort);
      settle();
      bytes.fill(0);
    };
    const finish = (): void => end(() => resolve(Uint8Array.from(bytes)));
    const abort = (): void => end(() => reject(interruption()));
    const take = (chunk: Buffer): void => {
      for (const byte of chunk) {
        if (byte === enter || byte === newLine) return finish();
        if (byte === interrupt) {
          // In raw mode Ctrl-C is a letter like others, so the signal is raised here.
          process.emit('SIGINT');
          return abort();
        }
        if (byte === backspace || byte === erase) dropLetter(bytes);
        else if (byte >= space) bytes.push(byte);
      }
      chunk.fill(0);
    };
    if (signal?.aborted === true) return reject(interruption());
    signal?.addEventListener('abort', abort, { once: true });
    input.on('data', take);
    input.once('end', finish);
    input.resume();
  });
}

const interruption = (): Error => new DOMException('interrupted at the prompt', 'AbortError');

const interrupt = 0x03;
const backspace = 0x08;
const newLine = 0x0a;
const enter = 0x0d;
const space = 0x20;
const erase = 0x7f;

function openTerminal(): { readonly input: ReadStream; close(): void } | undefined {
  if (process.stdin.isTTY === true) return { input: process.stdin, close: () => process.stdin.pause() };
  if (process.platform === 'win32') return undefined;
  try {
    const descriptor = openSync('/dev/tty', 'r');
    const input = new ReadStream(descriptor);
    return {
      input,
      close: () => {
        input.destroy();
        try {
          closeSync(descriptor);
        } catch {
          // The stream closes what it was given.
        }
      },
    };
  } catch {
    return undefined;
  }
}

/** A letter of UTF-8 is one byte and those that continue it. */
function dropLetter(bytes: number[]): void {
  while (bytes.length > 0 && (bytes.pop()! & 0xc0) === 0x80);
}
