import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { cliError } from '../cli-error.ts';

/**
 * Documents that cannot be made again, beside the journal: signed here, or read from standard input. They are durable
 * before they are planned, so that a run can be resumed without the key; each is removed once the journal holds its
 * receipt with the exact bytes. They are named by the hash of what was given, so that the same input is signed once.
 */
export interface Outbox {
  /** Where the document made of these input bytes stands, or would stand. */
  pathOf(inputHash: string): string;
  holds(path: string): boolean;
  /** Writes the document durably. Throws ERR_OUTPUT_UNWRITABLE. */
  put(path: string, bytes: Uint8Array): void;
  remove(path: string): void;
}

export function openOutbox(journalPath: string): Outbox {
  const folder = `${journalPath}.outbox`;
  return {
    pathOf: (inputHash) => join(folder, `${inputHash}.xml`),
    holds: (path) => existsSync(path),
    put(path, bytes) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeDurably(path, bytes);
      } catch (cause) {
        throw cliError(
          'ERR_OUTPUT_UNWRITABLE',
          { path, why: (cause as NodeJS.ErrnoException).code ?? '' },
          cause,
        );
      }
    },
    remove(path) {
      if (path.startsWith(folder)) rmSync(path, { force: true });
    },
  };
}

/** The document is there whole or not at all. */
function writeDurably(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
}
