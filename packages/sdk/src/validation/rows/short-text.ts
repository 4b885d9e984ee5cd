const SLOTS = 8192;
const LONGEST = 24;
const slots: (string | undefined)[] = Array.from({ length: SLOTS });

/**
 * Text of plain bytes. Short ASCII values (codes, flags, dates) repeat in every row of a claim, so one string is
 * kept for each: building a string costs more than finding it again.
 */
export function shortText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  if (length > LONGEST) return bytes.toString('utf8', start, end);
  let hash = length;
  for (let position = start; position < end; position += 1) {
    const byte = bytes[position]!;
    if (byte >= 0x80) return bytes.toString('utf8', start, end);
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
  const known = slots[slot];
  if (known !== undefined && known.length === length) {
    let at = 0;
    while (at < length && known.charCodeAt(at) === bytes[start + at]) at += 1;
    if (at === length) return known;
  }
  const text = bytes.toString('latin1', start, end);
  slots[slot] = text;
  return text;
}
