import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Milliseconds of one read that make the next ones go side by side, and how many of them. */
const slowRead = 4;
const slowReads = 256;
/** Larger files, which are few, get memory of their own. */
const scratchBytes = 1 << 20;

/** Bytes that are there at once may be overwritten by the next call. */
export type SourceReader = (path: string) => Uint8Array | Promise<Uint8Array>;

/**
 * Files of this machine are read at once, into one buffer that the next one uses again unless their bytes are kept; a
 * share that answers slowly is read several files at a time.
 */
export function createSourceReader(keepBytes: boolean): SourceReader {
  const readNow = keepBytes ? readFileSync : createScratchReader();
  let patience = 0;
  return (path) => {
    if (patience > 0) {
      patience--;
      return readFile(path);
    }
    const begun = performance.now();
    const bytes = readNow(path);
    if (performance.now() - begun > slowRead) patience = slowReads;
    return bytes;
  };
}

/** A buffer for each of a hundred thousand files would wait for the collector, which counts it late. */
function createScratchReader(): (path: string) => Uint8Array {
  const scratch = Buffer.allocUnsafeSlow(scratchBytes);
  return (path) => {
    const descriptor = openSync(path, 'r');
    try {
      const { size } = fstatSync(descriptor);
      // A pipe has no size, and a byte more than the size shows a file that grows.
      if (size === 0 || size >= scratchBytes) return readFileSync(descriptor);
      let length = 0;
      for (let read = -1; read !== 0 && length < scratchBytes; length += read) {
        read = readSync(descriptor, scratch, length, scratchBytes - length, null);
      }
      return length < scratchBytes ? scratch.subarray(0, length) : readFileSync(path);
    } finally {
      closeSync(descriptor);
    }
  };
}
