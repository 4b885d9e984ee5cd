import type { Query } from './database.ts';
import { openDocument, sealDocument, type SealedDocument } from './seal.ts';

export interface DocumentToStore {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The exact bytes of documents, by their hash, each once, kept for ever. */
export interface DocumentStore {
  /** Seals outside the transaction; the statements are run inside. */
  prepare(documents: readonly DocumentToStore[]): (query: Query) => Promise<void>;
  /** Null when there is none. */
  read(query: Query, sha256: string): Promise<Uint8Array | null>;
}

/** One statement stays far below the protocol's limit of parameters and in the range of a megabyte or two. */
const statementDocuments = 50;
/** Hashes known to be stored, so that bytes that came from the store are not sent back to it. */
const knownLimit = 4_096;

export function openDocumentStore(schema: string, key: Uint8Array | null): DocumentStore {
  const known = new Set<string>();
  const remember = (sha256: string): void => {
    if (known.size >= knownLimit) known.clear();
    known.add(sha256);
  };
  return {
    prepare(documents) {
      const sealed = documents
        .filter(({ sha256 }) => !known.has(sha256))
        .map(({ sha256, bytes }) => sealDocument(sha256, bytes, key));
      return async (query) => {
        for (let at = 0; at < sealed.length; at += statementDocuments) {
          await insert(query, schema, sealed.slice(at, at + statementDocuments));
        }
      };
    },
    async read(query, sha256) {
      const [row] = await query<SealedDocument>(
        `SELECT sha256, nonce, tag, content FROM ${schema}.documents WHERE sha256 = $1`,
        [sha256],
      );
      if (row === undefined) return null;
      const bytes = openDocument(row, key);
      remember(sha256);
      return bytes;
    },
  };
}

async function insert(query: Query, schema: string, documents: readonly SealedDocument[]): Promise<void> {
  // In one order everywhere, so that two writers of the same documents never wait for each other.
  const sorted = [...new Map(documents.map((one) => [one.sha256, one])).values()].sort((a, b) =>
    a.sha256 < b.sha256 ? -1 : 1,
  );
  const values = sorted.flatMap(({ sha256, nonce, tag, content }) => [sha256, nonce, tag, content]);
  const places = sorted.map(
    (_unused, at) => `($${at * 4 + 1}, $${at * 4 + 2}, $${at * 4 + 3}, $${at * 4 + 4})`,
  );
  await query(
    `INSERT INTO ${schema}.documents (sha256, nonce, tag, content) VALUES ${places.join(', ')} ON CONFLICT DO NOTHING`,
    values,
  );
}
