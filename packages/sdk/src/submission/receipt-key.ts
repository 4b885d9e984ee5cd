import { createHash, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { gatewayError } from '../transport/gateway-error.ts';
import type { JournalFiles } from './journal-files.ts';

export interface ReceiptKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** First eight bytes of its SHA-256: tells which key a segment needs. */
  readonly id: Uint8Array;
}

/** Reads the key of the receipt store, or makes one that only this user can read. */
export async function openReceiptKey(path: string, files: JournalFiles): Promise<ReceiptKey> {
  let bytes = await files.read(path);
  if (bytes === null) {
    await files.makeFolder(dirname(path));
    try {
      await files.create(path, randomBytes(32), 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    bytes = await files.read(path);
  }
  if (bytes?.length !== 32) {
    throw gatewayError('ERR_RECEIPT_KEY_DAMAGED', { category: 'input', retry: 'never', values: { path } });
  }
  return { bytes, id: createHash('sha256').update(bytes).digest().subarray(0, 8) };
}
