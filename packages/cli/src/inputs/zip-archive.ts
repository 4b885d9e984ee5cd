import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { Input, SkippedInput, SkipReason } from './input-file.ts';

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

/**
 * The documents in a zip archive, as `archive.zip!name`. The whole table of contents is judged before anything is
 * read: one unsafe name, link, duplicate, encrypted or overlapping entry refuses the archive. Nothing is written to disk.
 */
export async function* readArchive(path: string, accepts: (name: string) => boolean): AsyncGenerator<Input> {
  let zip: ZipFile;
  try {
    zip = await openZip(path, {
      lazyEntries: true,
      autoClose: false,
      validateEntrySizes: true,
      decodeStrings: false,
    });
  } catch {
    yield refusal(path, 'archive-damaged');
    return;
  }
  try {
    const entries = await listEntries(zip);
    const reason = entries === undefined ? 'archive-damaged' : unsafe(entries, statSync(path).size);
    if (entries === undefined || reason !== undefined) {
      yield refusal(path, reason ?? 'archive-damaged');
      return;
    }
    for (const { name, entry } of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      if (name.endsWith('/')) continue;
      const shown = `${path}!${name}`;
      if (/\.zip$/i.test(name)) yield refusal(shown, 'archive-nested');
      else if (accepts(name)) {
        yield { kind: 'file', path: shown, size: entry.uncompressedSize, open: () => readEntry(zip, entry) };
      }
    }
  } finally {
    zip.close();
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
