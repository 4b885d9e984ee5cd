import { closeSync, openSync, readSync } from 'node:fs';
import { SigningError } from '../errors.ts';

const elfMachines: ReadonlyMap<number, string> = new Map([
  [3, 'ia32'],
  [21, 'ppc64'],
  [22, 's390x'],
  [40, 'arm'],
  [62, 'x64'],
  [183, 'arm64'],
  [243, 'riscv64'],
  [258, 'loong64'],
]);
const windowsMachines: ReadonlyMap<number, string> = new Map([
  [0x14c, 'ia32'],
  [0x8664, 'x64'],
  [0xaa64, 'arm64'],
]);

/** Kind of processor that a shared library is made for, in Node's words; undefined when the bytes are no such library. */
export function libraryMachine(head: Buffer): string | undefined {
  if (head.length < 64) return undefined;
  if (head.readUInt32BE(0) === 0x7f454c46) {
    const number = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    return elfMachines.get(number) ?? `elf-${number}`;
  }
  if (head.readUInt16BE(0) === 0x4d5a) {
    const at = head.readUInt32LE(0x3c);
    if (at + 6 > head.length || head.readUInt32BE(at) !== 0x50450000) return undefined;
    const number = head.readUInt16LE(at + 4);
    return windowsMachines.get(number) ?? `pe-${number}`;
  }
  return undefined;
}

/**
 * Refuses a file that this process could not load, before any of its code runs: many token drivers exist for 32-bit
 * programs only. macOS keeps several machines in one file and is not looked at.
 *
 * @throws SigningError `ERR_MODULE_UNUSABLE` with `why`.
 */
export function refuseForeignLibrary(path: string, machine: string = process.arch): void {
  if (process.platform === 'darwin') return;
  const head = Buffer.alloc(4096);
  let length = 0;
  try {
    const descriptor = openSync(path, 'r');
    try {
      length = readSync(descriptor, head);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new SigningError('ERR_MODULE_UNUSABLE', { module: path }, cause);
  }
  const found = libraryMachine(head.subarray(0, length));
  if (found === machine) return;
  throw new SigningError('ERR_MODULE_UNUSABLE', {
    module: path,
    why: found === undefined ? 'format' : `${found} ≠ ${machine}`,
  });
}
