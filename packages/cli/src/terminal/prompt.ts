/** Asks for a secret on the terminal without showing it. The bytes are the caller's to wipe. Resolves undefined when there is no terminal. */
export async function askSecret(question: string): Promise<Uint8Array | undefined> {
  const input = process.stdin;
  if (input.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  process.stderr.write(question);
  input.setRawMode(true);
  input.resume();
  const bytes: number[] = [];
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      for (const byte of chunk) {
        if (byte === 0x0d || byte === 0x0a) return Uint8Array.from(bytes);
        if (byte === 0x03) return undefined;
        if (byte === 0x7f || byte === 0x08) bytes.pop();
        else if (byte >= 0x20) bytes.push(byte);
      }
    }
    return Uint8Array.from(bytes);
  } finally {
    bytes.fill(0);
    input.setRawMode(false);
    input.pause();
    process.stderr.write('\n');
  }
}
