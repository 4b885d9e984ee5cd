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
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';

/**
 * Signed documents that wait to be sent. They are written beside the journal before they are planned, so that a run
 * can be resumed without the key; each is removed once the journal holds its receipt with the exact bytes.
 */
export interface Outbox {
  /** Writes a document durably and returns where. The same bytes are written once. */
  put(path: string, bytes: Uint8Array): string;
  remove(path: string): void;
  owns(path: string): boolean;
}

export function openOutbox(journalPath: string): Outbox {
  const folder = `${journalPath}.outbox`;
  return {
    put(path, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      const target = join(folder, `${hash}-${basename(path.split('!').at(-1) ?? path)}`);
      if (existsSync(target)) return target;
      const temporary = `${target}.tmp`;
      const descriptor = openSync(temporary, 'w', 0o600);
      try {
        let written = 0;
        while (written < bytes.length) written += writeSync(descriptor, bytes, written);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, target);
      return target;
    },
    remove(path) {
      if (path.startsWith(folder)) rmSync(path, { force: true });
    },
    owns: (path) => path.startsWith(folder),
  };
}
