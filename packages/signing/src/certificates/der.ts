// A strict reader and a writer of DER. Certificates, revocation lists and time stamps come from
// strangers: lengths must be minimal and definite, nesting and size are bounded, nothing is guessed.

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
} as const;

export const contextTag = (number: number, constructed = true): number =>
  (constructed ? 0xa0 : 0x80) | number;

/** The bytes are not the DER that was expected. Callers turn it into their own reason. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One value; `bytes` is header and content, `content` without header. Both are views, not copies. */
export interface DerValue {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

const maxDepth = 24;

function readAt(source: Uint8Array, at: number): DerValue {
  const type = source[at];
  const first = source[at + 1];
  if (type === undefined || first === undefined) throw new DerError('truncated');
  if ((type & 0x1f) === 0x1f) throw new DerError('long tag');
  let start = at + 2;
  let length = first;
  if (first === 0x80 || first > 0x84) throw new DerError('length form');
  if (first > 0x80) {
    length = 0;
    for (let count = first & 0x7f; count > 0; count--) {
      const next = source[start++];
      if (next === undefined) throw new DerError('truncated');
      length = length * 256 + next;
    }
    if (length < 0x80 || length < 2 ** (8 * ((first & 0x7f) - 1))) throw new DerError('length not minimal');
  }
  const end = start + length;
  if (end > source.length) throw new DerError('truncated');
  return { tag: type, bytes: source.subarray(at, end), content: source.subarray(start, end) };
}

/** The one value that fills `source`. */
export function readDer(source: Uint8Array, expected?: number): DerValue {
  const value = readAt(source, 0);
  if (value.bytes.length !== source.length) throw new DerError('bytes after the value');
  if (expected !== undefined && value.tag !== expected) throw new DerError('tag');
  return value;
}

/** The length of the first value, for sources that are padded. */
export const firstDer = (source: Uint8Array): DerValue => readAt(source, 0);

export function children(value: DerValue): DerValue[] {
  const found: DerValue[] = [];
  for (let at = 0; at < value.content.length;) {
    const child = readAt(value.content, at);
    found.push(child);
    at += child.bytes.length;
  }
  return found;
}

/** Reads the children of one value from left to right. */
export class DerCursor {
  readonly #values: readonly DerValue[];
  #next = 0;

  constructor(value: DerValue, expected: number = tag.sequence) {
    if (value.tag !== expected) throw new DerError('tag');
    this.#values = children(value);
  }

  get done(): boolean {
    return this.#next >= this.#values.length;
  }

  take(expected?: number): DerValue {
    const value = this.#values[this.#next];
    if (value === undefined || (expected !== undefined && value.tag !== expected)) throw new DerError('tag');
    this.#next++;
    return value;
  }

