const BLOCK = 1 << 20;
/** Blocks kept for the next record; what a giant record needed beyond this is let go. */
const KEPT = 4;

/** Memory for the decoded contents of one record, used again for the next one. */
export class ContentArena {
  readonly #blocks: Buffer[] = [];
  #block = 0;
  #used = 0;

  /** A writable range of `length` bytes, valid until `reset`. */
  take(length: number): Buffer {
    for (;;) {
      const block = this.#blocks[this.#block];
      if (block === undefined) {
        const fresh = Buffer.allocUnsafeSlow(Math.max(BLOCK, length));
        this.#blocks.push(fresh);
        this.#used = length;
        return fresh.subarray(0, length);
      }
      if (block.length - this.#used >= length) {
        const start = this.#used;
        this.#used += length;
        return block.subarray(start, start + length);
      }
      this.#block += 1;
      this.#used = 0;
    }
  }

  /** Gives back the tail of the range taken last. */
  shrink(range: Buffer, length: number): Buffer {
    this.#used -= range.length - length;
    return range.subarray(0, length);
  }

  reset(): void {
    if (this.#blocks.some((block) => block.length > BLOCK)) {
      const small = this.#blocks.filter((block) => block.length === BLOCK);
      this.#blocks.splice(0, this.#blocks.length, ...small);
    }
    if (this.#blocks.length > KEPT) this.#blocks.length = KEPT;
    this.#block = 0;
    this.#used = 0;
  }
}
