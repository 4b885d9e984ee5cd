/** Letters that TCVN3 (ABC) fonts put on bytes where windows-1252 has signs: ă â ê ô ơ ư đ and their tones. */
const TCVN3 = /[\xa7-\xae\xb5-\xb9\xbb-\xbe\xc6-\xcf\xd0-\xdd\xde-\xff]/u;
/** VNI writes a tone as its own byte behind an ASCII vowel. */
const VNI = /[aeiouyAEIOUY][\xd8\xf9\xf8\xfb\xf5\xef\xe2\xe1\xe0\xe5\xe3\xe4\xea\xe9\xe8\xfa\xfc\xeb]/u;

/**
 * A guess at what the bytes around an invalid one are, for the hint: `TCVN3`, `VNI`, `UTF-16`, or null.
 * Only the kind of encoding is said, never the text.
 */
export function suspectedEncoding(bytes: Uint8Array, offset: number): string | null {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  if ((first === 0x3c && second === 0) || (first === 0 && second === 0x3c)) return 'UTF-16';
  const from = Math.max(0, offset - 16);
  const around = Buffer.from(bytes.subarray(from, offset + 48)).toString('latin1');
  const high = [...around].filter((letter) => letter >= '\x80').length;
  if (high === 0 || around.includes('\0')) return null;
  if (VNI.test(around) && !/[\xb5-\xb9\xa7-\xae]/u.test(around)) return 'VNI';
  return TCVN3.test(around) ? 'TCVN3' : null;
}
