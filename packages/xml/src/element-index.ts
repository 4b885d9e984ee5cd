import { decodeText, type TextKind } from './decode-text.ts';
import { AttributeList } from './attributes.ts';
import type { XmlLimits } from './limits.ts';
import { grown } from './names.ts';
import { XML_NAMESPACE, XMLNS_NAMESPACE } from './namespaces.ts';
import { scan, type XmlScanner, type ScanHandler, type ScanOptions } from './scanner.ts';
import { asBuffer } from './utf8.ts';

/** Bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface IndexedAttribute {
  /** As written, with its prefix. */
  readonly name: string;
  readonly localName: string;
  /** '' for none. */
  readonly namespace: string;
  /** Normalised, references resolved. */
  readonly value: string;
}

export interface IndexedElement {
  /** Place in document order, the root being 0. */
  readonly index: number;
  /** Index of the parent, -1 for the root. */
  readonly parent: number;
  /** As written, with its prefix. */
  readonly name: string;
  readonly localName: string;
  /** '' for none. */
  readonly namespace: string;
  /** From the `<` of the start tag to after the `>` of the end tag. */
  readonly outer: ByteRange;
  /** Between the tags; empty, at the end of the tag, for an empty element. */
  readonly inner: ByteRange;
  /** In the order written, namespace declarations included. */
  readonly attributes: readonly IndexedAttribute[];
  /** True when nothing but characters and references stands inside: no element, comment or CDATA section. */
  readonly hasOnlyText: boolean;
  /** The characters that stand directly in the element, CDATA sections included. */
  readonly text: string;
}

/** Every element of one document by byte range. Elements are made when asked for. */
export interface ElementIndex {
  readonly count: number;
  readonly root: IndexedElement;
  element(index: number): IndexedElement;
  parentOf(element: IndexedElement): IndexedElement | undefined;
  childrenOf(element: IndexedElement): IndexedElement[];
  /** In document order; any namespace when none is given. */
  elementsNamed(localName: string, namespace?: string): IndexedElement[];
  /** The element whose attribute Id, ID or id has this value; there is at most one. */
  byId(id: string): IndexedElement | undefined;
}

const HAS_MARKUP = 1;

const NO_LIMITS: XmlLimits = {
  depth: Number.POSITIVE_INFINITY,
  attributes: Number.POSITIVE_INFINITY,
  nameBytes: Number.POSITIVE_INFINITY,
  textBytes: Number.POSITIVE_INFINITY,
  elements: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
};

class ByteIndex implements ElementIndex, ScanHandler {
  count = 0;
  readonly #bytes: Buffer;
  #parents = new Int32Array(64);
  #nameStarts = new Int32Array(64);
  #nameEnds = new Int32Array(64);
  #outerStarts = new Int32Array(64);
  #outerEnds = new Int32Array(64);
  #innerStarts = new Int32Array(64);
  #innerEnds = new Int32Array(64);
  #namespaces = new Int32Array(64);
  #flags = new Int32Array(64);
  #open = -1;
  readonly #uris: string[] = [''];
  readonly #uriNumbers = new Map<string, number>([['', 0]]);
  readonly #ids = new Map<string, number>();

