import { AMPERSAND, CR, GREATER, LESS, LF, SEMICOLON } from './byte-classes.ts';
import { CanonicalOutput, type CanonicalSink } from './canonical-output.ts';
import { byCodePoint } from './code-point-order.ts';
import { decodeText, type TextKind } from './decode-text.ts';
import type { ByteRange } from './element-index.ts';
import { XmlError } from './errors.ts';
import { escapeAttribute, escapeText } from './escape.ts';
import { fail } from './fault.ts';
import { ScopedPrefixes } from './namespaces.ts';
import { scan, type XmlScanner, type ScanHandler, type ScanOptions } from './scanner.ts';
import { asBuffer } from './utf8.ts';

export interface CanonicalFormOptions extends ScanOptions {
  readonly mode: 'inclusive' | 'exclusive';
  readonly withComments?: false;
  /** The outer range of the element to canonicalise; the whole document without it. */
  readonly range?: ByteRange | undefined;
  /** Outer ranges of elements to leave out, such as an enveloped signature. */
  readonly omit?: readonly ByteRange[] | undefined;
  /** Prefixes that the exclusive form treats as the inclusive one does; `#default` is the default namespace. */
  readonly inclusiveNamespaces?: readonly string[];
  /** Sees the same single pass, every element of the document included. */
  readonly observer?: ScanHandler | undefined;
  /** Takes the canonical bytes in order. A chunk is valid only during the call; `isLast` is given with the very last. */
  readonly sink: CanonicalSink;
}

interface Attribute {
  readonly name: string;
  readonly localName: string;
  readonly namespace: string;
  readonly value: string;
}

const NOBODY: ScanHandler = {};
/** Lent to one canonical form at a time. */
let idlePrefixes: ScopedPrefixes | undefined;
const NONE: ReadonlySet<string> = new Set();
const EMPTY_CLOSE = Buffer.from('></');
const CDATA_OPEN_LENGTH = 9;
const CDATA_CLOSE_LENGTH = 3;
const CLOSE = Buffer.from('>');
const NEW_LINE = Buffer.from('\n');
const ESCAPED_GREATER = Buffer.from('&gt;');
const ESCAPED_LESS = Buffer.from('&lt;');
const ESCAPED_AMPERSAND = Buffer.from('&amp;');

/** `&lt;`, `&gt;` and `&amp;`, which most references are. */
function isCanonicalReference(bytes: Uint8Array, start: number, end: number): boolean {
  const second = bytes[start + 2];
  if (end - start === 4) return second === 0x74;
  return end - start === 5 && second === 0x6d;
}

class CanonicalForm implements ScanHandler {
  readonly #source: Buffer;
  readonly #output: CanonicalOutput;
  readonly #observer: ScanHandler;
  readonly #isExclusive: boolean;
  readonly #listed: ReadonlySet<string>;
  readonly #omit: readonly ByteRange[];
  readonly #isWhole: boolean;
  readonly #rangeStart: number;
  /** Nothing before and nothing from here on is in the output; an element left out moves the first, the end of the range the other. */
  #from: number;
  #until: number;
  /** Declarations that the ancestors in the output have written. */
  readonly #rendered: ScopedPrefixes;
  #renderedLevel = 0;
  /** Attributes xml:… in force at each open element before the range. */
  readonly #inherited: ReadonlyMap<string, Attribute>[] = [];
  #nextOmit = 0;
  /** Depth of the first element in the output, 0 before it. */
  #apexDepth = 0;

