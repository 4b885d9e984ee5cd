import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { BhxhError } from '../../errors/bhxh-error.ts';
import { gatewayError } from '../../transport/gateway-error.ts';
import { hashBytes } from '../plan.ts';

/** A document as it stands in the database: AES-256-GCM, bound to its SHA-256; without a key it is plain. */
export interface SealedDocument {
  readonly sha256: string;
  readonly nonce: Buffer | null;
  readonly tag: Buffer | null;
  readonly content: Buffer;
}

export function sealDocument(sha256: string, bytes: Uint8Array, key: Uint8Array | null): SealedDocument {
  if (key === null) return { sha256, nonce: null, tag: null, content: Buffer.from(bytes) };
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(sha256, 'hex'));
  const content = cipher.update(bytes);
  cipher.final();
  return { sha256, nonce, tag: cipher.getAuthTag(), content };
}

/** @throws BhxhError `input` when the document is damaged, `usage` when there is no key for it */
export function openDocument(sealed: SealedDocument, key: Uint8Array | null): Uint8Array {
  const { sha256, nonce, tag, content } = sealed;
  let bytes: Uint8Array = content;
  if (nonce !== null && tag !== null) {
    if (key === null) throw otherKey();
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAAD(Buffer.from(sha256, 'hex'));
      decipher.setAuthTag(tag);
      bytes = Buffer.concat([decipher.update(content), decipher.final()]);
    } catch {
      throw damaged(sha256);
    }
  }
  if (hashBytes(bytes) !== sha256) throw damaged(sha256);
  return bytes;
}

export function otherKey(): BhxhError {
  return gatewayError('ERR_RECEIPT_KEY_MISMATCH', { category: 'usage', retry: 'never' });
}

function damaged(sha256: string): BhxhError {
  const values = { sha256: sha256.slice(0, 12) };
  return gatewayError('ERR_RECEIPT_DAMAGED', { category: 'input', retry: 'never', values });
}
