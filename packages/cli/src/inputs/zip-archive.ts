import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { Input, InputFile, SkippedInput, SkipReason } from './input-file.ts';

/** An archive may expand to at most this many times its stored size, entry by entry. */
const maxRatio = 100;
/** Below this many bytes the ratio says nothing. */
const ratioFreeBytes = 1 << 20;
const maxEntries = 1_000_000;

const openZip = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

/** The archive reader gives names as bytes, so that unsafe ones are judged here and not by the text of its errors. */
interface NamedEntry {
  readonly name: string;
  readonly entry: Entry;
}

/** An archive whose table of contents was judged. */
export interface Archive {
  /** By name inside the archive, in order of name; folders are left out. */
  readonly documents: ReadonlyMap<string, InputFile>;
  close(): void;
}

/**
 * Opens a zip archive. The whole table of contents is judged before anything is read: one unsafe name, link, duplicate,
 * encrypted or overlapping entry refuses the archive. Nothing is written to disk.
 */
export async function openArchive(path: string): Promise<Archive | SkipReason> {
  let zip: ZipFile;
  try {
    zip = await openZip(path, {
      lazyEntries: true,
      autoClose: false,
      validateEntrySizes: true,
      decodeStrings: false,
    });
  } catch {
    return 'archive-damaged';
  }
  const entries = await listEntries(zip);
  const reason = entries === undefined ? 'archive-damaged' : unsafe(entries, statSync(path).size);
  if (entries === undefined || reason !== undefined) {
    zip.close();
    return reason ?? 'archive-damaged';
  }
  const documents = new Map<string, InputFile>();
  for (const { name, entry } of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    if (name.endsWith('/')) continue;
    documents.set(name, {
      kind: 'file',
      path: `${path}!${name}`,
      size: entry.uncompressedSize,
      open: () => readEntry(zip, entry),
    });
  }
  return { documents, close: () => zip.close() };
}

/** The documents in a zip archive, as `archive.zip!name`; they can be read until the next one is asked for. */
export async function* readArchive(path: string, accepts: (name: string) => boolean): AsyncGenerator<Input> {
  const archive = await openArchive(path);
  if (typeof archive === 'string') {
    yield refusal(path, archive);
    return;
  }
  try {
    for (const [name, file] of archive.documents) {
      if (/\.zip$/i.test(name)) yield refusal(file.path, 'archive-nested');
      else if (accepts(name)) yield file;
    }
  } finally {
    archive.close();
  }
}

function listEntries(zip: ZipFile): Promise<NamedEntry[] | undefined> {
  return new Promise((resolve) => {
    const entries: NamedEntry[] = [];
    zip.on('entry', (entry: Entry) => {
      const name = yauzl.getFileNameLowLevel(
        entry.generalPurposeBitFlag,
        entry.fileNameRaw,
        entry.extraFields,
        true,
      );
      entries.push({ name, entry });
      if (entries.length > maxEntries) resolve(undefined);
      else zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', () => resolve(undefined));
    zip.readEntry();
  });
}

function unsafe(entries: readonly NamedEntry[], archiveBytes: number): SkipReason | undefined {
  const names = new Set<string>();
  for (const { name, entry } of entries) {
    if (unsafeName(name)) return 'archive-unsafe-name';
    // The upper half of the external attributes is the Unix mode; 0o120000 is a symbolic link.
    if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) return 'archive-symlink';
    if (names.has(name)) return 'archive-duplicate-name';
    names.add(name);
    if ((entry.generalPurposeBitFlag & 1) !== 0) return 'archive-encrypted';
    if (entry.uncompressedSize > ratioFreeBytes && entry.uncompressedSize > entry.compressedSize * maxRatio) {
      return 'archive-too-large';
    }
  }
  const byPlace = entries
    .map(({ entry }) => entry)
    .sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  for (const [index, entry] of byPlace.entries()) {
    const next = byPlace[index + 1]?.relativeOffsetOfLocalHeader ?? archiveBytes;
    if (entry.relativeOffsetOfLocalHeader + entry.compressedSize > next) return 'archive-overlap';
  }
  return undefined;
}

function unsafeName(name: string): boolean {
  return (
    name.startsWith('/') ||
    name.includes('\\') ||
    name.includes('\0') ||
    /^[A-Za-z]:/.test(name) ||
    name.split('/').includes('..')
  );
}

async function* readEntry(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await promisify(
    zip.openReadStream.bind(zip) as (
      entry: Entry,
      done: (error: Error | null, stream: NodeJS.ReadableStream) => void,
    ) => void,
  )(entry);
  for await (const chunk of stream) yield chunk as Buffer;
}

function refusal(path: string, reason: SkipReason): SkippedInput {
  return { kind: 'skipped', path, reason, detail: '' };
}
