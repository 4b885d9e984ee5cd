import type { BhxhError } from '../../errors/bhxh-error.ts';
import { claimError } from '../claim-error.ts';

/** A file that cannot be opened. */
export function unreadable(path: string, cause: unknown): BhxhError {
  return claimError('ERR_FILE_UNREADABLE', 'input', { path }, cause);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a file that must be UTF-8. */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw claimError('ERR_FILE_NOT_UTF8', 'input', { path }, cause);
  }
}
