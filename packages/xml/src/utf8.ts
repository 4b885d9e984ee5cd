/** A view of the same memory that has the native search and decode functions; copies nothing. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Length of the sequence that `lead` opens, 0 for a byte that opens none. */
export function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The code point at `at`; the bytes must be valid UTF-8 there. */
export function codePointAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return lead;
  const second = bytes[at + 1]! & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = bytes[at + 2]! & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (bytes[at + 3]! & 0x3f);
}

function isSecondByte(lead: number, byte: number): boolean {
  if (byte < 0x80 || byte > 0xbf) return false;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte <= 0x8f;
}

/**
 * Offset of the first byte that begins no valid UTF-8 sequence, or `end`. A sequence that `end` cuts short, but which
 * is valid so far, gives its own start with `cut: true`.
 */
export function firstInvalid(bytes: Uint8Array, start: number, end: number): { at: number; cut: boolean } {
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0) return { at, cut: false };
    for (let step = 1; step < length; step++) {
      if (at + step >= end) return { at, cut: true };
      const byte = bytes[at + step]!;
      if (step === 1 ? !isSecondByte(lead, byte) : (byte & 0xc0) !== 0x80) return { at, cut: false };
    }
    at += length;
  }
  return { at: end, cut: false };
}

/** How many bytes before `end` belong to a sequence that is not complete yet (0 to 3); the rest may be checked natively. */
export function cutTail(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && back <= end - start; back++) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}
