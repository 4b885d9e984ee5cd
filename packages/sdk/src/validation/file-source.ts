import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { ValidationInput } from './validator.ts';

/** Up to here a file is read at once, which is quicker; above it is streamed, which needs less memory. */
const AT_ONCE = 4 * 1024 * 1024;
const CHUNK = 256 * 1024;

/**
 * A file of the file system as input for `validateFile`, named `path` in the report. Throws the file system's errors.
 */
export async function fileSource(file: string, path: string = file): Promise<ValidationInput> {
  const { size } = await stat(file);
  if (size <= AT_ONCE) {
    const source = await readFile(file);
    return { path, source, size: source.length };
  }
  return { path, source: () => createReadStream(file, { highWaterMark: CHUNK }), size };
}
