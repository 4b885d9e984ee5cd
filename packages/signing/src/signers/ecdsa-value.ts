import { DerCursor, DerError, readDer, readInteger, tag } from '../certificates/der.ts';

/** Bytes of r, and of s, for the curves that are allowed. */
const halves: readonly number[] = [32, 48, 66];
/** The sequence of two numbers of 66 bytes is shorter. */
const LONGEST = 160;

/**
 * ECDSA values stand in XML signatures as r‖s; services give those or a DER sequence of the two, and do not say which. A
 * value that is neither comes back as it is, for the verification to refuse.
 */
export function rawEcdsaValue(value: Uint8Array): Uint8Array {
  if (value.length > LONGEST || halves.some((half) => value.length === 2 * half)) return value;
  try {
    const cursor = new DerCursor(readDer(value, tag.sequence));
    const numbers = [readInteger(cursor.take(tag.integer)), readInteger(cursor.take(tag.integer))];
    const texts = numbers.map((number) => (number < 0n ? '' : number.toString(16)));
    const half = halves.find((bytes) => texts.every(({ length }) => length > 0 && length <= 2 * bytes));
    if (half === undefined || !cursor.done) return value;
    return Buffer.from(texts.map((text) => text.padStart(2 * half, '0')).join(''), 'hex');
  } catch (error) {
    if (error instanceof DerError) return value;
    throw error;
  }
}
