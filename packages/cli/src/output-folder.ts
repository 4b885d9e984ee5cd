import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cliError } from './cli-error.ts';

/** Makes a folder to write into. Throws ERR_OUTPUT_EXISTS when it holds something already and `force` is not given. */
export function openOutputFolder(path: string, force: boolean): void {
  try {
    if (existsSync(path) && readdirSync(path).length > 0 && !force)
      throw cliError('ERR_OUTPUT_EXISTS', { path });
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Writes a file whole or not at all: into a temporary name beside it, then renamed. */
export function writeWhole(path: string, bytes: Uint8Array | string, force: boolean): void {
  if (!force && existsSync(path)) throw cliError('ERR_OUTPUT_EXISTS', { path });
  const temporary = join(dirname(path), `.${process.pid}.${Math.abs(hash(path))}.tmp`);
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      const content = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
      let written = 0;
      while (written < content.length) written += writeSync(descriptor, content, written);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined || code.startsWith('ERR_OUTPUT')) return error;
  return cliError('ERR_OUTPUT_UNWRITABLE', { path, why: code }, error);
}

function hash(text: string): number {
  let value = 0;
  for (const letter of text) value = (Math.imul(value, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return value;
}
