import type { Random } from '../random.ts';

const FRAGMENTS = [
  'x', ' ', 'đ', '&#65;', '<b/>', '<!-- c -->', '<![CDATA[<]]>', '&lt;', '\n', '>', '"', '<', '>', '&', ';', '"', "'", '=', '/', '<!--', '-->', '--', '<![CDATA[', ']]>', '<!DOCTYPE a>', '<?x?>', '<?xml version="1.0"?>',
  '&#0;', '&#xFFFE;', '&#x110000;', '&#xD800;', '&amp', '&e;', 'xmlns="', 'xmlns:p="urn:p"', 'xml:', ':', '</a>', '<a>', '<a/>', ' Id="1"',
  ' id="1"', '\0', '\x01', '\x0b', '\r', '\n', '\ufffe', '\uffff', '\ufeff', '🂠', 'đ', '<p:a', '<a:', '<:a', '<a a="1" a="2">',
].map((fragment) => Buffer.from(fragment)); // prettier-ignore

const RAW = [
  [0xff],
  [0xfe, 0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe0, 0x80, 0x80],
  [0xef, 0xbf, 0xbe],
  [0xef],
  [0xc3],
  [0xf0, 0x9f],
].map((bytes) => Buffer.from(bytes));

/** Damages a document in one or two places: bytes changed, cut out, doubled, swapped, or something hostile put in. */
export function mutate(random: Random, document: Uint8Array): Uint8Array {
  let bytes = Buffer.from(document);
  for (let round = 1 + random.below(2); round > 0; round--) {
    const at = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + random.below(12));
    switch (random.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), random.pick(RAW), bytes.subarray(at)]);
        break;
      case 4:
        bytes = bytes.subarray(0, at);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), random.pick(FRAGMENTS), bytes.subarray(at)]);
    }
  }
  return bytes;
}
