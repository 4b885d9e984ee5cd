import { isUtf8 } from 'node:buffer';
import type { TablePlan } from '../ruleset/table-plan.ts';
import { form, type TableRows, type TableSource } from './table-rows.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BRACKET = 0x5d;

/** What the byte means inside the text of a field. */
const kindOfByte = {
  ordinary: 0,
  less: 1,
  nonAscii: 2,
  lead: 3,
  ampersand: 4,
  greater: 5,
  carriageReturn: 6,
  refused: 7,
} as const;

const TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === LESS) return kindOfByte.less;
  if (byte === GREATER) return kindOfByte.greater;
  if (byte === 0x26) return kindOfByte.ampersand;
  if (byte === 0x0d) return kindOfByte.carriageReturn;
  if (byte === 0x0a || byte === 0x09) return kindOfByte.ordinary;
  if (byte < 0x20) return kindOfByte.refused;
  if (byte === 0xef) return kindOfByte.lead;
  return byte >= 0x80 ? kindOfByte.nonAscii : kindOfByte.ordinary;
});

const WHITE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 ? 1 : 0,
);

const ascii = new TextEncoder();
const DECLARATIONS: readonly Uint8Array[] = ['utf-8', 'UTF-8'].map((name) =>
  ascii.encode(`<?xml version="1.0" encoding="${name}"?>`),
);
const REFERENCES: readonly Uint8Array[] = ['&amp;', '&lt;', '&gt;', '&quot;', '&apos;'].map((text) =>
  ascii.encode(text),
);
const CDATA_OPEN = ascii.encode('<![CDATA[');
const CDATA_CLOSE = ascii.encode(']]>');

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  const length = expected.length;
  for (let index = 0; index < length; index += 1) if (bytes[at + index] !== expected[index]) return false;
  return true;
}

/**
 * Reads a table by prediction: every element is expected exactly where the standard puts it, and the expected bytes
 * are compared instead of parsed. Returns false, having stored nothing, at the first byte that is not as predicted;
 * the caller then reads the whole table with the strict scanner. What it accepts, the scanner accepts with the same
 * ranges (a property test holds the two together).
 */
export function predictTable(source: TableSource, plan: TablePlan, rows: TableRows): boolean {
  const before = rows.count;
  if (isUtf8(source.bytes) && readPredicted(source, plan, rows)) return true;
  rows.truncate(before);
  return false;
}

function readPredicted(source: TableSource, plan: TablePlan, rows: TableRows): boolean {
  const bytes = source.bytes;
  const { rowDepth, fieldTags, openTags, closeTags, width } = plan;
  const rowOpen = openTags[rowDepth - 1]!;
  const rowClose = closeTags[rowDepth - 1]!;
  let last = bytes.length;
  while (last > 0 && WHITE[bytes[last - 1]!] === 1) last -= 1;
  // Every loop below stops at a byte that is not ordinary, and this is the last one.
  if (last === 0 || bytes[last - 1] !== GREATER) return false;

  let at = 0;
  const declaration = DECLARATIONS.find((text) => matches(bytes, 0, text));
  if (declaration !== undefined) at = declaration.length;
  while (WHITE[bytes[at]!] === 1) at += 1;
  for (let level = 0; level < rowDepth - 1; level += 1) {
    const open = openTags[level]!;
    if (!matches(bytes, at, open)) return false;
    at += open.length;
    while (WHITE[bytes[at]!] === 1) at += 1;
  }
  while (matches(bytes, at, rowOpen)) {
    const base = rows.begin(source, at);
    const { starts, ends, forms } = rows;
    at += rowOpen.length;
    for (let field = 0; field < width; field += 1) {
      while (WHITE[bytes[at]!] === 1) at += 1;
      if (bytes[at] !== LESS) return false;
      at += 1;
      const tag = fieldTags[field]!;
      const length = tag.length;
      let index = 0;
      while (index < length && bytes[at + index] === tag[index]) index += 1;
      if (index !== length) {
        // `<NAME/>` differs from `<NAME>` in its last byte only.
        if (index !== length - 1 || bytes[at + index] !== SLASH || bytes[at + index + 1] !== GREATER)
          return false;
        starts[base + field] = at - 1;
        ends[base + field] = at - 1;
        at += length + 1;
        forms[base + field] = form.plain;
        continue;
      }
      at += length;
      const start = at;
      let kind: number = form.plain;
      let nonAscii = false;
      for (;;) {
        const what = TEXT[bytes[at]!]!;
        if (what === kindOfByte.ordinary) {
          at += 1;
          continue;
        }
        if (what === kindOfByte.less) break;
        if (what === kindOfByte.nonAscii) {
          nonAscii = true;
          at += 1;
        } else if (what === kindOfByte.lead) {
          if (bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe) return false;
          nonAscii = true;
          at += 3;
        } else if (what === kindOfByte.ampersand) {
          const reference = REFERENCES.find((text) => matches(bytes, at, text));
          if (reference === undefined) return false;
          kind = form.escaped;
          at += reference.length;
        } else if (what === kindOfByte.carriageReturn) {
          kind = form.escaped;
          at += 1;
        } else if (what === kindOfByte.greater) {
          if (at + 1 >= last || (bytes[at - 1] === BRACKET && bytes[at - 2] === BRACKET)) return false;
          at += 1;
        } else {
          return false;
        }
      }
      if (bytes[at + 1] !== SLASH) {
        if (at !== start || !matches(bytes, at, CDATA_OPEN)) return false;
        const open = at + CDATA_OPEN.length;
        const close = bytes.indexOf(CDATA_CLOSE, open);
        if (close < 0) return false;
        for (let position = open; position < close; position += 1) {
          const what = TEXT[bytes[position]!]!;
          if (
            what === kindOfByte.refused ||
            (what === kindOfByte.lead && bytes[position + 1] === 0xbf && bytes[position + 2]! >= 0xbe)
          )
            return false;
          if (what === kindOfByte.nonAscii || what === kindOfByte.lead) nonAscii = true;
        }
        at = close + CDATA_CLOSE.length;
        if (bytes[at] !== LESS || bytes[at + 1] !== SLASH || !matches(bytes, at + 2, tag)) return false;
        rows.put(base + field, bytes, open, close, form.cdata, nonAscii);
        at += 2 + length;
        continue;
      }
      index = 0;
      while (index < length && bytes[at + 2 + index] === tag[index]) index += 1;
      if (index !== length) return false;
      rows.put(base + field, bytes, start, at, kind, nonAscii);
      at += 2 + length;
    }
    while (WHITE[bytes[at]!] === 1) at += 1;
    if (!matches(bytes, at, rowClose)) return false;
    at += rowClose.length;
    if (rowDepth === 1) return at === last;
    while (WHITE[bytes[at]!] === 1) at += 1;
  }
  for (let level = rowDepth - 2; level >= 0; level -= 1) {
    const close = closeTags[level]!;
    if (!matches(bytes, at, close)) return false;
    at += close.length;
    while (at < last && WHITE[bytes[at]!] === 1) at += 1;
  }
  return at === last;
}
