const BLOCK = 65_536;
/** Runs from this size on go to the sink as they are, without a copy. */
const DIRECT = 8192;
/** Below this size a loop copies faster than a native call. */
const SHORT = 32;

/** Takes canonical bytes in order; a chunk is valid only during the call. `isLast` says that none follows. */
export type CanonicalSink = (chunk: Uint8Array, isLast: boolean) => void;

/** Lent to one output at a time: most documents are small, and memory for each would cost more than filling it. */
let idleBlock: Buffer | undefined;

/**
 * Collects canonical bytes. Ranges of the source that follow one another become one run, which is the whole document
 * when it was canonical from the start.
 */
export class CanonicalOutput {
  readonly #source: Buffer;
  readonly #sink: CanonicalSink;
  #block: Buffer | undefined;
  #filled = 0;
  #runStart = 0;
  #runEnd = 0;

  constructor(source: Buffer, sink: CanonicalSink) {
    this.#source = source;
    this.#sink = sink;
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
    const start = this.#runStart;
    const end = this.#runEnd;
    this.#runStart = end;
    if (end > start && (this.#filled === 0 || end - start >= DIRECT)) {
      this.#flush(false);
      this.#sink(this.#source.subarray(start, end), true);
    } else {
      this.#write(this.#source, start, end);
      this.#flush(true);
    }
  }

  /** Gives the memory back, whether the document came to its end or not. */
  release(): void {
    idleBlock ??= this.#block;
    this.#block = undefined;
  }

  #write(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    if (length >= DIRECT) {
      this.#flush(false);
      this.#sink(bytes.subarray(start, end), false);
      return;
    }
    if (this.#filled + length > BLOCK) this.#flush(false);
    const block = (this.#block ??= takeBlock());
    let to = this.#filled;
    if (length <= SHORT) for (let at = start; at < end; at++) block[to++] = bytes[at]!;
    else bytes.copy(block, to, start, end);
    this.#filled += length;
  }

  #flush(isLast: boolean): void {
    if (this.#filled > 0) this.#sink(this.#block!.subarray(0, this.#filled), isLast);
    this.#filled = 0;
  }
}

function takeBlock(): Buffer {
  const block = idleBlock ?? Buffer.allocUnsafeSlow(BLOCK);
  idleBlock = undefined;
  return block;
}
