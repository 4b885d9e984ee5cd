import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
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
    if (force) renameSync(temporary, path);
    else appear(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unwritable(path, error);
  }
}

/** A second name is given only where there is none yet, so that what another process wrote meanwhile is not replaced. */
function appear(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(path)) throw cliError('ERR_OUTPUT_EXISTS', { path });
    // Memory sticks and some shares know no second names.
    renameSync(temporary, path);
    return;
  }
  rmSync(temporary);
}

/** Removes what killed processes left half-written in a folder; what a living one writes is left to it. */
export function sweepTemporary(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /^\.(\d+)\.\d+\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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
