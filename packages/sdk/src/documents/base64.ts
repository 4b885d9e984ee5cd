import type { ContentArena } from './content-arena.ts';

const EQUALS = 0x3d;
const BLANK = /[ \t\r\n]/;
const BLANKS = /[ \t\r\n]+/g;

/** Decoded content, or why it is no base64. */
export type Base64Result =
  | { readonly bytes: Buffer; readonly hasLineBreaks: boolean }
  | { readonly problem: 'alphabet' | 'padding' | 'trailing-bits' };

const SEXTETS: ReadonlyMap<number, number> = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((letter, index) => [
    letter.charCodeAt(0),
    index,
  ]),
);

/**
 * Decodes canonical base64 (RFC 4648 section 4): the standard alphabet, full padding, no bits beyond the last byte.
 * White space is allowed anywhere and reported. The native decoder passes over what it does not know, so its result is
 * accepted only when it has exactly the length that the text promises.
 */
export function decodeBase64(source: Buffer, start: number, end: number, arena: ContentArena): Base64Result {
  const text = source.toString('latin1', start, end);
  const result = decodeCanonical(text, arena);
  if (!('problem' in result) || !BLANK.test(text)) return result;
  const trimmed = text.trim();
  const joined = trimmed.replace(BLANKS, '');
  const again = decodeCanonical(joined, arena);
  return 'problem' in again ? again : { ...again, hasLineBreaks: joined.length !== trimmed.length };
}

function decodeCanonical(text: string, arena: ContentArena): Base64Result {
  const { length } = text;
  if (length % 4 !== 0) return { problem: /[^A-Za-z0-9+/=]/.test(text) ? 'alphabet' : 'padding' };
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const expected = (length / 4) * 3 - padding;
  const range = arena.take(expected + 3);
  const written = range.write(text, 0, 'base64');
  const bytes = arena.shrink(range, Math.min(written, expected));
  if (written !== expected || text.includes('-') || text.includes('_')) {
    return { problem: /[^A-Za-z0-9+/=]/.test(text) ? 'alphabet' : 'padding' };
  }
  const firstPad = text.indexOf('=');
  if (firstPad >= 0 && firstPad < length - padding) return { problem: 'padding' };
  if (padding > 0) {
    const last = SEXTETS.get(text.charCodeAt(length - padding - 1)) ?? 0;
    if ((last & (padding === 2 ? 0x0f : 0x03)) !== 0) return { problem: 'trailing-bits' };
  }
  return { bytes, hasLineBreaks: false };
}

/** True when the bytes could begin base64 text rather than markup. */
export function looksEncoded(firstByte: number | undefined): boolean {
  return firstByte !== undefined && (SEXTETS.has(firstByte) || firstByte === EQUALS);
}
