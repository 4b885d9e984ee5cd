import type { WireBody } from './wire.ts';

const pieceBytes = 192 * 1024; // a multiple of three, so that base64 pieces join without padding
const wholeLimit = 4 * pieceBytes;

/** A form of short text fields. */
export function encodeForm(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

/**
 * A form whose last field is a file in base64, percent-encoded. The length is counted from the bytes beforehand, so
 * that a large file leaves in pieces under a true Content-Length instead of being encoded whole.
 */
export function fileForm(
  fields: Readonly<Record<string, string>>,
  fileField: string,
  file: Uint8Array,
): WireBody {
  const head = Buffer.from(`${encodeForm(fields)}&${encodeURIComponent(fileField)}=`, 'latin1');
  if (file.length <= wholeLimit) {
    const encoded = escapedBase64(file);
    const body = Buffer.allocUnsafe(head.length + encoded.length);
    head.copy(body);
    body.write(encoded, head.length, 'latin1');
    return { length: body.length, whole: () => body };
  }
  return {
    length: head.length + escapedLength(file),
    whole: () => Buffer.concat([head, Buffer.from(escapedBase64(file), 'latin1')]),
    async *pieces() {
      yield head;
      for (let at = 0; at < file.length; at += pieceBytes) {
        yield Buffer.from(escapedBase64(file.subarray(at, at + pieceBytes)), 'latin1');
      }
    },
  };
}

/** A body that exists already. */
export function plainBody(text: string): WireBody {
  const bytes = Buffer.from(text, 'utf8');
  return { length: bytes.length, whole: () => bytes };
}

function escapedBase64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return encodeURIComponent(text);
}

/** Every sextet 62 (`+`) or 63 (`/`) and every `=` of padding grows from one byte to three. */
function escapedLength(bytes: Uint8Array): number {
  const full = bytes.length - (bytes.length % 3);
  let escapes = 0;
  for (let at = 0; at < full; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (group >>> 18 >= 62) escapes++;
    if (((group >>> 12) & 63) >= 62) escapes++;
    if (((group >>> 6) & 63) >= 62) escapes++;
    if ((group & 63) >= 62) escapes++;
  }
  const tail = escapedBase64(bytes.subarray(full)).length;
  return (full / 3) * 4 + escapes * 2 + tail;
}
