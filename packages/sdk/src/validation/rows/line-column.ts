/** A place in a text: both from 1, the column counted in code points. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds lines and columns of byte offsets. Findings come in document order, so each search goes on from the last
 * one instead of from the beginning.
 */
export class LineCounter {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #line = 1;
  #column = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  at(offset: number): LineColumn {
    if (offset < this.#offset) {
      this.#offset = 0;
      this.#line = 1;
      this.#column = 1;
    }
    const bytes = this.#bytes;
    const end = Math.min(offset, bytes.length);
    let line = this.#line;
    let column = this.#column;
    for (let position = this.#offset; position < end; position += 1) {
      const byte = bytes[position]!;
      if (byte === 0x0a) {
        line += 1;
        column = 1;
      } else if ((byte & 0xc0) !== 0x80) {
        column += 1;
      }
    }
    this.#offset = end;
    this.#line = line;
    this.#column = column;
    return { line, column };
  }
}
