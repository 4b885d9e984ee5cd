import { LF } from './byte-classes.ts';
import type { XmlPosition } from './errors.ts';

/** A place is remembered each time so many bytes were counted. */
const STRIDE = 65_536;

interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Line feeds in a range; four bytes at a time, since a stream needs this for every byte it lets go. */
function countLineFeeds(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  let at = start;
  while (at < end && ((bytes.byteOffset + at) & 3) !== 0) if (bytes[at++] === LF) count++;
  if (end - at < 4) {
    while (at < end) if (bytes[at++] === LF) count++;
    return count;
  }
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
  for (let index = 0; index < words.length; index++) {
    const other = words[index]! ^ 0x0a0a0a0a;
    let zeros = ~(((other & 0x7f7f7f7f) + 0x7f7f7f7f) | other | 0x7f7f7f7f);
    for (; zeros !== 0; zeros &= zeros - 1) count++;
  }
  at += 4 * words.length;
  while (at < end) if (bytes[at++] === LF) count++;
  return count;
}

function advance(bytes: Uint8Array, base: number, from: Place, to: number): Place {
  const start = from.offset - base;
  const end = to - base;
  const lineFeeds = countLineFeeds(bytes, start, end);
  let column = lineFeeds === 0 ? from.column : 1;
  let at = start;
  if (lineFeeds > 0) for (at = end; bytes[at - 1] !== LF; at--);
  for (; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) column++;
  return { offset: to, line: from.line + lineFeeds, column };
}

/**
 * Turns byte offsets into lines and columns when somebody asks. Every byte is counted once, whatever the order of the
 * questions, apart from the last 64 kB before each answer.
 */
export class LineCounter {
  #places: Place[] = [{ offset: 0, line: 1, column: 1 }];
  #last: Place = { offset: 0, line: 1, column: 1 };

  /** The byte order mark takes no column. */
  skipByteOrderMark(): void {
    this.#last = { offset: 3, line: 1, column: 1 };
    this.#places = [this.#last];
  }

  /** `bytes[0]` stands at `base`; nothing before the origin can be asked for. */
  positionOf(bytes: Uint8Array, base: number, offset: number): XmlPosition {
    const to = Math.min(offset, base + bytes.length);
    let newest = this.#places.at(-1)!;
    while (to - newest.offset >= STRIDE) {
      newest = advance(bytes, base, newest, newest.offset + STRIDE);
      this.#places.push(newest);
    }
    let from = newest;
    if (to < newest.offset) {
      from = this.#places[Math.max(0, Math.floor((to - this.#places[0]!.offset) / STRIDE))]!;
    }
    if (to < from.offset) return { offset, line: from.line, column: from.column };
    if (this.#last.offset >= from.offset && this.#last.offset <= to) from = this.#last;
    this.#last = advance(bytes, base, from, to);
    return { offset, line: this.#last.line, column: this.#last.column };
  }

  /** Everything before `offset` is about to go away. */
  moveOrigin(bytes: Uint8Array, base: number, offset: number): void {
    let from = this.#places.findLast((place) => place.offset <= offset) ?? this.#places[0]!;
    if (this.#last.offset > from.offset && this.#last.offset <= offset) from = this.#last;
    const origin = offset <= from.offset ? from : advance(bytes, base, from, offset);
    this.#places = [origin];
    this.#last = origin;
  }
}
