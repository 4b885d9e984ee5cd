import {
  APOSTROPHE,
  EQUALS,
  GREATER,
  LESS,
  NAME_BYTES,
  QUESTION,
  QUOTE,
  WHITE_SPACE,
} from './byte-classes.ts';
import { fail, failAt } from './fault.ts';
import { INCOMPLETE } from './lexemes.ts';
import { asBuffer } from './utf8.ts';

/** As many bytes as the longest encoding signature has. */
export const SIGNATURE_BYTES = 4;

/** Refuses documents that begin as UTF-16, UTF-32, EBCDIC or UTF-7 ones do. */
export function refuseOtherEncodings(bytes: Uint8Array): void {
  // What a document begins with as a rule needs no closer look.
  if (bytes[0] === LESS && bytes[1] !== 0) return;
  const [a = -1, b = -1, c = -1, d = -1] = bytes.subarray(0, SIGNATURE_BYTES);
  const isOther =
    (a === 0xfe && b === 0xff) ||
    (a === 0xff && b === 0xfe) ||
    (a === 0 && c === 0 && (b === 0 || b === LESS)) ||
    (a === LESS && b === 0 && d === 0) ||
    (a === 0x4c && b === 0x6f && c === 0xa7 && d === 0x94) ||
    (a === 0x2b && b === 0x2f && c === 0x76);
  if (isOther) fail('ENCODING_NOT_UTF8', 0, 'signature');
}

export function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

const TARGET = Buffer.from('<?xml');
/** The declarations nearly all documents have. */
const USUAL: readonly Buffer[] = ['utf-8', 'UTF-8'].map((encoding) =>
  Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>`),
);

function endOfUsual(bytes: Uint8Array, start: number, end: number): number {
  for (const usual of USUAL) {
    let step = 0;
    while (step < usual.length && start + step < end && bytes[start + step] === usual[step]) step++;
    if (step === usual.length) return start + step;
  }
  return INCOMPLETE;
}

/** Offset after the XML declaration, or `start` where there is none. */
export function endOfXmlDeclaration(bytes: Uint8Array, start: number, end: number): number {
  const usual = endOfUsual(bytes, start, end);
  if (usual !== INCOMPLETE) return usual;
  for (let step = 0; step < TARGET.length; step++) {
    if (start + step >= end) return INCOMPLETE;
    if (bytes[start + step] !== TARGET[step]) return start;
  }
  let at = start + TARGET.length;
  if (at >= end) return INCOMPLETE;
  if (WHITE_SPACE[bytes[at]!] !== 1) return start;
  let stage = 0;
  for (;;) {
    const spaceStart = at;
    while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] === QUESTION) {
      if (at + 1 >= end) return INCOMPLETE;
      if (bytes[at + 1] !== GREATER || stage === 0) failAt(bytes, at, 'xml-declaration');
      return at + 2;
    }
    if (at === spaceStart) failAt(bytes, at, 'xml-declaration');
    const nameStart = at;
    while (at < end && NAME_BYTES[bytes[at]!] !== 0 && at - nameStart < 16) at++;
    if (at >= end) return INCOMPLETE;
    const name = asBuffer(bytes).toString('latin1', nameStart, at);
    const place = 1 + ['version', 'encoding', 'standalone'].indexOf(name);
    if (place <= stage || (stage === 0 && place !== 1)) failAt(bytes, nameStart, 'xml-declaration');
    stage = place;
    while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== EQUALS) failAt(bytes, at, '=');
    at++;
    while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
    if (at >= end) return INCOMPLETE;
    const quote = bytes[at]!;
    if (quote !== QUOTE && quote !== APOSTROPHE) failAt(bytes, at, 'quote');
    const valueStart = ++at;
    while (at < end && NAME_BYTES[bytes[at]!] !== 0 && at - valueStart < 40) at++;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== quote) failAt(bytes, at, 'xml-declaration');
    checkValue(place, asBuffer(bytes).toString('latin1', valueStart, at), valueStart);
    at++;
  }
}

function checkValue(place: number, value: string, at: number): void {
  if (place === 1 && value !== '1.0') fail('XML_NOT_WELL_FORMED', at, 'version');
  if (place === 2 && value.toLowerCase() !== 'utf-8') fail('ENCODING_NOT_UTF8', at, 'declared');
  if (place === 3 && value !== 'yes' && value !== 'no') fail('XML_NOT_WELL_FORMED', at, 'standalone');
}
