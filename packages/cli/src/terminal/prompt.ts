import { closeSync, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/**
 * Asks for a secret on the terminal without showing it. The bytes are the caller's to wipe. Resolves undefined when there is
 * no terminal; documents may come through standard input all the same. Ctrl-C interrupts the command as everywhere else.
 */
export async function askSecret(question: string): Promise<Uint8Array | undefined> {
  if (process.stderr.isTTY !== true) return undefined;
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  const { input } = terminal;
  process.stderr.write(question);
  input.setRawMode(true);
  input.resume();
  const bytes: number[] = [];
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      for (const byte of chunk) {
        if (byte === enter || byte === newLine) return Uint8Array.from(bytes);
        if (byte === interrupt) throw interrupted();
        if (byte === backspace || byte === erase) dropLetter(bytes);
        else if (byte >= space) bytes.push(byte);
      }
    }
    return Uint8Array.from(bytes);
  } finally {
    bytes.fill(0);
    input.setRawMode(false);
    terminal.close();
    process.stderr.write('\n');
  }
}

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

/** In raw mode Ctrl-C is a letter like others, so the signal is raised here. */
function interrupted(): Error {
  process.emit('SIGINT');
  return new DOMException('interrupted at the prompt', 'AbortError');
}

/** A letter of UTF-8 is one byte and those that continue it. */
function dropLetter(bytes: number[]): void {
  while (bytes.length > 0 && (bytes.pop()! & 0xc0) === 0x80);
}