  /** The next value when it has this tag, else nothing. */
  takeIf(expected: number): DerValue | undefined {
    const value = this.#values[this.#next];
    if (value?.tag !== expected) return undefined;
    this.#next++;
    return value;
  }
}

/** Checks that the whole tree is DER; protects later, partial readers from depth. */
export function checkDepth(value: DerValue, depth = 0): void {
  if (depth > maxDepth) throw new DerError('depth');
  if ((value.tag & 0x20) === 0) return;
  for (const child of children(value)) checkDepth(child, depth + 1);
}

export function readOid(value: DerValue): string {
  if (value.tag !== tag.oid || value.content.length === 0) throw new DerError('oid');
  const arcs: bigint[] = [];
  let arc = 0n;
  let fresh = true;
  for (const byte of value.content) {
    if (fresh && byte === 0x80) throw new DerError('oid padding');
    arc = arc * 128n + BigInt(byte & 0x7f);
    fresh = (byte & 0x80) === 0;
    if (fresh) {
      if (arcs.length === 0) {
        const root = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
        arcs.push(root, arc - root * 40n);
      } else arcs.push(arc);
      arc = 0n;
    }
  }
  if (!fresh) throw new DerError('oid truncated');
  return arcs.join('.');
}

export function readInteger(value: DerValue): bigint {
  if ((value.tag !== tag.integer && value.tag !== tag.enumerated) || value.content.length === 0) {
    throw new DerError('integer');
  }
  const unsigned = BigInt(`0x${Buffer.from(value.content).toString('hex')}`);
  return (value.content[0] ?? 0) & 0x80 ? unsigned - (1n << BigInt(8 * value.content.length)) : unsigned;
}

export function readBoolean(value: DerValue): boolean {
  if (value.tag !== tag.boolean || value.content.length !== 1) throw new DerError('boolean');
  return value.content[0] !== 0;
}

/** The content of a BIT STRING whose length is a whole number of bytes, or of flags. */
export function readBits(value: DerValue): { readonly bytes: Uint8Array; readonly unused: number } {
  const unused = value.content[0];
  if (value.tag !== tag.bitString || unused === undefined || unused > 7) throw new DerError('bit string');
  return { bytes: value.content.subarray(1), unused };
}

/** Text of any ASN.1 string type. Undecodable bytes are an error, not a replacement character. */
export function readText(value: DerValue): string {
  switch (value.tag) {
    case tag.utf8String:
      return new TextDecoder('utf-8', { fatal: true }).decode(value.content);
    case tag.bmpString:
      return new TextDecoder('utf-16be', { fatal: true }).decode(value.content);
    case tag.printableString:
    case tag.ia5String:
    case tag.teletexString:
    case 0x12:
    case 0x1a:
      return Buffer.from(value.content).toString('latin1');
    default:
      throw new DerError('string type');
  }
}

export function readTime(value: DerValue): Date {
  const text = Buffer.from(value.content).toString('latin1');
  const match =
    value.tag === tag.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/.exec(text)
      : value.tag === tag.generalizedTime
        ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text)
        : null;
  if (match === null) throw new DerError('time');
  const year =
    match[1]!.length === 4 ? Number(match[1]) : Number(match[1]) + (Number(match[1]) < 50 ? 2000 : 1900);
  const fraction = match[7] ? Math.floor(Number(`0${match[7]}`) * 1000) : 0;
  const [month, day, hour, minute, second] = match.slice(2, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second, fraction));
  if (
    time.getUTCMonth() !== month - 1 ||
    time.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 60
  ) {
    throw new DerError('time');
  }
  return time;
}

export function der(type: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const header = [type];
  if (length < 0x80) header.push(length);
  else {
    const bytes: number[] = [];
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
    header.push(0x80 | bytes.length, ...bytes);
  }
  return Buffer.concat([Uint8Array.from(header), ...contents]);
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array => der(tag.sequence, ...contents);

/** SET OF: the elements stand in the order of their encodings, as DER asks. */
export const setOf = (...contents: readonly Uint8Array[]): Uint8Array =>
  der(tag.set, ...[...contents].sort((one, other) => Buffer.compare(one, other)));

export function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left % 128) | 0x80);
    bytes.push(...septets);
  }
  return der(tag.oid, Uint8Array.from(bytes));
}

export function integer(value: bigint | number): Uint8Array {
  let hex = BigInt(value).toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  return der(tag.integer, Buffer.from(hex, 'hex'));
}

export const boolean = (value: boolean): Uint8Array => der(tag.boolean, Uint8Array.of(value ? 0xff : 0));
export const octetString = (content: Uint8Array): Uint8Array => der(tag.octetString, content);
export const bitString = (content: Uint8Array, unused = 0): Uint8Array =>
  der(tag.bitString, Uint8Array.of(unused), content);
export const utf8String = (text: string): Uint8Array => der(tag.utf8String, Buffer.from(text, 'utf8'));
export const nullValue = (): Uint8Array => der(tag.null);
export const generalizedTime = (time: Date): Uint8Array =>
  der(tag.generalizedTime, Buffer.from(`${digits(time)}Z`, 'latin1'));

/** Time in a certificate: two-digit years up to 2049, as RFC 5280 asks. */
export const certificateTime = (time: Date): Uint8Array =>
  time.getUTCFullYear() < 2050
    ? der(tag.utcTime, Buffer.from(`${digits(time).slice(2)}Z`, 'latin1'))
    : generalizedTime(time);

const digits = (time: Date): string => time.toISOString().slice(0, 19).replace(/[-:T]/g, '');
