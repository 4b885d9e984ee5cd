import type { XmlErrorCode } from './errors.ts';

/** A problem at an offset of the bytes at hand; the scanner turns it into an `XmlError` with line and column. */
export class Fault {
  readonly code: XmlErrorCode;
  readonly at: number;
  readonly detail: string;

  constructor(code: XmlErrorCode, at: number, detail: string) {
    this.code = code;
    this.at = at;
    this.detail = detail;
  }
}

export function fail(code: XmlErrorCode, at: number, detail = ''): never {
  throw new Fault(code, at, detail);
}

/** The byte at `at` is not what the grammar wants; a control character is reported as such wherever it stands. */
export function failAt(bytes: Uint8Array, at: number, detail: string): never {
  const byte = bytes[at]!;
  if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) fail('XML_CHAR', at, 'control');
  fail('XML_NOT_WELL_FORMED', at, detail);
}
