import { createHash, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { BhxhError } from '../errors/bhxh-error.ts';
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
    throw new BhxhError({
      code: 'ERR_RECEIPT_KEY_DAMAGED',
      category: 'input',
      retry: 'never',
      message: {
        vi: `Khoá của kho biên nhận không đúng 32 byte: ${path}`,
        en: `The key of the receipt store is not 32 bytes long: ${path}`,
      },
      hint: { vi: 'Khôi phục tệp này từ bản sao lưu', en: 'Restore this file from a backup' },
    });
  }
  return { bytes, id: createHash('sha256').update(bytes).digest().subarray(0, 8) };
}
