import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { ValidationInput } from './validator.ts';

/** Up to here a file is read at once, which is quicker; above it is streamed, which needs less memory. */
const AT_ONCE = 4 * 1024 * 1024;
const CHUNK = 256 * 1024;

/**
 * A file of the file system as input for `validateFile`, named `path` in the report. Small files are read here and now,
 * without a detour over the thread pool, which would take longer than judging them. Throws the file system's errors.
 */
export function fileSource(file: string, path: string = file): ValidationInput {
  const { size } = statSync(file);
  if (size <= AT_ONCE) {
    const source = readFileSync(file);
    return { path, source, size: source.length };
  }
  return { path, source: () => createReadStream(file, { highWaterMark: CHUNK }), size };
}
