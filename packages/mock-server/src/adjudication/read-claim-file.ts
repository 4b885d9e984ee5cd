import { decodeText, scan, type ScanHandler, type TextKind, type XmlScanner } from '@bhxh/xml';

/** Fields of one row, official name → text. */
export type ClaimRow = ReadonlyMap<string, string>;

/** One HOSO: the rows of each table by its LOAIHOSO. */
export interface ReadClaim {
  readonly tables: ReadonlyMap<string, readonly ClaimRow[]>;
  readonly summary: ClaimRow | undefined;
}

export interface ReadClaimFile {
  readonly facility: string | undefined;
  readonly claims: readonly ReadClaim[];
}

const trim = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

const nameOf = (scanner: XmlScanner, start: number, end: number): string =>
  Buffer.from(scanner.bytes.buffer, scanner.bytes.byteOffset + start - scanner.base, end - start).toString(
    'latin1',
  );

/**
 * Rows of a table, read by depth alone: a field is an element without children, a row is the element around fields.
 * This is the adjudicator's own reading, apart from the validator's, so that one mistake cannot hide on both sides.
 */
export function readRows(table: Uint8Array): ClaimRow[] {
  const rows: ClaimRow[] = [];
  const open: { name: string; hasChild: boolean; fields: Map<string, string> | undefined }[] = [];
  let text = '';
  const handler: ScanHandler = {
    startElement(scanner, start, end) {
      const parent = open.at(-1);
      if (parent !== undefined) parent.hasChild = true;
      open.push({ name: nameOf(scanner, start, end), hasChild: false, fields: undefined });
      text = '';
    },
    text(scanner, start, end, kind) {
      text += decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind);
    },
    endElement() {
      const closed = open.pop();
      const parent = open.at(-1);
      if (closed === undefined) return;
      if (closed.fields !== undefined) rows.push(closed.fields);
      else if (!closed.hasChild && parent !== undefined) {
        parent.fields ??= new Map();
        if (!parent.fields.has(closed.name)) parent.fields.set(closed.name, trim(text));
      }
      text = '';
    },
  };
  scan(table, handler);
  return rows;
}

/** MA_LK of a file's first claim, or undefined when it cannot be read; throws `XmlError` when the file is not XML. */
export function readFirstKey(file: Uint8Array): string | undefined {
  const summary = readParts(file, (kind) => kind === 'XML1').claims[0]?.get('XML1')?.[0];
  if (summary === undefined) return undefined;
  const key = readRows(summary)[0]?.get('MA_LK');
  return key === undefined || key === '' || key.length > 100 ? undefined : key;
}

/** All claims of a file (GIAMDINHHS). Throws `XmlError` on what is not well-formed; a claim that lacks XML1 has no summary. */
export function readClaimFile(file: Uint8Array): ReadClaimFile {
  const parts = readParts(file, () => true);
  return {
    facility: parts.facility,
    claims: parts.claims.map((tables) => {
      const rows = new Map<string, ClaimRow[]>();
      for (const [kind, contents] of tables) rows.set(kind, contents.flatMap(readRows));
      const summaries = rows.get('XML1') ?? [];
      return { tables: rows, summary: summaries.length === 1 ? summaries[0] : undefined };
    }),
  };
}

/** The facility an envelope names, and each LOAIHOSO in it, without reading the contents. */
export function readEnvelope(file: Uint8Array): {
  readonly facility: string | undefined;
  readonly kinds: string[];
} {
  const { facility, claims } = readParts(file, () => true);
  return { facility, kinds: claims.flatMap((claim) => [...claim.keys()]) };
}

interface FileParts {
  facility: string | undefined;
  claims: Map<string, Uint8Array[]>[];
}

/** Decoded NOIDUNGFILE contents by claim and LOAIHOSO; content written as plain XML is taken as its bytes. */
function readParts(file: Uint8Array, wanted: (kind: string) => boolean): FileParts {
  const parts: FileParts = { facility: undefined, claims: [] };
  const path: string[] = [];
  let kind = '';
  let text = '';
  let contentStart = 0;
  let contentDepth = 0;
  let plain: { start: number; end: number } | undefined;
  const collect = (scanner: XmlScanner, start: number, end: number, textKind: TextKind): void => {
    text += decodeText(scanner.bytes, start - scanner.base, end - scanner.base, textKind);
  };
  scan(file, {
    startElement(scanner, start, end, tagStart, _tagEnd, empty) {
      const name = nameOf(scanner, start, end);
      path.push(name);
      if (contentDepth > 0) {
        plain ??= { start: tagStart, end: tagStart };
        return;
      }
      text = '';
      if (name === 'HOSO') parts.claims.push(new Map());
      if (name === 'FILEHOSO') kind = '';
      if (name === 'NOIDUNGFILE' && !empty) {
        contentDepth = path.length;
        contentStart = tagStart;
        plain = undefined;
      }
    },
    text(scanner, start, end, textKind) {
      if (contentDepth === 0 || path.length === contentDepth) collect(scanner, start, end, textKind);
    },
    endElement(_scanner, _start, _end, _tagStart, tagEnd) {
      const depth = path.length;
      const name = path.pop();
      if (contentDepth > 0 && depth > contentDepth) {
        if (plain !== undefined) plain.end = tagEnd;
        return;
      }
      if (name === 'MACSKCB' && path.at(-1) === 'THONGTINDONVI') parts.facility ??= trim(text);
      if (name === 'LOAIHOSO' && path.at(-1) === 'FILEHOSO') kind = trim(text);
      if (name === 'NOIDUNGFILE' && contentDepth === depth && contentStart > 0) {
        contentDepth = 0;
        const claim = parts.claims.at(-1);
        if (claim !== undefined && kind !== '' && wanted(kind)) {
          const bytes =
            plain === undefined ? Buffer.from(trim(text), 'base64') : file.subarray(plain.start, plain.end);
          if (bytes.length > 0) claim.set(kind, [...(claim.get(kind) ?? []), bytes]);
        }
      }
      text = '';
    },
  });
  return parts;
}