  constructor(source: Buffer, options: CanonicalFormOptions) {
    const { omit = [], inclusiveNamespaces: listed = [] } = options;
    this.#source = source;
    this.#rendered = idlePrefixes ?? new ScopedPrefixes();
    idlePrefixes = undefined;
    this.#output = new CanonicalOutput(source, options.sink);
    this.#observer = options.observer ?? NOBODY;
    this.#isExclusive = options.mode === 'exclusive';
    this.#listed =
      listed.length === 0 ? NONE : new Set(listed.map((prefix) => (prefix === '#default' ? '' : prefix)));
    this.#omit = omit.length < 2 ? omit : [...omit].sort((a, b) => a.start - b.start);
    this.#isWhole = options.range === undefined;
    this.#rangeStart = options.range?.start ?? 0;
    this.#from = this.#rangeStart;
    this.#until = options.range?.end ?? Number.POSITIVE_INFINITY;
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
    empty: boolean,
  ): void {
    this.#observer.startElement?.(scanner, nameStart, nameEnd, tagStart, tagEnd, empty);
    if (tagStart < this.#rangeStart) this.#inherit(scanner);
    if (tagStart < this.#from || tagStart >= this.#until || this.#isOmitted(tagStart)) return;
    const tailEnd = empty ? tagEnd - 2 : tagEnd - 1;
    if (this.#apexDepth === 0) {
      if (!this.#isWhole && tagStart !== this.#rangeStart) fail('XML_NOT_WELL_FORMED', tagStart, 'range');
      this.#apexDepth = scanner.depth;
      this.#output.begin(tagStart);
      this.#tail(scanner, nameStart, nameEnd, tailEnd, true);
    } else if (scanner.attributeCount === 0) {
      if (!this.#rendersNothing(scanner, nameStart)) this.#tail(scanner, nameStart, nameEnd, tailEnd, false);
      else if (nameEnd !== tailEnd) this.#output.replace(nameEnd, tailEnd);
    } else if (!this.#rendersNothing(scanner, nameStart) || !scanner.attributes.isCanonical(nameEnd)) {
      this.#tail(scanner, nameStart, nameEnd, tailEnd, false);
    }
    if (!empty) return;
    this.#output.replace(tailEnd, tagEnd, EMPTY_CLOSE);
    this.#output.repeat(nameStart, nameEnd);
    this.#output.replace(tagEnd, tagEnd, CLOSE);
  }

  endElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    this.#observer.endElement?.(scanner, nameStart, nameEnd, tagStart, tagEnd);
    if (tagStart < this.#rangeStart) this.#inherited.length = scanner.depth - 1;
    if (tagStart < this.#from || tagStart >= this.#until) return;
    if (nameEnd !== tagEnd - 1 && nameStart === tagStart + 2) this.#output.replace(nameEnd, tagEnd - 1);
    if (this.#renderedLevel >= scanner.depth) this.#renderedLevel = this.#rendered.leave(scanner.depth);
    if (scanner.depth !== this.#apexDepth) return;
    this.#output.end(tagEnd);
    this.#until = tagEnd;
  }

  text(scanner: XmlScanner, start: number, end: number, kind: TextKind): void {
    this.#observer.text?.(scanner, start, end, kind);
    if (kind === 0 || start < this.#from || start >= this.#until) return;
    const isCdata = kind === 2;
    if (isCdata) this.#output.replace(start - CDATA_OPEN_LENGTH, start);
    this.#escape(start, end, isCdata);
    if (isCdata) this.#output.replace(end, end + CDATA_CLOSE_LENGTH);
  }

  comment(scanner: XmlScanner, start: number, end: number): void {
    this.#observer.comment?.(scanner, start, end);
    if (this.#apexDepth > 0 && start >= this.#from && start < this.#until) this.#output.replace(start, end);
  }

  finish(): void {
    if (this.#apexDepth === 0 && !this.#isWhole) {
      throw new XmlError('XML_NOT_WELL_FORMED', { offset: this.#rangeStart, line: 1, column: 1 }, 'range');
    }
    this.#output.finish();
  }

  release(): void {
    this.#output.release();
    this.#rendered.leave(0);
    idlePrefixes = this.#rendered;
  }

  #isOmitted(tagStart: number): boolean {
    for (let next = this.#omit[this.#nextOmit]; next !== undefined; next = this.#omit[this.#nextOmit]) {
      if (next.start > tagStart) return false;
      this.#nextOmit++;
      if (next.start === tagStart) {
        this.#from = next.end;
        if (this.#apexDepth > 0) this.#output.replace(tagStart, next.end);
        return true;
      }
    }
    return false;
  }

  /** The first element of the range takes over the attributes xml:… of its ancestors, in the inclusive form. */
  #inherit(scanner: XmlScanner): void {
    if (this.#isExclusive) return;
    const own = new Map(this.#inherited.at(-1));
    for (let index = 0; index < scanner.attributeCount; index++) {
      const name = scanner.attributeName(index);
      if (!name.startsWith('xml:')) continue;
      const namespace = scanner.namespaceOf('xml')!;
      own.set(name, { name, localName: name.slice(4), namespace, value: scanner.attributeValue(index) });
    }
    this.#inherited.push(own);
  }

  /** True when the tag has no declaration, prefixed attribute or prefix that would change it. */
  #rendersNothing(scanner: XmlScanner, nameStart: number): boolean {
    if (scanner.attributeCount > 0 && !scanner.attributes.isPlain) return false;
    if (!this.#isExclusive) return true;
    if (scanner.prefixLength === 0) return scanner.defaultNamespace === this.#rendered.defaultUri;
    const prefix = this.#source.toString('utf8', nameStart, nameStart + scanner.prefixLength);
    return scanner.namespaceOf(prefix) === this.#rendered.get(prefix);
  }

  /** Writes what stands between the name and the end of a start tag: declarations, then attributes. */
  #tail(scanner: XmlScanner, nameStart: number, nameEnd: number, tailEnd: number, isApex: boolean): void {
    // In scope at the root is what the root declares.
    const isBelow = isApex && scanner.depth > 1;
    if (!isBelow && this.#isLoneDeclaration(scanner, nameStart, nameEnd)) return;
    const attributes: Attribute[] = [];
    const declared: string[] = [];
    const used = [this.#source.toString('utf8', nameStart, nameStart + scanner.prefixLength)];
    for (let index = 0; index < scanner.attributeCount; index++) {
      const declaredPrefix = scanner.attributes.declaredPrefix(index);
      if (declaredPrefix !== undefined) {
        declared.push(declaredPrefix);
        continue;
      }
      const name = scanner.attributeName(index);
      const colon = name.indexOf(':');
      const prefix = colon === -1 ? '' : name.slice(0, colon);
      if (colon !== -1) used.push(prefix);
      const namespace = colon === -1 ? '' : scanner.namespaceOf(prefix)!;
      attributes.push({
        name,
        localName: name.slice(colon + 1),
        namespace,
        value: scanner.attributeValue(index),
      });
    }
    if (isApex) {
      for (const inherited of this.#inherited.at(-1)?.values() ?? []) {
        if (!attributes.some((attribute) => attribute.name === inherited.name)) attributes.push(inherited);
      }
    }
    const candidates = isBelow ? [...scanner.namespaces()].map(([prefix]) => prefix) : declared;
    const wanted = this.#isExclusive
      ? [...used, ...candidates.filter((prefix) => this.#listed.has(prefix))]
      : candidates;
    let text = this.#declarations(scanner, nameStart - 1, wanted);
    if (attributes.length > 1) {
      attributes.sort(
        (a, b) => byCodePoint(a.namespace, b.namespace) || byCodePoint(a.localName, b.localName),
      );
    }
    for (const { name, value } of attributes) text += ` ${name}="${escapeAttribute(value)}"`;
    // The bytes are valid UTF-8, so equal strings are equal bytes.
    if (text !== this.#source.toString('utf8', nameEnd, tailEnd))
      this.#output.replace(nameEnd, tailEnd, Buffer.from(text));
  }

  /** Whether the tag says nothing but one prefix that is new, as most roots do, and says it as the inclusive form does. */
  #isLoneDeclaration(scanner: XmlScanner, nameStart: number, nameEnd: number): boolean {
    if (this.#isExclusive || scanner.attributeCount !== 1 || !scanner.attributes.isCanonical(nameEnd))
      return false;
    const prefix = scanner.attributes.declaredPrefix(0);
    return prefix !== undefined && this.#declare(scanner, nameStart - 1, prefix) !== undefined;
  }

  #declarations(scanner: XmlScanner, tagStart: number, wanted: readonly string[]): string {
    let text = '';
    const distinct = wanted.length > 1 ? [...new Set(wanted)].sort(byCodePoint) : wanted;
    for (const prefix of distinct) {
      const uri = this.#declare(scanner, tagStart, prefix);
      if (uri !== undefined)
        text += ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(uri)}"`;
    }
    return text;
  }

  /** What the prefix stands for, where that has to be written. */
  #declare(scanner: XmlScanner, tagStart: number, prefix: string): string | undefined {
    const uri = scanner.namespaceOf(prefix) ?? '';
    if (prefix === 'xml' || uri === this.#rendered.get(prefix)) return undefined;
    // Canonical XML 1.0 §1.3 has no form for a document with relative namespace URIs.
    if (uri !== '' && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) fail('XML_NAMESPACE', tagStart, 'relative-uri');
    this.#rendered.set(prefix, uri, scanner.depth);
    this.#renderedLevel = scanner.depth;
    return uri;
  }

  /** Character data that is not canonical as it stands; whatever can stay does stay. */
  #escape(start: number, end: number, isCdata: boolean): void {
    const source = this.#source;
    let at = start;
    while (at < end) {
      const byte = source[at]!;
      let next = at + 1;
      let replacement: Buffer | undefined;
      if (byte === GREATER) replacement = ESCAPED_GREATER;
      else if (byte === CR) {
        if (next < end && source[next] === LF) next++;
        replacement = NEW_LINE;
      } else if (byte === LESS) replacement = ESCAPED_LESS;
      else if (byte === AMPERSAND && isCdata) replacement = ESCAPED_AMPERSAND;
      else if (byte === AMPERSAND) {
        while (source[next] !== SEMICOLON) next++;
        next++;
        if (!isCanonicalReference(source, at, next)) {
          replacement = Buffer.from(escapeText(decodeText(source, at, next, 1)));
        }
      }
      if (replacement !== undefined) this.#output.replace(at, next, replacement);
      at = next;
    }
  }
}

/**
 * Canonical XML 1.0 without comments, inclusive or exclusive, of a document or of one element in it. The whole document
 * is checked on the way; long runs that are canonical already reach the sink without being copied.
 *
 * Throws `XmlError`: everything the scanner refuses, XML_NAMESPACE for a relative namespace URI, and
 * XML_NOT_WELL_FORMED (detail `range`) when no element begins where the range does.
 */
export function canonicalize(bytes: Uint8Array, options: CanonicalFormOptions): void {
  const source = asBuffer(bytes);
  const form = new CanonicalForm(source, options);
  try {
    scan(source, form, options);
    form.finish();
  } finally {
    form.release();
  }
}
