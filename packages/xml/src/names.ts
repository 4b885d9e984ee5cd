import { fail } from './fault.ts';
import { endOfName, INCOMPLETE, prefixLengthOf } from './lexemes.ts';
import { XmlError } from './errors.ts';
import { asBuffer } from './utf8.ts';

const CAPACITY = 8192;

/**
 * Numbers for element names, so that a name is compared as bytes once and as a number afterwards. The names given at
 * construction get the numbers 0, 1, 2 … in their order; names met in documents follow, up to a bound that keeps a
 * hostile document from taking memory. One table may serve any number of scanners, and learns from each.
 */
export class XmlNames {
  /** Bytes of all names, one after the other. */
  bytes: Uint8Array = new Uint8Array(4096);
  /** The same, for reading four of them at a time. */
  view: DataView = new DataView(this.bytes.buffer);
  starts: Int32Array = new Int32Array(64);
  lengths: Int32Array = new Int32Array(64);
  /** Length of the prefix, 0 without one. */
  prefixLengths: Int32Array = new Int32Array(64);
  /** The name that followed this one last time; tables repeat their rows, so the guess is almost always right. */
  followers: Int32Array = new Int32Array(64).fill(-1);
  count = 0;
  #used = 0;
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  /** Throws `XmlError` XML_WRITE_INVALID for what is not a name. */
  constructor(known: readonly string[] = []) {
    for (const name of known) {
      const bytes = Buffer.from(`${name} `);
      try {
        const end = endOfName(bytes, 0, bytes.length, Number.POSITIVE_INFINITY);
        if (end !== bytes.length - 1) fail('XML_WRITE_INVALID', 0);
        this.intern(bytes, 0, end);
      } catch {
        throw new XmlError('XML_WRITE_INVALID', { offset: 0, line: 1, column: 1 }, 'name');
      }
    }
  }

  /** -1 for a name without a number. */
  numberOf(name: string): number {
    return this.#numbers.get(Buffer.from(name).toString('latin1')) ?? -1;
  }

  nameOf(number: number): string {
    const start = this.starts[number]!;
    return (this.#texts[number] ??= asBuffer(this.bytes).toString(
      'utf8',
      start,
      start + this.lengths[number]!,
    ));
  }

  /** The number of the name in `source`, a new one if need be; INCOMPLETE when the table is full. */
  intern(source: Uint8Array, start: number, end: number): number {
    const key = asBuffer(source).toString('latin1', start, end);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const prefixLength = prefixLengthOf(source, start, end);
    if (this.count === CAPACITY) return INCOMPLETE;
    const number = this.count++;
    const length = end - start;
    if (number === this.starts.length) {
      this.starts = grown(this.starts, 2 * number);
      this.lengths = grown(this.lengths, 2 * number);
      this.prefixLengths = grown(this.prefixLengths, 2 * number);
      this.followers = grown(this.followers, 2 * number);
    }
    if (this.#used + length > this.bytes.length) {
      const larger = new Uint8Array(2 * (this.#used + length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.bytes.set(source.subarray(start, end), this.#used);
    this.starts[number] = this.#used;
    this.lengths[number] = length;
    this.prefixLengths[number] = prefixLength;
    this.followers[number] = -1;
    this.#used += length;
    this.#numbers.set(key, number);
    return number;
  }
}

let common = new XmlNames();

/** The table of all scanners that bring none: small documents need not learn the same names each time. A full one is replaced. */
export function commonNames(): XmlNames {
  if (common.count === CAPACITY) common = new XmlNames();
  return common;
}

/** A larger copy; typed arrays have no growth of their own. */
export function grown(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
