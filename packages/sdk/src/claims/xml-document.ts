import type { XmlWriter } from '@bhxh/xml';

const declaration = Buffer.from('<?xml version="1.0" encoding="utf-8"?>\n');

/** A finished document with its XML declaration. */
export function withDeclaration(writer: XmlWriter): Buffer {
  return Buffer.concat([declaration, writer.finish()]);
}

/** An element with text only. */
export function writeLeaf(writer: XmlWriter, name: string, value: string): void {
  writer.start(name);
  writer.text(value);
  writer.end();
}
