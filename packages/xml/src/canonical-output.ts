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
 * Collects canonical bytes. What is canonical as it stands needs no call: between `begin` and `end` the source goes on,
 * and only what differs is said, so that a document which was canonical from the start is one run.
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

  /** From here on the bytes of the source count. */
  begin(at: number): void {
    this.#runStart = at;
    this.#runEnd = this.#source.length;
  }

  /** The bytes of the source from `start` to `end` give way to others, or to none. */
  replace(start: number, end: number, bytes?: Buffer): void {
    this.#write(this.#source, this.#runStart, start);
    this.#runStart = end;
    if (bytes !== undefined) this.#write(bytes, 0, bytes.length);
  }

  /** Bytes of the source once more, right after a replacement. */
  repeat(start: number, end: number): void {
    this.#write(this.#source, start, end);
  }

  /** Up to here they count. */
  end(at: number): void {
    this.#runEnd = at;
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
    if (length <= 0) return;
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
