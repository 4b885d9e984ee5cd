import { createReadStream, lstatSync, statSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import picomatch from 'picomatch';
import { listFolder } from './list-folder.ts';
import type { Input, InputFile, SkippedInput } from './input-file.ts';
import { readArchive } from './zip-archive.ts';

export interface ExpandOptions {
  /** Standard input, read when a path is `-`. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Which names of a folder or archive are taken; names typed one by one are always taken. */
  readonly accepts?: (name: string) => boolean;
}

const glob = /[*?[{]/;

/** Names that a folder walk takes when nothing else is said. */
export const documentName = (name: string): boolean => /\.xml$/i.test(name);

/**
 * Files, folders, globs, zip archives and `-`, in a stable order: as typed, and by name inside a folder.
 * A folder is listed one level at a time, so a million files cost their names, not their contents.
 */
export async function* expandPaths(paths: readonly string[], options: ExpandOptions): AsyncGenerator<Input> {
  for (const path of paths) {
    if (path === '-') {
      yield { kind: 'file', path, open: () => options.stdin };
      continue;
    }
    const status = statusOf(path);
    if (status === undefined && glob.test(path)) yield* expandGlob(path, options);
    else yield* expandOne(path, status, options, true);
  }
}

function statusOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

async function* expandOne(
  path: string,
  status: Stats | undefined,
  options: ExpandOptions,
  typed: boolean,
): AsyncGenerator<Input> {
  if (status === undefined) {
    yield skipped(path, 'not-found');
  } else if (status.isDirectory()) {
    yield* expandFolder(path, options);
  } else if (!status.isFile()) {
    yield skipped(path, 'not-a-file');
  } else if (/\.zip$/i.test(path)) {
    yield* readArchive(path, options.accepts ?? documentName);
  } else if (typed || (options.accepts ?? documentName)(basename(path))) {
    yield fileAt(path, status.size);
  }
}

async function* expandFolder(folder: string, options: ExpandOptions): AsyncGenerator<Input> {
  let names: Iterable<string>;
  try {
    names = listFolder(folder);
  } catch (error) {
    yield skipped(folder, 'unreadable', (error as NodeJS.ErrnoException).code ?? '');
    return;
  }
  const accepts = options.accepts ?? documentName;
  for (const name of names) {
    const path = join(folder, name);
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) continue;
    if (status.isDirectory()) {
      if (accepts(name)) yield skipped(path, 'not-a-file');
      yield* expandFolder(path, options);
    } else if (status.isSymbolicLink()) {
      const target = statusOf(path);
      if (target?.isFile() === true && accepts(name)) yield fileAt(path, target.size);
    } else if (!accepts(name)) {
      continue;
    } else if (status.isFile()) {
      yield fileAt(path, status.size);
    } else {
      yield skipped(path, 'not-a-file');
    }
  }
}

/** Shells on Windows pass patterns through, so they are resolved here on every system. */
async function* expandGlob(pattern: string, options: ExpandOptions): AsyncGenerator<Input> {
  const normalized = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const { base } = picomatch.scan(normalized);
  const matches = picomatch(normalized, { dot: false });
  let found = false;
  for await (const input of expandFolder(base === '' ? '.' : base, { ...options, accepts: () => true })) {
    const candidate = process.platform === 'win32' ? input.path.replaceAll('\\', '/') : input.path;
    if (!matches(candidate)) continue;
    found = true;
    if (input.kind === 'file' && /\.zip$/i.test(input.path))
      yield* readArchive(input.path, options.accepts ?? documentName);
    else yield input;
  }
  if (!found) yield skipped(pattern, 'no-match');
}

function fileAt(path: string, size: number): InputFile {
  return { kind: 'file', path, size, open: () => createReadStream(path, { highWaterMark: 1 << 18 }) };
}

function skipped(path: string, reason: SkippedInput['reason'], detail = ''): SkippedInput {
  return { kind: 'skipped', path, reason, detail };
}
