import { decodeText, type TextKind } from './decode-text.ts';
import type { ByteRange } from './element-index.ts';
import { XmlError } from './errors.ts';
import { scan, XmlScanner, type ScanHandler, type ScanOptions } from './scanner.ts';
import { asBuffer } from './utf8.ts';

export interface CanonicalFormOptions extends ScanOptions {
  readonly mode: 'inclusive' | 'exclusive';
  readonly withComments?: false;
  /** The outer range of the element to canonicalise; the whole document without it. */
  readonly range?: ByteRange;
  /** Outer ranges of elements to leave out, such as an enveloped signature. */
  readonly omit?: readonly ByteRange[];
  /** Prefixes that the exclusive form treats as the inclusive one does; `#default` is the default namespace. */
  readonly inclusiveNamespaces?: readonly string[];
  /** Takes the canonical bytes in order. A chunk is valid only during the call. */
  readonly sink: (chunk: Uint8Array) => void;
}

interface Attribute {
  readonly name: string;
  readonly localName: string;
  readonly namespace: string;
  readonly value: string;
}

const BLOCK = 65_536;
/** Runs from this size on go to the sink as they are, without a copy. */
const DIRECT = 8192;

function byCodePoint(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function escapedText(value: string): string {
  return value.replace(/[&<>\r]/g, (character) =>
    character === '&' ? '&amp;' : character === '<' ? '&lt;' : character === '>' ? '&gt;' : '&#xD;',
  );
}

const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapedAttribute(value: string): string {
  return value.replace(/[&<"\t\n\r]/g, (character) => ATTRIBUTE_ESCAPES[character]!);
}

/** Namespace declarations already written by the ancestors in the output. */
class RenderedNamespaces {
  readonly #uris = new Map<string, string>([['', '']]);
  readonly #undo: { prefix: string; uri: string | undefined; depth: number }[] = [];

  has(prefix: string, uri: string): boolean {
    return this.#uris.get(prefix) === uri;
  }

  add(prefix: string, uri: string, depth: number): void {
    this.#undo.push({ prefix, uri: this.#uris.get(prefix), depth });
    this.#uris.set(prefix, uri);
  }

  leave(depth: number): void {
    for (let last = this.#undo.at(-1); last !== undefined && last.depth >= depth; last = this.#undo.at(-1)) {
      this.#undo.pop();
      if (last.uri === undefined) this.#uris.delete(last.prefix);
      else this.#uris.set(last.prefix, last.uri);
    }
  }
}

class CanonicalForm implements ScanHandler {
  readonly #source: Buffer;
  readonly #sink: (chunk: Uint8Array) => void;
  readonly #isExclusive: boolean;
  readonly #listed: ReadonlySet<string>;
  readonly #omit: readonly ByteRange[];
  readonly #rangeStart: number;
  readonly #rangeEnd: number;
  readonly #isWhole: boolean;
  readonly #rendered = new RenderedNamespaces();
  readonly #inherited: Map<string, Attribute>[] = [];
  #block = Buffer.allocUnsafeSlow(BLOCK);
  #filled = 0;
  #runStart = 0;
  #runEnd = 0;
  #nextOmit = 0;
  #skipUntil = 0;
  #apexSeen = false;

  constructor(source: Buffer, options: CanonicalFormOptions) {
    this.#source = source;
    this.#sink = options.sink;
    this.#isExclusive = options.mode === 'exclusive';
    this.#listed = new Set(
      (options.inclusiveNamespaces ?? []).map((prefix) => (prefix === '#default' ? '' : prefix)),
    );
    this.#omit = [...(options.omit ?? [])].sort((a, b) => a.start - b.start);
    this.#isWhole = options.range === undefined;
    this.#rangeStart = options.range?.start ?? 0;
    this.#rangeEnd = options.range?.end ?? Number.POSITIVE_INFINITY;
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
    empty: boolean,
  ): void {
    if (tagStart < this.#rangeStart || tagStart >= this.#rangeEnd) {
      if (!this.#isWhole && !this.#isExclusive && tagStart < this.#rangeStart) this.#inherit(scanner);
      return;
    }
    if (tagStart < this.#skipUntil) return;
    const omitted = this.#omit[this.#nextOmit];
    if (omitted !== undefined && omitted.start <= tagStart) {
      this.#nextOmit++;
      if (omitted.start === tagStart) {
        this.#skipUntil = omitted.end;
        return;
      }
    }
    const isApex = !this.#apexSeen;
    this.#apexSeen = true;
    if (
      scanner.attributeCount === 0 &&
      scanner.prefixLength === 0 &&
      !isApex &&
      this.#rendered.has('', scanner.namespaceOf('') ?? '')
    ) {
      this.#keep(tagStart, nameEnd);
    } else {
      this.#keep(tagStart, nameEnd);
      this.#startTag(scanner, nameStart, isApex);
    }
    if (empty) {
      this.#put('></');
      this.#keep(nameStart, nameEnd);
      this.#put('>');
    } else this.#keep(tagEnd - 1, tagEnd);
  }

  endElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    if (tagStart < this.#rangeStart || tagStart >= this.#rangeEnd) {
      if (!this.#isWhole && tagStart < this.#rangeStart) this.#inherited.length = scanner.depth - 1;
      return;
    }
    if (tagStart < this.#skipUntil) return;
    if (nameStart === tagStart + 2) {
      this.#keep(tagStart, nameEnd);
      this.#keep(tagEnd - 1, tagEnd);
    }
    this.#rendered.leave(scanner.depth);
  }

  text(_scanner: XmlScanner, start: number, end: number, kind: TextKind): void {
    if (start < this.#rangeStart || start >= this.#rangeEnd || start < this.#skipUntil) return;
    if (kind === 0) this.#keep(start, end);
    else this.#put(escapedText(decodeText(this.#source, start, end, kind)));
  }

  finish(): void {
    if (!this.#apexSeen) {
      throw new XmlError('XML_NOT_WELL_FORMED', { offset: this.#rangeStart, line: 1, column: 1 }, 'range');
    }
    this.#flushRun();
    this.#flushBlock();
  }

  /** Attributes xml:… of the ancestors of the range, which its first element inherits in the inclusive form. */
  #inherit(scanner: XmlScanner): void {
    const outer = this.#inherited.at(-1);
    const own = new Map(outer);
    for (let index = 0; index < scanner.attributeCount; index++) {
      const name = scanner.attributeName(index);
      if (!name.startsWith('xml:')) continue;
      own.set(name, {
        name,
        localName: name.slice(4),
        namespace: scanner.namespaceOf('xml')!,
        value: scanner.attributeValue(index),
      });
    }
    this.#inherited.push(own);
  }

  #startTag(scanner: XmlScanner, nameStart: number, isApex: boolean): void {
    const attributes: Attribute[] = [];
    const declared: string[] = [];
    const prefix = this.#source.toString('utf8', nameStart, nameStart + scanner.prefixLength);
    const used = new Set<string>([prefix]);
    for (let index = 0; index < scanner.attributeCount; index++) {
      const name = scanner.attributeName(index);
      if (name === 'xmlns') declared.push('');
      else if (name.startsWith('xmlns:')) declared.push(name.slice(6));
      else {
        const colon = name.indexOf(':');
        const attributePrefix = colon === -1 ? '' : name.slice(0, colon);
        if (colon !== -1) used.add(attributePrefix);
        attributes.push({
          name,
          localName: name.slice(colon + 1),
          namespace: colon === -1 ? '' : (scanner.namespaceOf(attributePrefix) ?? ''),
          value: scanner.attributeValue(index),
        });
      }
    }
    if (isApex && !this.#isExclusive && !this.#isWhole) {
      for (const inherited of this.#inherited.at(-1)?.values() ?? []) {
        if (!attributes.some((attribute) => attribute.name === inherited.name)) attributes.push(inherited);
      }
    }
    const candidates = isApex ? [...scanner.namespaces()].map(([name]) => name) : declared;
    const wanted = this.#isExclusive
      ? [...used, ...candidates.filter((candidate) => this.#listed.has(candidate))]
      : candidates;
    const output: string[] = [];
    for (const candidate of [...new Set(wanted)].sort(byCodePoint)) {
      if (candidate === 'xml') continue;
      const uri = scanner.namespaceOf(candidate) ?? '';
      if (this.#rendered.has(candidate, uri)) continue;
      this.#rendered.add(candidate, uri, scanner.depth);
      output.push(
        candidate === ''
          ? ` xmlns="${escapedAttribute(uri)}"`
          : ` xmlns:${candidate}="${escapedAttribute(uri)}"`,
      );
    }
    attributes.sort((a, b) => byCodePoint(a.namespace, b.namespace) || byCodePoint(a.localName, b.localName));
    for (const { name, value } of attributes) output.push(` ${name}="${escapedAttribute(value)}"`);
    if (output.length > 0) this.#put(output.join(''));
  }

  /** Verbatim output; neighbouring ranges become one run. */
  #keep(start: number, end: number): void {
    if (start !== this.#runEnd) {
      this.#flushRun();
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  #put(text: string): void {
    this.#flushRun();
    const bytes = Buffer.from(text);
    this.#write(bytes, 0, bytes.length);
  }

  #flushRun(): void {
    this.#write(this.#source, this.#runStart, this.#runEnd);
    this.#runStart = this.#runEnd = -1;
  }

  #write(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    if (length >= DIRECT) {
      this.#flushBlock();
      this.#sink(bytes.subarray(start, end));
      return;
    }
    if (this.#filled + length > BLOCK) this.#flushBlock();
    bytes.copy(this.#block, this.#filled, start, end);
    this.#filled += length;
  }

  #flushBlock(): void {
    if (this.#filled > 0) this.#sink(this.#block.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

/**
 * Canonical XML 1.0 without comments, inclusive or exclusive, of a document or of one element in it. The whole document
 * is checked on the way; what is canonical already reaches the sink without being copied.
 */
export function canonicalize(bytes: Uint8Array, options: CanonicalFormOptions): void {
  const source = asBuffer(bytes);
  const form = new CanonicalForm(source, options);
  scan(source, form, options);
  form.finish();
}
