import { closeSync, openSync, writeSync } from 'node:fs';
import { cliError } from '../cli-error.ts';

/** Where results go: standard output, or the file of `--output`. Progress and hints go to `note`. */
export interface Streams {
  /** Results; safe for machines. Waits when the reader is slow. */
  write(text: string): void;
  /** For people, on standard error. */
  note(text: string): void;
  /** True when standard error is a terminal and progress may be redrawn. */
  readonly interactive: boolean;
  readonly colour: boolean;
  /** True once a result was written to standard output. */
  readonly spoken: boolean;
  close(): void;
}

export interface StreamOptions {
  readonly output?: string | undefined;
  readonly quiet: boolean;
  readonly colour: boolean;
}

/** Opens the result stream. Throws ERR_OUTPUT_UNWRITABLE. A closed pipe ends the process silently, as Unix tools do. */
export function openStreams(options: StreamOptions): Streams {
  const interactive = process.stderr.isTTY === true && !options.quiet;
  let descriptor = 1;
  if (options.output !== undefined && options.output !== '-') {
    try {
      descriptor = openSync(options.output, 'w');
    } catch (cause) {
      throw cliError(
        'ERR_OUTPUT_UNWRITABLE',
        { path: options.output, why: (cause as NodeJS.ErrnoException).code ?? '' },
        cause,
      );
    }
  }
  let spoken = false;
  return {
    write(text) {
      spoken ||= descriptor === 1;
      writeFully(descriptor, text);
    },
    get spoken() {
      return spoken;
    },
    note(text) {
      if (!options.quiet) writeFully(2, text);
    },
    interactive,
    colour: options.colour,
    close() {
      if (descriptor !== 1) closeSync(descriptor);
    },
  };
}

const encoder = new TextEncoder();
/** One for all that is written: a buffer for each piece of a long report would wait for the collector. */
const scratch = new Uint8Array(1 << 16);

function writeFully(descriptor: number, text: string): void {
  for (let rest = text; rest !== '';) {
    const { read, written } = encoder.encodeInto(rest, scratch);
    if (!writeBytes(descriptor, scratch.subarray(0, written))) return;
    rest = rest.slice(read);
  }
}

/** False when nobody reads any more. */
function writeBytes(descriptor: number, bytes: Uint8Array): boolean {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      if (code === 'EPIPE') return false;
      throw error;
    }
  }
  return true;
}
