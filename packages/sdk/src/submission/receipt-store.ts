import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BhxhError } from '../errors/bhxh-error.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { JournalFile, JournalFiles } from './journal-files.ts';
import type { ReceiptKey } from './receipt-key.ts';

/** Where the exact bytes of an item stand. */
export interface StoredAt {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

export interface StoredDocument {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * The exact bytes that were sent, kept for ever in append-only segments. Each frame is encrypted with AES-256-GCM and
 * bound to its SHA-256; without a key it is stored plain and checked by the hash alone. One writer at a time.
 */
export interface ReceiptStore {
  /**
   * Writes the frames one behind the other. They outlive the process at once and a power cut within a quarter of a
   * second; the file they came from is still there by then.
   */
  put(documents: readonly StoredDocument[]): Promise<StoredAt[]>;
  /** @throws BhxhError `input` when the frame is damaged or the key is another one */
  get(place: StoredAt, sha256: string): Promise<Uint8Array>;
  /** Hashes of the frames behind a place, in case the journal lost the blocks that spoke of them. */
  framesBehind(segment: number, offset: number): Promise<string[]>;
  close(): Promise<void>;
}

const magic = Buffer.from('BHXHRCP1', 'latin1');
const headerBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
/** SHA-256 of the document in clear, so that a store can be read without its journal. */
const frameHeadBytes = 4 + 32 + nonceBytes;
const segmentLimit = 256 * 1024 * 1024;
const flushGap = 250;

export function openReceiptStore(
  folder: string,
  key: ReceiptKey | null,
  files: JournalFiles,
  lastSegment: number,
  onFailure: (error: unknown) => void,
): ReceiptStore {
  const readers = new Map<number, JournalFile>();
  let segment = Math.max(1, lastSegment);
  let writer: JournalFile | undefined;
  let tail = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<unknown> | undefined;

  const pathOf = (number: number): string => join(folder, `${String(number).padStart(6, '0')}.seg`);

  /** A flush for each document would cost as much as sending it. */
  const flushSoon = (file: JournalFile): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      flushing = file.datasync().catch(onFailure);
    }, flushGap);
  };
  const closeWriter = async (): Promise<void> => {
    if (!writer) return;
    const file = writer;
    writer = undefined;
    clearTimeout(timer);
    timer = undefined;
    await flushing;
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  };

  const openWriter = async (): Promise<JournalFile> => {
    await files.makeFolder(folder);
    let file = await files.openFile(pathOf(segment), 'write');
    const head = await file.readAt(headerBytes, 0);
    tail = await file.size();
    if ((head.length > 0 && !Buffer.from(head).equals(headerOf(key))) || tail > segmentLimit) {
      // Full, or begun with another key: it stays as it is and a new one is begun.
      await file.close();
      segment++;
      file = await files.openFile(pathOf(segment), 'write');
      tail = await file.size();
    }
    if (tail === 0) {
      try {
        await file.append(headerOf(key));
      } catch (error) {
        await file.close();
        throw error;
      }
      tail = headerBytes;
    }
    return file;
  };

  return {
    async put(documents) {
      if (tail > segmentLimit) await closeWriter();
      writer ??= await openWriter();
      const frames = documents.map(({ sha256, bytes }) => frameOf(sha256, bytes, key));
      let offset = await writer.append(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
      const places = frames.map(({ length }) => {
        const place = { segment, offset, length };
        offset += length;
        return place;
      });
      tail = offset;
      flushSoon(writer);
      return places;
    },
    async get(place, sha256) {
      let reader = readers.get(place.segment);
      if (!reader) readers.set(place.segment, (reader = await files.openFile(pathOf(place.segment), 'read')));
      const head = await reader.readAt(headerBytes, 0);
      const frame = await reader.readAt(place.length, place.offset);
      return readFrame(Buffer.from(head), Buffer.from(frame), sha256, key);
    },
    async framesBehind(fromSegment, fromOffset) {
      const found: string[] = [];
      for (let number = Math.max(1, fromSegment); ; number++) {
        const bytes = await files.read(pathOf(number));
        if (bytes === null) return found;
        found.push(...hashesOf(bytes, number === fromSegment ? fromOffset : 0));
      }
    },
    async close() {
      for (const reader of readers.values()) await reader.close();
      readers.clear();
      await closeWriter();
    },
  };
}

/** Hashes of the documents in a segment, from a frame's offset on. */
export function hashesOf(segment: Uint8Array, from = 0): string[] {
  const frames = Buffer.from(segment.buffer, segment.byteOffset, segment.length);
  const found: string[] = [];
  let at = Math.max(headerBytes, from);
  while (at + frameHeadBytes <= frames.length) {
    found.push(frames.subarray(at + 4, at + 36).toString('hex'));
    at += frameHeadBytes + frames.readUInt32BE(at) + tagBytes;
  }
  return found;
}

function headerOf(key: ReceiptKey | null): Buffer {
  return Buffer.concat([magic, key?.id ?? Buffer.alloc(8)]);
}

function frameOf(sha256: string, bytes: Uint8Array, key: ReceiptKey | null): Buffer {
  const hash = Buffer.from(sha256, 'hex');
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32BE(bytes.length, 0);
  hash.copy(head, 4);
  if (key === null) return Buffer.concat([head, bytes, hash.subarray(0, tagBytes)]);
  const nonce = randomBytes(nonceBytes);
  nonce.copy(head, 36);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce);
  cipher.setAAD(hash);
  const sealed = cipher.update(bytes);
  cipher.final();
  return Buffer.concat([head, sealed, cipher.getAuthTag()]);
}

function readFrame(header: Buffer, frame: Buffer, sha256: string, key: ReceiptKey | null): Uint8Array {
  const hash = Buffer.from(sha256, 'hex');
  const length = frame.length >= frameHeadBytes ? frame.readUInt32BE(0) : -1;
  const whole = frame.length === frameHeadBytes + length + tagBytes && frame.subarray(4, 36).equals(hash);
  const known = header.subarray(0, 8).equals(magic);
  if (!whole || !known) throw damaged(sha256);
  const content = frame.subarray(frameHeadBytes, frameHeadBytes + length);
  const plain = header.subarray(8).equals(Buffer.alloc(8));
  let bytes: Uint8Array = content;
  if (!plain) {
    if (key === null || !header.subarray(8).equals(key.id)) throw otherKey();
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, frame.subarray(36, frameHeadBytes));
      decipher.setAAD(hash);
      decipher.setAuthTag(frame.subarray(frameHeadBytes + length));
      bytes = Buffer.concat([decipher.update(content), decipher.final()]);
    } catch {
      throw damaged(sha256);
    }
  }
  if (!createHash('sha256').update(bytes).digest().equals(hash)) throw damaged(sha256);
  return bytes;
}

function damaged(sha256: string): BhxhError {
  const values = { sha256: sha256.slice(0, 12) };
  return gatewayError('ERR_RECEIPT_DAMAGED', { category: 'input', retry: 'never', values });
}

function otherKey(): BhxhError {
  return gatewayError('ERR_RECEIPT_KEY_MISMATCH', { category: 'usage', retry: 'never' });
}
