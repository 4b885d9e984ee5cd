const PERCENT = 0x25;
const PLUS = 0x2b;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Undoes %XX and + in one pass; a stray percent sign stays as it is, as browsers do it. */
function decodeField(bytes: Buffer): string {
  if (!bytes.includes(PERCENT) && !bytes.includes(PLUS)) return bytes.toString('utf8');
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === PLUS) {
      decoded[length++] = 0x20;
      continue;
    }
    if (byte === PERCENT) {
      const high = hexValue(bytes[at + 1]);
      const low = hexValue(bytes[at + 2]);
      if (high >= 0 && low >= 0) {
        decoded[length++] = high * 16 + low;
        at += 2;
        continue;
      }
    }
    decoded[length++] = byte;
  }
  return decoded.toString('utf8', 0, length);
}

/** Fields of an `application/x-www-form-urlencoded` body; undefined when a field is given twice. */
export function parseForm(body: Buffer): Record<string, string> | undefined {
  const fields = new Map<string, string>();
  let start = 0;
  while (start < body.length) {
    const found = body.indexOf(AMPERSAND, start);
    const end = found === -1 ? body.length : found;
    if (end > start) {
      const pair = body.subarray(start, end);
      const equals = pair.indexOf(EQUALS);
      const name = decodeField(equals === -1 ? pair : pair.subarray(0, equals));
      if (fields.has(name)) return undefined;
      fields.set(name, equals === -1 ? '' : decodeField(pair.subarray(equals + 1)));
    }
    start = end + 1;
  }
  return Object.fromEntries(fields);
}
