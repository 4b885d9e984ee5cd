const BLOCK = 65_536;
/** Runs from this size on go to the sink as they are, without a copy. */
const DIRECT = 8192;
/** Below this size a loop copies faster than a native call. */
const SHORT = 32;

/**
 * Collects canonical bytes. Ranges of the source that follow one another become one run, which is the whole document
 * when it was canonical from the start.
 */
export class CanonicalOutput {
  readonly #source: Buffer;
  readonly #sink: (chunk: Uint8Array) => void;
  readonly #block: Buffer;
  readonly #direct: number;
  #filled = 0;
  #runStart = 0;
  #runEnd = 0;

  constructor(source: Buffer, sink: (chunk: Uint8Array) => void) {
    this.#source = source;
    this.#sink = sink;
    this.#block = Buffer.allocUnsafe(Math.min(BLOCK, source.length + 1024));
    this.#direct = Math.min(DIRECT, this.#block.length);
  }

  /** Bytes of the source as they stand. */
  keep(start: number, end: number): void {
    if (start !== this.#runEnd) {
      this.#write(this.#source, this.#runStart, this.#runEnd);
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  put(bytes: Buffer): void {
    this.#write(this.#source, this.#runStart, this.#runEnd);
    this.#runStart = this.#runEnd;
    this.#write(bytes, 0, bytes.length);
  }

  finish(): void {
    this.#write(this.#source, this.#runStart, this.#runEnd);
    this.#runStart = this.#runEnd;
    this.#flush();
  }

  #write(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length >= this.#direct) {
      this.#flush();
      this.#sink(bytes.subarray(start, end));
      return;
    }
    if (this.#filled + length > this.#block.length) this.#flush();
    const block = this.#block;
    let to = this.#filled;
    if (length <= SHORT) for (let at = start; at < end; at++) block[to++] = bytes[at]!;
    else bytes.copy(block, to, start, end);
    this.#filled += length;
  }

  #flush(): void {
    if (this.#filled > 0) this.#sink(this.#block.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
