import { decodeText, type ScanHandler, type TextKind, type XmlScanner } from '@bhxh/xml';
import { decodeBase64 } from './base64.ts';
import type { ContentArena } from './content-arena.ts';
import type { DocumentKind } from './kinds.ts';

/** One FILEHOSO: a table and how it was packed. */
export interface EnvelopePart {
  /** LOAIHOSO as written. */
  readonly type: string;
  readonly packing: 'base64' | 'plain' | 'empty';
  /** The table's bytes, valid until the record ends; null when empty or not decodable. */
  readonly bytes: Buffer | null;
  /** True when the base64 text held white space. */
  readonly hasLineBreaks: boolean;
  /** Why the content could not be decoded. */
  readonly problem: 'alphabet' | 'padding' | 'trailing-bits' | 'size' | 'pieces' | null;
  /** Where the content starts in the document; null unless something is to be said about it. */
  readonly place: EnvelopePlace | null;
}

/** A place in the outer document. */
export interface EnvelopePlace {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What the envelope says about itself. */
export interface EnvelopeHeader {
  MACSKCB: string | null;
  NGAYLAP: string | null;
  SOLUONGHOSO: string | null;
}

/** Receives an envelope piece by piece, in document order. */
export interface EnvelopeSink {
  part(part: EnvelopePart): void;
  /** After the last part of a HOSO; its part contents become invalid when this returns. */
  recordEnd(): void;
  /** An element that has no place where it stands. */
  unexpectedElement(path: string, place: EnvelopePlace): void;
  /** An element that stands after one it has to precede. */
  elementOrder(path: string, place: EnvelopePlace): void;
  /** An element that the envelope must have and does not. */
  missingElement(path: string): void;
}

/** Allowed children, in order, of the envelope's elements. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  '': ['THONGTINDONVI', 'THONGTINHOSO', 'CHUKYDONVI'],
  THONGTINDONVI: ['MACSKCB'],
  THONGTINHOSO: ['NGAYLAP', 'SOLUONGHOSO', 'DANHSACHHOSO'],
  DANHSACHHOSO: ['HOSO'],
  HOSO: ['FILEHOSO'],
  FILEHOSO: ['LOAIHOSO', 'NOIDUNGFILE'],
};

/** Elements that may be repeated. */
const REPEATED: ReadonlySet<string> = new Set(['HOSO', 'FILEHOSO']);
const LEAVES: ReadonlySet<string> = new Set([
  'MACSKCB',
  'NGAYLAP',
  'SOLUONGHOSO',
  'LOAIHOSO',
  'NOIDUNGFILE',
  'CHUKYDONVI',
]);

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * Reads an envelope (GIAMDINHHS, HSCHUNGTU) while it is scanned: header values, then part by part, record by record.
 * Holds the contents of one record at a time.
 */
export class EnvelopeReader implements ScanHandler {
  readonly header: EnvelopeHeader = { MACSKCB: null, NGAYLAP: null, SOLUONGHOSO: null };
  /** Where the header's values stand. */
  readonly headerPlaces: Partial<Record<keyof EnvelopeHeader, EnvelopePlace>> = {};
  /** Records begun so far. */
  records = 0;
  /** Paths of the elements named Signature. */
  readonly signatures: string[] = [];
  readonly #kind: DocumentKind;
  readonly #sink: EnvelopeSink;
  readonly #arena: ContentArena;
  readonly #contentLimit: number;
  readonly #path: string[] = [];
  readonly #nextChild: number[] = [];
  /** Depth of an element passed over; 0 when none. */
  #skipped = 0;
  #leaf = '';
  #leafText = '';
  #type: string | null = null;
  #hasContent = false;
  #packing: EnvelopePart['packing'] = 'empty';
  #bytes: Buffer | null = null;
  #hasLineBreaks = false;
  #problem: EnvelopePart['problem'] = null;
  #place: EnvelopePlace | null = null;
  #plain: Buffer[] | null = null;
  #recordBytes = 0;
  readonly #seen: Set<string> = new Set();

