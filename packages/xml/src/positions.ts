import type { XmlPosition } from './errors.ts';
import { LF } from './byte-classes.ts';

/**
 * Turns byte offsets into lines and columns, on demand. Rising offsets cost one pass over the bytes in all; the caller
 * moves the start along when it lets go of bytes.
 */
export class LineCounter {
  #offset = 0;
  #line = 1;
  #column = 1;
  #originOffset = 0;
  #originLine = 1;
  #originColumn = 1;

  /** `bytes[0]` stands at `base`. */
  positionOf(bytes: Uint8Array, base: number, offset: number): XmlPosition {
    if (offset < this.#offset) {
      this.#offset = this.#originOffset;
      this.#line = this.#originLine;
      this.#column = this.#originColumn;
    }
    const last = Math.min(offset - base, bytes.length);
    let line = this.#line;
    let column = this.#column;
    for (let at = this.#offset - base; at < last; at++) {
      const byte = bytes[at]!;
      if (byte === LF) {
        line++;
        column = 1;
      } else if ((byte & 0xc0) !== 0x80) column++;
    }
    if (last + base > this.#offset) {
      this.#offset = last + base;
      this.#line = line;
      this.#column = column;
    }
    return { offset, line, column };
  }

  /** Everything before `offset` is about to go away (a byte order mark is passed by with column 1). */
  moveOrigin(bytes: Uint8Array, base: number, offset: number): void {
    this.positionOf(bytes, base, offset);
    this.#originOffset = this.#offset;
    this.#originLine = this.#line;
    this.#originColumn = this.#column;
  }
}
