import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a test archive; whatever an attacker may lie about can be set. */
export interface TestEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  readonly flags?: number;
  readonly externalAttributes?: number;
  /** Where the table of contents says the entry begins. */
  readonly claimedOffset?: number;
}

/** Writes a zip archive byte by byte, so that tests can write wrong ones too. */
export function buildZip(entries: readonly TestEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8');
    const plain = entry.deflate === true ? deflateRawSync(entry.content) : Buffer.from(entry.content);
    // Traditional encryption puts twelve bytes before the data.
    const stored = (entry.flags ?? 0) & 1 ? Buffer.concat([Buffer.alloc(12), plain]) : plain;
    const method = entry.deflate === true ? 8 : 0;
    const flags = (entry.flags ?? 0) | 0x800;
    const crc = crc32(entry.content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(stored.length, 18);
    local.writeUInt32LE(entry.content.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(0x0314, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(stored.length, 20);
    central.writeUInt32LE(entry.content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(entry.externalAttributes ?? 0, 38);
    central.writeUInt32LE(entry.claimedOffset ?? offset, 42);
    directory.push(central, name);
    parts.push(local, name, stored);
    offset += 30 + name.length + stored.length;
  }
  const contents = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(contents.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, contents, end]);
}