  constructor(bytes: Uint8Array, options: ScanOptions) {
    this.#bytes = asBuffer(bytes);
    scan(this.#bytes, this, { ...options, idAttributes: true });
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    const index = this.count++;
    if (index === this.#parents.length) this.#grow();
    this.#parents[index] = this.#open;
    if (this.#open !== -1) this.#flags[this.#open]! |= HAS_MARKUP;
    this.#nameStarts[index] = nameStart;
    this.#nameEnds[index] = nameEnd;
    this.#outerStarts[index] = tagStart;
    this.#innerStarts[index] = tagEnd;
    const prefix =
      scanner.prefixLength === 0
        ? ''
        : this.#bytes.toString('utf8', nameStart, nameStart + scanner.prefixLength);
    this.#namespaces[index] = this.#numberOf(scanner.namespaceOf(prefix) ?? '');
    for (let place = 0; place < scanner.attributeCount; place++) {
      if (scanner.attributes.isId(place)) this.#ids.set(scanner.attributeValue(place), index);
    }
    this.#open = index;
  }

  endElement(
    _scanner: XmlScanner,
    _nameStart: number,
    _nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    const index = this.#open;
    this.#innerEnds[index] = Math.max(tagStart, this.#innerStarts[index]!);
    this.#outerEnds[index] = tagEnd;
    this.#open = this.#parents[index]!;
  }

  text(_scanner: XmlScanner, _start: number, _end: number, kind: TextKind): void {
    if (kind === 2) this.#flags[this.#open]! |= HAS_MARKUP;
  }

  comment(): void {
    if (this.#open !== -1) this.#flags[this.#open]! |= HAS_MARKUP;
  }

  get root(): IndexedElement {
    return this.element(0);
  }

  element(index: number): IndexedElement {
    if (!(index >= 0 && index < this.count)) throw new RangeError('no such element');
    const name = this.#bytes.toString('utf8', this.#nameStarts[index]!, this.#nameEnds[index]!);
    const inner = { start: this.#innerStarts[index]!, end: this.#innerEnds[index]! };
    const readAttributes = (): readonly IndexedAttribute[] => this.#attributesOf(index);
    const readText = (): string => this.#textOf(inner);
    let attributes: readonly IndexedAttribute[] | undefined;
    return {
      index,
      parent: this.#parents[index]!,
      name,
      localName: name.slice(name.indexOf(':') + 1),
      namespace: this.#uris[this.#namespaces[index]!]!,
      outer: { start: this.#outerStarts[index]!, end: this.#outerEnds[index]! },
      inner,
      get attributes() {
        return (attributes ??= readAttributes());
      },
      hasOnlyText: this.#flags[index] === 0,
      get text() {
        return readText();
      },
    };
  }

  parentOf(element: IndexedElement): IndexedElement | undefined {
    return element.parent === -1 ? undefined : this.element(element.parent);
  }

  childrenOf(element: IndexedElement): IndexedElement[] {
    const children: IndexedElement[] = [];
    let index = element.index + 1;
    while (index < this.count && this.#outerStarts[index]! < element.outer.end) {
      children.push(this.element(index));
      const end = this.#outerEnds[index]!;
      do index++;
      while (index < this.count && this.#outerStarts[index]! < end);
    }
    return children;
  }

  elementsNamed(localName: string, namespace?: string): IndexedElement[] {
    const wanted = Buffer.from(localName);
    const found: IndexedElement[] = [];
    for (let index = 0; index < this.count; index++) {
      const end = this.#nameEnds[index]!;
      const start = end - wanted.length;
      // Most names differ in a byte that is cheaper to look at than the call that compares them.
      if (start < this.#nameStarts[index]! || this.#bytes[start] !== wanted[0]) continue;
      if (this.#bytes[end - 1] !== wanted[wanted.length - 1]) continue;
      if (this.#bytes.compare(wanted, 0, wanted.length, start, end) !== 0) continue;
      const element = this.element(index);
      if (element.localName === localName && (namespace ?? element.namespace) === element.namespace) {
        found.push(element);
      }
    }
    return found;
  }

  byId(id: string): IndexedElement | undefined {
    const index = this.#ids.get(id);
    return index === undefined ? undefined : this.element(index);
  }

  /** Read again from the tag, which is known to be in order. */
  #attributesOf(index: number): readonly IndexedAttribute[] {
    const list = this.#listOf(index);
    return Array.from({ length: list.count }, (_, place) => {
      const name = list.name(place);
      const colon = name.indexOf(':');
      const prefix = colon === -1 ? '' : name.slice(0, colon);
      const namespace =
        list.declaredPrefix(place) !== undefined
          ? XMLNS_NAMESPACE
          : prefix === ''
            ? ''
            : this.#namespaceOf(prefix, index);
      return { name, localName: name.slice(colon + 1), namespace, value: list.value(place) };
    });
  }

  #listOf(index: number): AttributeList {
    const list = new AttributeList();
    list.read(this.#bytes, this.#nameEnds[index]!, this.#innerStarts[index]!, NO_LIMITS);
    return list;
  }

  #namespaceOf(prefix: string, index: number): string {
    if (prefix === 'xml') return XML_NAMESPACE;
    for (let at = index; at !== -1; at = this.#parents[at]!) {
      const list = this.#listOf(at);
      for (let place = 0; place < list.count; place++) {
        if (list.declaredPrefix(place) === prefix) return list.value(place);
      }
    }
    return '';
  }

  #numberOf(uri: string): number {
    const known = this.#uriNumbers.get(uri);
    if (known !== undefined) return known;
    const number = this.#uris.push(uri) - 1;
    this.#uriNumbers.set(uri, number);
    return number;
  }

  /** The range was scanned before, between the tags of one element, and is scanned again as the content of a bare one. */
  #textOf(inner: ByteRange): string {
    let text = '';
    const bytes = this.#bytes;
    let at = inner.start;
    let depth = 0;
    while (at < inner.end) {
      let next = bytes.indexOf(0x3c, at);
      if (next === -1 || next > inner.end) next = inner.end;
      if (depth === 0 && next > at) text += decodeText(bytes, at, next, 1);
      if (next >= inner.end) break;
      at = next;
      if (bytes[at + 1] === 0x21) {
        const isComment = bytes[at + 2] === 0x2d;
        const close = bytes.indexOf(isComment ? '-->' : ']]>', at + 4);
        if (!isComment && depth === 0) text += decodeText(bytes, at + 9, close, 2);
        at = close + 3;
        continue;
      }
      const isEnd = bytes[at + 1] === 0x2f;
      let quote = 0;
      for (at += 1; quote !== 0 || bytes[at] !== 0x3e; at++) {
        const byte = bytes[at]!;
        if (quote !== 0) quote = byte === quote ? 0 : quote;
        else if (byte === 0x22 || byte === 0x27) quote = byte;
      }
      if (isEnd) depth--;
      else if (bytes[at - 1] !== 0x2f) depth++;
      at++;
    }
    return text;
  }

  #grow(): void {
    const size = 2 * this.#parents.length;
    this.#parents = grown(this.#parents, size);
    this.#nameStarts = grown(this.#nameStarts, size);
    this.#nameEnds = grown(this.#nameEnds, size);
    this.#outerStarts = grown(this.#outerStarts, size);
    this.#outerEnds = grown(this.#outerEnds, size);
    this.#innerStarts = grown(this.#innerStarts, size);
    this.#innerEnds = grown(this.#innerEnds, size);
    this.#namespaces = grown(this.#namespaces, size);
    this.#flags = grown(this.#flags, size);
  }
}

/** Scans a whole document and remembers where every element stands; two equal ids are an error. */
export function indexElements(bytes: Uint8Array, options: ScanOptions = {}): ElementIndex {
  return new ByteIndex(bytes, options);
}
