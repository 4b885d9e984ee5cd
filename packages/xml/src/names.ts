import { asBuffer } from './utf8.ts';

/**
 * Every distinct name of a document gets a small number, so that names are compared as bytes once and as numbers
 * afterwards. Names beyond `capacity` get no number of their own: they live in one slot per open element, which bounds
 * the memory that a hostile document can take.
 */
export class NameTable {
  readonly capacity = 8192;
  /** Bytes of all names, one after the other. */
  bytes: Uint8Array = new Uint8Array(4096);
  starts: Int32Array = new Int32Array(64);
  lengths: Int32Array = new Int32Array(64);
  /** The name that followed this one last time; tables repeat their rows, so the guess is almost always right. */
  followers: Int32Array = new Int32Array(64).fill(-1);
  /** Offset of the colon within the name, 0 for none. */
  colons: Int32Array = new Int32Array(64);
  #count = 0;
  #used = 0;
  readonly #numbers = new Map<string, number>();

  /** Number of the name, or of the slot `capacity + level` that now holds it. */
  intern(source: Uint8Array, start: number, end: number, level: number): number {
    const key = asBuffer(source).toString('latin1', start, end);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const isKept = this.#count < this.capacity;
    const number = isKept ? this.#count++ : this.capacity + level;
    this.#reserve(number);
    const at = isKept ? this.#used : this.#slotStart(level);
    const length = end - start;
    if (at + length > this.bytes.length) {
      const larger = new Uint8Array(2 * (at + length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(source.subarray(start, end), at);
    this.starts[number] = at;
    this.lengths[number] = length;
    this.followers[number] = -1;
    this.colons[number] = Math.max(0, key.indexOf(':'));
    if (isKept) {
      this.#used = at + length;
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** Slots are a stack above the kept names: the one of a level begins where that of an outer level ends. */
  #slotStart(level: number): number {
    let at = this.#used;
    for (let outer = this.capacity; outer < this.capacity + level; outer++) {
      at = Math.max(at, this.starts[outer]! + this.lengths[outer]!);
    }
    return at;
  }

  #reserve(number: number): void {
    if (number < this.starts.length) return;
    const size = 2 * (number + 1);
    this.starts = grown(this.starts, size);
    this.lengths = grown(this.lengths, size);
    this.followers = grown(this.followers, size);
    this.colons = grown(this.colons, size);
  }
}

export function grown(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
