import {
  CDATA_STOPS,
  CLOSE_BRACKET,
  COLON,
  COMMENT_STOPS,
  CR,
  DASH,
  GREATER,
  HASH,
  isNameCodePoint,
  isNameStartCodePoint,
  isXmlCharacter,
  LAST_PLANE_LEAD,
  LF,
  NAME_BYTES,
  SEMICOLON,
  TAB,
} from './byte-classes.ts';
import { fail, failAt } from './fault.ts';
import { asBuffer, codePointAt, sequenceLength } from './utf8.ts';

/*
 * Every function here reads one piece of the grammar from `start` and returns the offset after it, or INCOMPLETE when
 * `end` comes first. What it decides depends on the bytes before `end` alone, so that a second reading with more bytes
 * comes to the same decision: this is what makes every division of a document into chunks equal.
 */

export const INCOMPLETE = -1;

/** Name of XML 1.0. Incomplete when it touches `end`, since it may go on there. */
export function endOfName(bytes: Uint8Array, start: number, end: number, limit: number): number {
  if (start >= end) return INCOMPLETE;
  let at = start;
  for (;;) {
    if (at > start) while (at < end && NAME_BYTES[bytes[at]!] !== 0) at++;
    else if (NAME_BYTES[bytes[at]!] === 2) at++;
    else if (bytes[at]! < 0x80) failAt(bytes, at, 'name');
    if (at - start > limit) fail('XML_NAME_LENGTH', start, String(limit));
    if (at >= end) return INCOMPLETE;
    const byte = bytes[at]!;
    if (byte < 0x80) {
      if (NAME_BYTES[byte] === 0) return at;
      continue;
    }
    const length = sequenceLength(byte);
    if (at + length > end) return INCOMPLETE;
    const codePoint = codePointAt(bytes, at);
    if (at === start ? !isNameStartCodePoint(codePoint) : !isNameCodePoint(codePoint)) {
      if (!isXmlCharacter(codePoint)) fail('XML_CHAR', at, 'noncharacter');
      fail('XML_NOT_WELL_FORMED', at, 'name');
    }
    at += length;
  }
}

/** Length of the prefix of a name, 0 without one. A colon must have a name on both of its sides. */
export function prefixLengthOf(bytes: Uint8Array, start: number, end: number): number {
  let colon = -1;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== COLON) continue;
    if (colon !== -1 || at === start || at === end - 1) fail('XML_NAMESPACE', start, 'colon');
    colon = at;
  }
  if (colon === -1) return 0;
  const first = bytes[colon + 1]!;
  if (first < 0x80 ? NAME_BYTES[first] !== 2 : !isNameStartCodePoint(codePointAt(bytes, colon + 1))) {
    fail('XML_NAMESPACE', start, 'colon');
  }
  return colon - start;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** A character reference or one of the five named entities, from its `&`. */
export function endOfReference(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  if (at >= end) return INCOMPLETE;
  if (bytes[at] === HASH) {
    at++;
    if (at >= end) return INCOMPLETE;
    const isHex = bytes[at] === 0x78;
    if (isHex) at++;
    const digits = at;
    let value = 0;
    for (; ; at++) {
      if (at >= end) return INCOMPLETE;
      const digit = digitOf(bytes[at]!);
      if (digit === -1 || (!isHex && digit > 9)) break;
      value = Math.min(value * (isHex ? 16 : 10) + digit, 0x110000);
    }
    if (at === digits || bytes[at] !== SEMICOLON) failAt(bytes, at, 'reference');
    if (!isXmlCharacter(value)) fail('XML_CHAR', start, 'reference');
    return at + 1;
  }
  const nameEnd = endOfName(bytes, at, end, Number.POSITIVE_INFINITY);
  if (nameEnd === INCOMPLETE) return INCOMPLETE;
  if (bytes[nameEnd] !== SEMICOLON) failAt(bytes, nameEnd, 'reference');
  const name = nameEnd - at > 4 ? '' : asBuffer(bytes).toString('latin1', at, nameEnd);
  if (name !== 'amp' && name !== 'lt' && name !== 'gt' && name !== 'quot' && name !== 'apos') {
    fail('XML_ENTITY_FORBIDDEN', start);
  }
  return nameEnd + 1;
}

/**
 * Passes by a byte that a run of characters stopped at without being a delimiter there: refuses control characters,
 * U+FFFE and U+FFFF. Returns `end` when the character is not complete.
 */
export function afterUncommon(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]!;
  if (byte < 0x20 && byte !== TAB && byte !== LF && byte !== CR) fail('XML_CHAR', at, 'control');
  if (byte !== LAST_PLANE_LEAD) return at + 1;
  if (at + 2 >= end) return end;
  if (bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe) fail('XML_CHAR', at, 'noncharacter');
  return at + 3;
}

const COMMENT_OPEN = 4;
const CDATA_OPEN = 9;
const CLOSE = 3;

/** A comment from its `<!--`. */
export function endOfComment(bytes: Uint8Array, start: number, end: number, limit: number): number {
  const last = start + COMMENT_OPEN + limit + CLOSE;
  const stop = Math.min(end, last);
  let at = start + COMMENT_OPEN;
  for (;;) {
    while (at < stop && COMMENT_STOPS[bytes[at]!] === 0) at++;
    if (at >= stop) break;
    if (bytes[at] !== DASH) at = afterUncommon(bytes, at, stop);
    else if (at + 1 < stop && bytes[at + 1] !== DASH) at++;
    else if (at + 2 >= stop) at = stop;
    else if (bytes[at + 2] !== GREATER) fail('XML_NOT_WELL_FORMED', at, '--');
    else return at + CLOSE;
  }
  if (at >= last) fail('XML_TEXT_LENGTH', start, String(limit));
  return INCOMPLETE;
}

/** A CDATA section from its `<![CDATA[`. */
export function endOfCdata(bytes: Uint8Array, start: number, end: number, limit: number): number {
  const last = start + CDATA_OPEN + limit + CLOSE;
  const stop = Math.min(end, last);
  let at = start + CDATA_OPEN;
  for (;;) {
    while (at < stop && CDATA_STOPS[bytes[at]!] === 0) at++;
    if (at >= stop) break;
    if (bytes[at] !== CLOSE_BRACKET) at = afterUncommon(bytes, at, stop);
    else if (at + 2 >= stop) at = stop;
    else if (bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GREATER) return at + CLOSE;
    else at++;
  }
  if (at >= last) fail('XML_TEXT_LENGTH', start, String(limit));
  return INCOMPLETE;
}
