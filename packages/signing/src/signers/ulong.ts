/** A CK_ULONG as the value of an attribute: the size of a `long` of the C compiler, four bytes on all of Windows. */
export function ulongBytes(value: number): Uint8Array {
  const isShort = process.platform === 'win32' || process.arch === 'ia32' || process.arch === 'arm';
  const bytes = Buffer.alloc(isShort ? 4 : 8);
  bytes.writeUInt32LE(value);
  return bytes;
}