  /** `contentLimit` bounds the decoded bytes of one record. */
  constructor(kind: DocumentKind, sink: EnvelopeSink, arena: ContentArena, contentLimit: number) {
    this.#kind = kind;
    this.#sink = sink;
    this.#arena = arena;
    this.#contentLimit = contentLimit;
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    const { depth } = scanner;
    const raw = scanner.bytes as Buffer;
    if (this.#leaf === 'NOIDUNGFILE' && this.#skipped === 0) {
      this.#plainPiece(scanner, tagStart, tagEnd);
      return;
    }
    const name = raw.toString('utf8', nameStart - scanner.base, nameEnd - scanner.base);
    if (localName(name) === 'Signature' && depth > 1) {
      this.signatures.push([this.#kind.root, ...this.#path].join('/'));
      if (this.#skipped === 0) this.#skipped = depth;
      return;
    }
    if (this.#skipped > 0) return;
    if (depth === 1) {
      this.#nextChild.push(0);
      return;
    }
    const parent = depth === 2 ? '' : this.#path[depth - 3]!;
    const allowed = CHILDREN[parent];
    const index = allowed === undefined ? -1 : allowed.indexOf(name);
    if (index < 0) {
      this.#skipped = depth;
      this.#sink.unexpectedElement(this.#pathOf(name), scanner.positionOf(tagStart));
      return;
    }
    const next = this.#nextChild[depth - 2]!;
    if (index < next || (index === next - 1 && !REPEATED.has(name))) {
      if (!REPEATED.has(name) || index < next - 1)
        this.#sink.elementOrder(this.#pathOf(name), scanner.positionOf(tagStart));
    }
    this.#nextChild[depth - 2] = Math.max(next, index + 1);
    this.#path.length = depth - 2;
    this.#path.push(name);
    this.#nextChild.length = depth - 1;
    this.#nextChild.push(0);
    if (LEAVES.has(name)) {
      this.#leaf = name;
      this.#leafText = '';
      if (name === 'MACSKCB' || name === 'NGAYLAP' || name === 'SOLUONGHOSO') {
        this.headerPlaces[name] = scanner.positionOf(tagEnd);
      }
      this.#seen.add(name);
    } else if (name === 'HOSO') {
      this.records += 1;
      this.#recordBytes = 0;
    } else if (name === 'FILEHOSO') {
      this.#type = null;
      this.#hasContent = false;
      this.#packing = 'empty';
      this.#bytes = null;
      this.#hasLineBreaks = false;
      this.#problem = null;
      this.#place = null;
    }
  }

  text(scanner: XmlScanner, start: number, end: number, kind: TextKind): void {
    if (this.#skipped > 0 || this.#leaf === '' || this.#leaf === 'CHUKYDONVI') return;
    const from = start - scanner.base;
    const to = end - scanner.base;
    if (this.#leaf !== 'NOIDUNGFILE') {
      this.#leafText += decodeText(scanner.bytes, from, to, kind);
      return;
    }
    if (this.#plain !== null) this.#plainText(scanner, from, to, kind);
    else this.#content(scanner, start, from, to, kind);
  }

  endElement(
    scanner: XmlScanner,
    _nameStart: number,
    _nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    const { depth } = scanner;
    if (this.#skipped > 0) {
      if (depth === this.#skipped) this.#skipped = 0;
      return;
    }
    if (depth === 1) {
      this.#finish();
      return;
    }
    const name = this.#path[depth - 2];
    if (this.#leaf === 'NOIDUNGFILE' && depth > this.#path.length + 1) {
      // An empty element reports its one tag twice.
      if (scanner.bytes[tagStart - scanner.base + 1] === 0x2f) this.#plainPiece(scanner, tagStart, tagEnd);
      return;
    }
    if (name === 'NOIDUNGFILE') this.#endContent();
    else if (name === 'LOAIHOSO') this.#type = this.#leafText.trim();
    else if (name === 'MACSKCB' || name === 'NGAYLAP' || name === 'SOLUONGHOSO')
      this.header[name] = this.#leafText.trim();
    else if (name === 'FILEHOSO') this.#endPart(scanner, tagStart);
    else if (name === 'HOSO') {
      this.#sink.recordEnd();
      this.#arena.reset();
    }
    this.#leaf = '';
    this.#path.length = depth - 2;
    this.#nextChild.length = depth - 1;
  }

  #pathOf(name: string): string {
    return [this.#kind.root, ...this.#path, name].join('/');
  }

  #content(scanner: XmlScanner, start: number, from: number, to: number, kind: TextKind): void {
    const bytes = scanner.bytes as Buffer;
    let first = from;
    while (
      first < to &&
      (bytes[first] === 0x20 || bytes[first] === 0x0a || bytes[first] === 0x0d || bytes[first] === 0x09)
    ) {
      first += 1;
    }
    if (first === to) return;
    if (this.#hasContent) {
      this.#problem = 'pieces';
      return;
    }
    this.#hasContent = true;
    const isMarkup = kind !== 0 && decodeText(bytes, first, Math.min(to, first + 16), kind).startsWith('<');
    if (isMarkup) {
      this.#packing = 'plain';
      this.#place = scanner.positionOf(start);
      this.#bytes = this.#keep(Buffer.from(decodeText(bytes, first, to, kind)));
      return;
    }
    this.#packing = 'base64';
    if (this.#recordBytes + ((to - first) / 4) * 3 > this.#contentLimit + 3) {
      this.#problem = 'size';
      this.#place = scanner.positionOf(start);
      return;
    }
    const result =
      kind === 1
        ? decodeBase64(
            Buffer.from(decodeText(bytes, first, to, kind)),
            0,
            Number.MAX_SAFE_INTEGER,
            this.#arena,
          )
        : decodeBase64(bytes, first, to, this.#arena);
    if ('problem' in result) {
      this.#problem = result.problem;
      this.#place = scanner.positionOf(start);
      return;
    }
    this.#recordBytes += result.bytes.length;
    this.#bytes = result.bytes;
    this.#hasLineBreaks = result.hasLineBreaks;
    if (result.hasLineBreaks) this.#place = scanner.positionOf(start);
  }

  /** A tag inside NOIDUNGFILE: the table was put there as markup. */
  #plainPiece(scanner: XmlScanner, tagStart: number, tagEnd: number): void {
    if (this.#plain === null) {
      this.#plain = [];
      if (this.#hasContent) this.#problem = 'pieces';
      this.#place = scanner.positionOf(tagStart);
    }
    this.#plain.push(Buffer.from(scanner.bytes.subarray(tagStart - scanner.base, tagEnd - scanner.base)));
  }

  #plainText(scanner: XmlScanner, from: number, to: number, kind: TextKind): void {
    const raw = Buffer.from(scanner.bytes.subarray(from, to));
    if (kind === 2) this.#plain!.push(Buffer.from('<![CDATA['), raw, Buffer.from(']]>'));
    else this.#plain!.push(raw);
  }

  #endContent(): void {
    if (this.#plain !== null) {
      this.#packing = 'plain';
      if (this.#problem === null) this.#bytes = this.#keep(Buffer.concat(this.#plain));
      this.#plain = null;
    }
  }

  #keep(bytes: Buffer): Buffer | null {
    this.#recordBytes += bytes.length;
    if (this.#recordBytes <= this.#contentLimit) return bytes;
    this.#problem = 'size';
    return null;
  }

  #endPart(scanner: XmlScanner, tagStart: number): void {
    const hasSomethingToSay = this.#problem !== null || this.#packing !== 'base64' || this.#type === null;
    if (this.#type === null) this.#sink.missingElement(this.#pathOf('LOAIHOSO'));
    this.#sink.part({
      type: this.#type ?? '',
      packing: this.#packing,
      bytes: this.#problem === null ? this.#bytes : null,
      hasLineBreaks: this.#hasLineBreaks,
      problem: this.#problem,
      place: this.#place ?? (hasSomethingToSay ? scanner.positionOf(tagStart) : null),
    });
  }

  #finish(): void {
    const { root } = this.#kind;
    for (const [parent, name] of [
      ['THONGTINDONVI', 'MACSKCB'],
      ['THONGTINHOSO', 'NGAYLAP'],
      ['THONGTINHOSO', 'SOLUONGHOSO'],
    ] as const) {
      if (!this.#seen.has(name)) this.#sink.missingElement(`${root}/${parent}/${name}`);
    }
    if (this.records === 0) this.#sink.missingElement(`${root}/THONGTINHOSO/DANHSACHHOSO/HOSO`);
    if (!this.#seen.has('CHUKYDONVI')) this.#sink.missingElement(`${root}/CHUKYDONVI`);
  }
}
