import { XmlError } from './errors.ts';
import { asBuffer } from './utf8.ts';

/**
 * 0: the bytes are the text, and are canonical. 1: holds references, carriage returns or `>`, and must be decoded.
 * 2: content of a CDATA section.
 */
export type TextKind = 0 | 1 | 2;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function characterOf(reference: string, at: number): string {
  const named = NAMED.get(reference);
  if (named !== undefined) return named;
  const codePoint = reference.startsWith('#x')
    ? Number.parseInt(reference.slice(2), 16)
    : reference.startsWith('#')
      ? Number.parseInt(reference.slice(1), 10)
      : Number.NaN;
  if (!(codePoint >= 0 && codePoint <= 0x10ffff)) {
    throw new XmlError('XML_ENTITY_FORBIDDEN', { offset: at, line: 1, column: 1 });
  }
  return String.fromCodePoint(codePoint);
}

/** The characters of a text range that the scanner reported: references resolved, line ends turned into LF. */
export function decodeText(bytes: Uint8Array, start: number, end: number, kind: TextKind): string {
  const raw = asBuffer(bytes).toString('utf8', start, end);
  if (kind === 0) return raw;
  if (kind === 2) return raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  return raw.replace(/\r\n?|&([^;]*);/g, (_match, reference: string | undefined) =>
    reference === undefined ? '\n' : characterOf(reference, start),
  );
}

/** The value of an attribute as XML 1.0 normalises it: white space becomes spaces, references their characters. */
export function decodeAttribute(bytes: Uint8Array, start: number, end: number): string {
  const raw = asBuffer(bytes).toString('utf8', start, end);
  return raw.replace(/\r\n?|[\t\n]|&([^;]*);/g, (_match, reference: string | undefined) =>
    reference === undefined ? ' ' : characterOf(reference, start),
  );
}
