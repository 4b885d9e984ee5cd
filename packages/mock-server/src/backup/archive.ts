import { createHash } from 'node:crypto';

/**
 * A backup is gzipped lines of JSON, the same for every kind of store: a head, each table's columns and rows, and an
 * end that holds the counts and the SHA-256 of every line before it. A file without its end is no backup.
 */
export interface ArchiveHead {
  readonly schema: 'bhxh-backup/1';
  /** Names of the migrations that the store had seen, oldest first. */
  readonly migrations: readonly string[];
  /** In the order in which rows can be put back: a table after those it refers to. */
  readonly tables: readonly string[];
  /** Server time, ISO 8601. */
  readonly takenAt: string;
}

export interface ArchiveEnd {
  readonly rows: Readonly<Record<string, number>>;
  /** Lower-case hex, over the lines before this one with their line ends. */
  readonly sha256: string;
}

/** What a column holds; bytes travel as base64. */
export type ArchiveValue = string | number | null | { readonly base64: string };

export type ArchiveLine =
  | { readonly head: ArchiveHead }
  | { readonly table: string; readonly columns: readonly string[] }
  | { readonly row: readonly ArchiveValue[] }
  | { readonly end: ArchiveEnd };

export function toArchiveValue(value: unknown): ArchiveValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (value instanceof ArrayBuffer) return { base64: Buffer.from(new Uint8Array(value)).toString('base64') };
  throw new TypeError(`a store holds text, numbers and bytes, not ${typeof value}`);
}

export function fromArchiveValue(value: ArchiveValue): string | number | Uint8Array | null {
  return value !== null && typeof value === 'object' ? Buffer.from(value.base64, 'base64') : value;
}

/** Adds up the hash that the end carries. */
export class ArchiveSeal {
  readonly #hash = createHash('sha256');

  add(line: string): void {
    this.#hash.update(line);
  }

  value(): string {
    return this.#hash.digest('hex');
  }
}
