/* One byte tells the scanner whether it may run on. Bytes from 0x80 belong to sequences that were checked as UTF-8 beforehand. */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const BANG = 0x21;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const AMPERSAND = 0x26;
export const APOSTROPHE = 0x27;
export const DASH = 0x2d;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
/** First byte of U+F000 to U+FFFF, among them U+FFFE and U+FFFF, which XML forbids. */
export const LAST_PLANE_LEAD = 0xef;

function byteTable(classOf: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));
}

function isForbidden(byte: number): boolean {
  return byte < SPACE && byte !== TAB && byte !== LF && byte !== CR;
}

function stopsAt(...stops: readonly number[]): Uint8Array {
  return byteTable((byte) => (stops.includes(byte) || isForbidden(byte) || byte === LAST_PLANE_LEAD ? 1 : 0));
}

/** 1 where a run of character data must be looked at closely. */
export const TEXT_STOPS: Uint8Array = stopsAt(LESS, GREATER, AMPERSAND, CLOSE_BRACKET, CR);
/** The same for two bytes at a time, in either byte order. Made for the first document. */
let textStopPairs: Uint8Array | undefined;

export function textStopsOfPairs(): Uint8Array {
  if (textStopPairs !== undefined) return textStopPairs;
  const pairs = new Uint8Array(65_536);
  for (let pair = 0; pair < pairs.length; pair++)
    pairs[pair] = TEXT_STOPS[pair & 0xff]! | TEXT_STOPS[pair >> 8]!;
  return (textStopPairs = pairs);
}

export const CDATA_STOPS: Uint8Array = stopsAt(CLOSE_BRACKET);
export const COMMENT_STOPS: Uint8Array = stopsAt(DASH);
export const ATTRIBUTE_STOPS: Uint8Array = stopsAt(LESS, AMPERSAND, QUOTE, APOSTROPHE, TAB, LF, CR);

/** 1 for the ASCII characters that may stand in a name, 2 for those that may also begin it. */
export const NAME_BYTES: Uint8Array = byteTable((byte) => {
  if ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte === COLON)
    return 2;
  return (byte >= 0x30 && byte <= 0x39) || byte === DASH || byte === 0x2e ? 1 : 0;
});

export const WHITE_SPACE: Uint8Array = byteTable((byte) =>
  byte === SPACE || byte === TAB || byte === LF || byte === CR ? 1 : 0,
);

/** Whether a range holds nothing but spaces, tabs and line ends as written; the text between fields is that. */
export function isWhiteSpace(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (WHITE_SPACE[bytes[at]!] === 0) return false;
  return true;
}

/** Char of XML 1.0, for code points reached through a character reference. */
export function isXmlCharacter(codePoint: number): boolean {
  if (codePoint < SPACE) return codePoint === TAB || codePoint === LF || codePoint === CR;
  return (
    codePoint <= 0xd7ff ||
    (codePoint >= 0xe000 && codePoint <= 0xfffd) ||
    (codePoint >= 0x10000 && codePoint <= 0x10ffff)
  );
}

/** NameStartChar of XML 1.0, fifth edition, for code points from U+0080. */
export function isNameStartCodePoint(codePoint: number): boolean {
  return (
    (codePoint >= 0xc0 && codePoint <= 0x2ff && codePoint !== 0xd7 && codePoint !== 0xf7) ||
    (codePoint >= 0x370 && codePoint <= 0x1fff && codePoint !== 0x37e) ||
    codePoint === 0x200c ||
    codePoint === 0x200d ||
    (codePoint >= 0x2070 && codePoint <= 0x218f) ||
    (codePoint >= 0x2c00 && codePoint <= 0x2fef) ||
    (codePoint >= 0x3001 && codePoint <= 0xd7ff) ||
    (codePoint >= 0xf900 && codePoint <= 0xfdcf) ||
    (codePoint >= 0xfdf0 && codePoint <= 0xfffd) ||
    (codePoint >= 0x10000 && codePoint <= 0xeffff)
  );
}

/** NameChar of XML 1.0, fifth edition, for code points from U+0080. */
export function isNameCodePoint(codePoint: number): boolean {
  return (
    isNameStartCodePoint(codePoint) ||
    codePoint === 0xb7 ||
    (codePoint >= 0x300 && codePoint <= 0x36f) ||
    codePoint === 0x203f ||
    codePoint === 0x2040
  );
}
