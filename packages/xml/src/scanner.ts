import { isUtf8 } from 'node:buffer';
import {
  AMPERSAND,
  APOSTROPHE,
  ATTRIBUTE_STOPS,
  BANG,
  CDATA_STOPS,
  CLOSE_BRACKET,
  COLON,
  COMMENT_STOPS,
  CR,
  DASH,
  EQUALS,
  GREATER,
  HASH,
  isNameCodePoint,
  isNameStartCodePoint,
  isXmlCharacter,
  LAST_PLANE_LEAD,
  LESS,
  LF,
  NAME_BYTES,
  OPEN_BRACKET,
  QUESTION,
  QUOTE,
  SEMICOLON,
  SLASH,
  TAB,
  TEXT_STOPS,
  WHITE_SPACE,
} from './byte-classes.ts';
import { decodeAttribute, type TextKind } from './decode-text.ts';
import { XmlError, type XmlErrorCode, type XmlPosition } from './errors.ts';
import { defaultXmlLimits, type XmlLimits } from './limits.ts';
import { grown, NameTable } from './names.ts';
import { NamespaceScope } from './namespaces.ts';
import { LineCounter } from './positions.ts';
import { asBuffer, codePointAt, cutTail, firstInvalid, sequenceLength } from './utf8.ts';

/**
 * What the scanner reports. Offsets are absolute in the document; `scanner.bytes[start - scanner.base]` is the first
 * byte of a range. Ranges and attributes are valid only during the call.
 */
export interface ScanHandler {
  startElement?(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
    empty: boolean,
  ): void;
  /** Also called for an empty element, with the range of its only tag. */
  endElement?(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void;
  text?(scanner: XmlScanner, start: number, end: number, kind: TextKind): void;
  /** The whole comment with its delimiters. */
  comment?(scanner: XmlScanner, start: number, end: number): void;
}

export interface ScanOptions {
  readonly limits?: Partial<XmlLimits>;
  /** Refuse a document in which two attributes named Id, ID or id (whatever their prefix) have the same value. */
  readonly idAttributes?: boolean;
  /** A UTF-8 byte order mark is passed by and reported as `hasByteOrderMark`, or refused. */
  readonly byteOrderMark?: 'accept' | 'refuse';
}

const INCOMPLETE = -1;
/** From this size on an unfinished token is tried again only after it has doubled, so that its bytes are read twice at most. */
const RETRY_AT_ONCE = 4096;

/** One strict pass over the UTF-8 bytes of a document, fed in pieces of any size. Throws `XmlError`, and what a handler throws. */
export class XmlScanner {
  /** The bytes at hand. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Absolute offset of `bytes[0]`. */
  base = 0;
  /** Elements that are open, during `startElement` and `endElement` the reported one included. */
  depth = 0;
  attributeCount = 0;
  /** Length of the prefix of the element that is reported by `startElement`, 0 without one. */
  prefixLength = 0;
  /** Known once the first element is reported. */
  hasByteOrderMark = false;

  readonly #handler: ScanHandler;
  readonly #limits: XmlLimits;
  readonly #names = new NameTable();
  readonly #namespaces = new NamespaceScope();
  readonly #lines = new LineCounter();
  readonly #ids: Set<string> | undefined;
  readonly #refusesByteOrderMark: boolean;
  #stack = new Int32Array(72);
  #lastName = -1;
  #declaredLevel = 0;
  #elements = 0;
  #position = 0;
  #begun = false;
  #prologDone = false;
  #hasRoot = false;
  #ended = false;
  #retryLength = 0;
  #carry: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #carried = 0;
  #checked = 0;
  #faultCode: XmlErrorCode | undefined;
  #faultDetail = '';

  #attributeNameStarts = new Int32Array(64);
  #attributeNameEnds = new Int32Array(64);
  #attributeValueStarts = new Int32Array(64);
  #attributeValueEnds = new Int32Array(64);

  constructor(handler: ScanHandler, options: ScanOptions = {}) {
    this.#handler = handler;
    this.#limits = { ...defaultXmlLimits, ...options.limits };
    this.#ids = options.idAttributes === true ? new Set() : undefined;
    this.#refusesByteOrderMark = options.byteOrderMark === 'refuse';
  }

  /** Scans what `chunk` completes. The chunk is not kept after the call. */
  write(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.#ended) return;
    if (this.#carried === 0) {
      this.#show(asBuffer(chunk), chunk.length, 0);
    } else {
      const total = this.#carried + chunk.length;
      if (total > this.#carry.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#carry.length, total, 65_536));
        larger.set(this.#carry.subarray(0, this.#carried));
        this.#carry = larger;
      }
      this.#carry.set(chunk, this.#carried);
      this.#show(asBuffer(this.#carry.subarray(0, total)), total, this.#position);
      this.#carried = total;
    }
    if (this.bytes.length < this.#retryLength && this.#faultCode === undefined) return;
    this.#run(false);
    this.#keepRest();
  }

  /** Says that no more bytes come: everything must be closed, and there must have been one root. */
  end(): void {
    if (this.#ended) return;
    this.#run(true);
    this.#ended = true;
  }

  /** Scans a whole document without copying it. */
  scanAll(bytes: Uint8Array): void {
    this.#show(asBuffer(bytes), bytes.length, 0);
    this.#run(true);
    this.#ended = true;
  }

  /** The name as written, with its prefix. */
  attributeName(index: number): string {
    return asBuffer(this.bytes).toString(
      'utf8',
      this.#attributeNameStarts[index]!,
      this.#attributeNameEnds[index]!,
    );
  }

  /** The normalised value. */
  attributeValue(index: number): string {
    return decodeAttribute(this.bytes, this.#attributeValueStarts[index]!, this.#attributeValueEnds[index]!);
  }

  attributeNameStart(index: number): number {
    return this.base + this.#attributeNameStarts[index]!;
  }

  attributeNameEnd(index: number): number {
    return this.base + this.#attributeNameEnds[index]!;
  }

  /** Range of the value as written, without its quotes. */
  attributeValueStart(index: number): number {
    return this.base + this.#attributeValueStarts[index]!;
  }

  attributeValueEnd(index: number): number {
    return this.base + this.#attributeValueEnds[index]!;
  }

  /** The namespace that a prefix ('' for the default one) stands for at the reported element; '' is none. */
  namespaceOf(prefix: string): string | undefined {
    return this.#namespaces.uriOf(prefix);
  }

  /** All declared prefixes with their namespaces, `xml` and the default one included. */
  namespaces(): IterableIterator<[prefix: string, uri: string]> {
    return this.#namespaces.entries();
  }

  /** Line and column of a byte of the reported range, or of a later one. Costs a pass over the bytes up to it. */
  positionOf(offset: number): XmlPosition {
    return this.#lines.positionOf(this.bytes, this.base, offset);
  }

  #show(bytes: Uint8Array, length: number, from: number): void {
    this.bytes = bytes;
    this.#position = from;
    let end = length;
    if (this.#faultCode !== undefined) end = Math.min(end, this.#checked);
    else {
      if (this.base + end > this.#limits.bytes) {
        end = Math.max(this.#limits.bytes - this.base, 0);
        this.#faultCode = 'XML_SIZE';
      }
      const begin = Math.min(this.#checked, end);
      const tail = cutTail(bytes.subarray(begin, end), end - begin);
      const whole = end - tail;
      if (!isUtf8(bytes.subarray(begin, whole)) || (tail > 0 && !firstInvalid(bytes, whole, end).cut)) {
        end = firstInvalid(bytes, begin, end).at;
        this.#faultCode = 'XML_CHAR';
        this.#faultDetail = 'utf-8';
      } else if (this.#faultCode === undefined) end = whole;
      this.#checked = end;
    }
  }

  #keepRest(): void {
    const from = this.#position;
    const rest = this.bytes.length - from;
    this.#lines.moveOrigin(this.bytes, this.base, this.base + from);
    if (rest > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(65_536, 2 * rest));
      larger.set(this.bytes.subarray(from));
      this.#carry = larger;
    } else {
      this.#carry.set(this.bytes.subarray(from), 0);
    }
    this.#carried = rest;
    this.#checked -= from;
    this.base += from;
    this.bytes = this.#carry.subarray(0, rest);
    this.#position = 0;
    this.#retryLength = rest < RETRY_AT_ONCE ? 0 : 2 * rest;
  }

  #fail(code: XmlErrorCode, at: number, detail = ''): never {
    throw new XmlError(code, this.#lines.positionOf(this.bytes, this.base, this.base + at), detail);
  }

  #run(final: boolean): void {
    const end = this.#checked;
    const isLast = final || this.#faultCode !== undefined;
    if (!this.#begun && !this.#begin(end, isLast)) return;
    const bytes = this.bytes;
    const base = this.base;
    const handler = this.#handler;
    const names = this.#names;
    const textLimit = this.#limits.textBytes;
    let at = this.#position;

    while (at < end) {
      if (bytes[at] !== LESS) {
        if (this.depth === 0) {
          const next = this.#outside(at, end);
          if (next === at) break;
          at = next;
          continue;
        }
        const stop = Math.min(end, at + textLimit + 1);
        let kind: TextKind = 0;
        let to = at;
        for (;;) {
          while (to < stop && TEXT_STOPS[bytes[to]!] === 0) to++;
          if (to >= stop) break;
          const byte = bytes[to]!;
          if (byte === LESS) break;
          if (byte === CR || byte === GREATER) {
            kind = 1;
            to++;
          } else if (byte === AMPERSAND) {
            kind = 1;
            const next = this.#reference(to, stop);
            to = next === INCOMPLETE ? stop : next;
          } else if (byte === CLOSE_BRACKET) {
            if (to + 2 < stop && bytes[to + 1] === CLOSE_BRACKET && bytes[to + 2] === GREATER) {
              this.#fail('XML_NOT_WELL_FORMED', to, ']]>');
            }
            to++;
          } else to = this.#odd(to, stop);
        }
        if (to >= stop) {
          if (to > at + textLimit) this.#fail('XML_TEXT_LENGTH', at, String(textLimit));
          break;
        }
        this.#position = to;
        handler.text?.(this, base + at, base + to, kind);
        at = to;
        continue;
      }
      if (at + 1 >= end) break;
      const second = bytes[at + 1]!;
      if (second === SLASH) {
        const depth = this.depth;
        if (depth === 0) this.#fail('XML_NOT_WELL_FORMED', at, 'end-tag');
        const name = this.#stack[depth - 1]!;
        const length = names.lengths[name]!;
        const nameStart = at + 2;
        let nameEnd = nameStart;
        let tagEnd = INCOMPLETE;
        if (nameStart + length < end && bytes[nameStart + length] === GREATER) {
          const known = names.bytes;
          let from = names.starts[name]!;
          const stop = nameStart + length;
          while (nameEnd < stop && bytes[nameEnd] === known[from]) {
            nameEnd++;
            from++;
          }
          if (nameEnd === stop) tagEnd = stop + 1;
        }
        if (tagEnd === INCOMPLETE) {
          nameEnd = this.#name(nameStart, end);
          if (nameEnd === INCOMPLETE) break;
          if (!this.#isName(name, nameStart, nameEnd)) this.#fail('XML_NOT_WELL_FORMED', at, 'end-tag');
          let to = nameEnd;
          while (to < end && WHITE_SPACE[bytes[to]!] === 1) to++;
          if (to >= end) break;
          if (bytes[to] !== GREATER) this.#fail('XML_NOT_WELL_FORMED', to, '>');
          tagEnd = to + 1;
        }
        this.#position = tagEnd;
        handler.endElement?.(this, base + nameStart, base + nameEnd, base + at, base + tagEnd);
        if (this.#declaredLevel >= depth) this.#leaveNamespaces(depth);
        this.depth = depth - 1;
        at = tagEnd;
        continue;
      }
      if (second === BANG) {
        const next = this.#declaration(at, end);
        if (next === INCOMPLETE) break;
        at = next;
        this.#position = at;
        continue;
      }
      if (second === QUESTION) this.#fail('XML_PI_FORBIDDEN', at);

      const nameStart = at + 1;
      let nameEnd = nameStart;
      let name = this.#lastName === -1 ? -1 : names.followers[this.#lastName]!;
      if (name !== -1) {
        const stop = nameStart + names.lengths[name]!;
        if (stop < end) {
          const known = names.bytes;
          let from = names.starts[name]!;
          while (nameEnd < stop && bytes[nameEnd] === known[from]) {
            nameEnd++;
            from++;
          }
        }
        if (nameEnd !== stop || stop >= end || NAME_BYTES[bytes[stop]!] !== 0 || bytes[stop]! >= 0x80)
          name = -1;
      }
      if (name === -1) {
        nameEnd = this.#name(nameStart, end);
        if (nameEnd === INCOMPLETE) break;
        this.#checkColon(nameStart, nameEnd);
        name = names.intern(bytes, nameStart, nameEnd, this.depth);
      }
      const depth = this.depth + 1;
      if (depth === 1 && this.#hasRoot) this.#fail('XML_ROOT_COUNT', at);
      if (depth > this.#limits.depth) this.#fail('XML_DEPTH', at, String(this.#limits.depth));
      if (this.#elements >= this.#limits.elements) {
        this.#fail('XML_ELEMENT_COUNT', at, String(this.#limits.elements));
      }
      let tagEnd = nameEnd + 1;
      let empty = false;
      this.attributeCount = 0;
      if (bytes[nameEnd] !== GREATER) {
        tagEnd = this.#attributes(nameEnd, end);
        if (tagEnd === INCOMPLETE) break;
        empty = bytes[tagEnd - 2] === SLASH;
        if (this.attributeCount > 0) this.#checkAttributes(depth);
      }
      this.prefixLength = names.colons[name]!;
      if (this.prefixLength !== 0) this.#checkPrefix(nameStart);
      this.#elements++;
      if (this.#lastName !== -1) names.followers[this.#lastName] = name < names.capacity ? name : -1;
      this.#lastName = name < names.capacity ? name : -1;
      this.#hasRoot = true;
      if (depth > this.#stack.length) this.#stack = grown(this.#stack, 2 * depth);
      this.#stack[depth - 1] = name;
      this.depth = depth;
      this.#position = tagEnd;
      handler.startElement?.(this, base + nameStart, base + nameEnd, base + at, base + tagEnd, empty);
      this.attributeCount = 0;
      if (empty) {
        handler.endElement?.(this, base + nameStart, base + nameEnd, base + at, base + tagEnd);
        if (this.#declaredLevel >= depth) this.#leaveNamespaces(depth);
        this.depth = depth - 1;
      }
      at = tagEnd;
    }
    this.#position = at;
    if (!isLast) return;
    if (this.#faultCode !== undefined) this.#fail(this.#faultCode, end, this.#faultDetail);
    if (end < this.bytes.length) this.#fail('XML_CHAR', end, 'utf-8');
    if (at < end) this.#fail('XML_NOT_WELL_FORMED', end, 'unexpected-end');
    if (this.depth > 0) this.#fail('XML_NOT_WELL_FORMED', end, 'unclosed-element');
    if (!this.#hasRoot) this.#fail('XML_ROOT_COUNT', end);
  }

  /** Encoding signature, byte order mark and XML declaration; false while they are not all there. */
  #begin(end: number, isLast: boolean): boolean {
    const bytes = this.bytes;
    if (bytes.length < 4 && !isLast) return false;
    this.#refuseOtherEncodings();
    let at = this.#position;
    if (!this.#prologDone && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      this.hasByteOrderMark = true;
      if (this.#refusesByteOrderMark) this.#fail('ENCODING_NOT_UTF8', 0, 'byte-order-mark');
      at = 3;
    }
    const target = '<?xml';
    let same = 0;
    while (same < 5 && at + same < end && bytes[at + same] === target.charCodeAt(same)) same++;
    if (same === 5 || at + same >= end) {
      if (at + 5 >= end) {
        if (!isLast) return false;
      } else if (WHITE_SPACE[bytes[at + 5]!] === 1) {
        const next = this.#xmlDeclaration(at, end);
        if (next === INCOMPLETE) {
          if (!isLast) return false;
        } else at = next;
      }
    }
    this.#begun = true;
    this.#position = at;
    return true;
  }

  #refuseOtherEncodings(): void {
    const [a = -1, b = -1, c = -1, d = -1] = this.bytes;
    const isOther =
      (a === 0xfe && b === 0xff) ||
      (a === 0xff && b === 0xfe) ||
      (a === 0 && (b === 0 || b === LESS)) ||
      (a === LESS && b === 0) ||
      (a === 0x4c && b === 0x6f && c === 0xa7 && d === 0x94) ||
      (a === 0x2b && b === 0x2f && c === 0x76);
    if (isOther) this.#fail('ENCODING_NOT_UTF8', 0, 'signature');
  }

  #xmlDeclaration(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start + 5;
    let stage = 0;
    for (;;) {
      const spaceStart = at;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] === QUESTION) {
        if (at + 1 >= end) return INCOMPLETE;
        if (bytes[at + 1] !== GREATER || stage === 0)
          this.#fail('XML_NOT_WELL_FORMED', at, 'xml-declaration');
        return at + 2;
      }
      if (at === spaceStart) this.#fail('XML_NOT_WELL_FORMED', at, 'xml-declaration');
      const nameStart = at;
      while (at < end && NAME_BYTES[bytes[at]!] !== 0 && at - nameStart < 16) at++;
      if (at >= end) return INCOMPLETE;
      const name = asBuffer(bytes).toString('latin1', nameStart, at);
      const place = ['version', 'encoding', 'standalone'].indexOf(name) + 1;
      if (place <= stage || (stage === 0 && place !== 1)) {
        this.#fail('XML_NOT_WELL_FORMED', nameStart, 'xml-declaration');
      }
      stage = place;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== EQUALS) this.#fail('XML_NOT_WELL_FORMED', at, '=');
      at++;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      const quote = bytes[at]!;
      if (quote !== QUOTE && quote !== APOSTROPHE) this.#fail('XML_NOT_WELL_FORMED', at, 'quote');
      const valueStart = ++at;
      while (at < end && NAME_BYTES[bytes[at]!] !== 0 && at - valueStart < 40) at++;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== quote) this.#fail('XML_NOT_WELL_FORMED', at, 'xml-declaration');
      const value = asBuffer(bytes).toString('latin1', valueStart, at);
      if (place === 1 && value !== '1.0') this.#fail('XML_NOT_WELL_FORMED', valueStart, 'version');
      if (place === 2 && value.toLowerCase() !== 'utf-8')
        this.#fail('ENCODING_NOT_UTF8', valueStart, 'declared');
      if (place === 3 && value !== 'yes' && value !== 'no') {
        this.#fail('XML_NOT_WELL_FORMED', valueStart, 'standalone');
      }
      at++;
    }
  }

  /** White space before and after the root; the offset after it. */
  #outside(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start;
    while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
    if (at < end && bytes[at] !== LESS) {
      const next = TEXT_STOPS[bytes[at]!] === 0 ? at : this.#odd(at, end);
      if (next === end && end - at < 3 && bytes[at] === LAST_PLANE_LEAD) return start;
      this.#fail('XML_NOT_WELL_FORMED', at, 'outside-root');
    }
    return at;
  }

  /** A control character or a byte that may begin U+FFFE or U+FFFF; the offset after it when it may stand here. */
  #odd(at: number, end: number): number {
    const bytes = this.bytes;
    const byte = bytes[at]!;
    if (byte < 0x20 && byte !== TAB && byte !== LF && byte !== CR) this.#fail('XML_CHAR', at, 'control');
    if (byte !== LAST_PLANE_LEAD) return at + 1;
    if (at + 2 >= end) return end;
    if (bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe) this.#fail('XML_CHAR', at, 'noncharacter');
    return at + 3;
  }

  /** Offset after the reference at `start`. */
  #reference(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start + 1;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] === HASH) {
      at++;
      if (at >= end) return INCOMPLETE;
      const isHex = bytes[at] === 0x78;
      if (isHex) at++;
      const digits = at;
      let value = 0;
      for (; ; at++) {
        if (at >= end) return INCOMPLETE;
        const digit = digitOf(bytes[at]!);
        if (digit === -1 || (!isHex && digit > 9)) break;
        value = Math.min(value * (isHex ? 16 : 10) + digit, 0x110000);
      }
      if (at === digits || bytes[at] !== SEMICOLON) this.#fail('XML_NOT_WELL_FORMED', start, 'reference');
      if (!isXmlCharacter(value)) this.#fail('XML_CHAR', start, 'reference');
      return at + 1;
    }
    const nameEnd = this.#name(at, end);
    if (nameEnd === INCOMPLETE) return INCOMPLETE;
    if (bytes[nameEnd] !== SEMICOLON) this.#fail('XML_NOT_WELL_FORMED', start, 'reference');
    const name = nameEnd - at > 4 ? '' : asBuffer(bytes).toString('latin1', at, nameEnd);
    if (name !== 'amp' && name !== 'lt' && name !== 'gt' && name !== 'quot' && name !== 'apos') {
      this.#fail('XML_ENTITY_FORBIDDEN', start);
    }
    return nameEnd + 1;
  }

  /** Offset after the name at `start`; incomplete when the name may go on beyond `end`. */
  #name(start: number, end: number): number {
    const bytes = this.bytes;
    const limit = this.#limits.nameBytes;
    if (start >= end) return INCOMPLETE;
    let at = start;
    for (;;) {
      if (at > start) while (at < end && NAME_BYTES[bytes[at]!] !== 0) at++;
      else if (NAME_BYTES[bytes[at]!] === 2) at++;
      else if (bytes[at]! < 0x80) this.#fail('XML_NOT_WELL_FORMED', at, 'name');
      if (at - start > limit) this.#fail('XML_NAME_LENGTH', start, String(limit));
      if (at >= end) return INCOMPLETE;
      const byte = bytes[at]!;
      if (byte < 0x80) {
        if (NAME_BYTES[byte] === 0) return at;
        continue;
      }
      const length = sequenceLength(byte);
      if (at + length > end) return INCOMPLETE;
      const codePoint = codePointAt(bytes, at);
      if (at === start ? !isNameStartCodePoint(codePoint) : !isNameCodePoint(codePoint)) {
        this.#fail(
          codePoint === 0xfffe || codePoint === 0xffff ? 'XML_CHAR' : 'XML_NOT_WELL_FORMED',
          at,
          'name',
        );
      }
      at += length;
    }
  }

  #isName(name: number, start: number, end: number): boolean {
    const names = this.#names;
    const length = names.lengths[name]!;
    if (end - start !== length) return false;
    const from = names.starts[name]!;
    for (let step = 0; step < length; step++) {
      if (this.bytes[start + step] !== names.bytes[from + step]) return false;
    }
    return true;
  }

  /** Offset after the tag whose name ends at `start`; fills the attribute ranges. */
  #attributes(start: number, end: number): number {
    const bytes = this.bytes;
    const limits = this.#limits;
    let at = start;
    let count = 0;
    for (;;) {
      const spaceStart = at;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      const byte = bytes[at]!;
      if (byte === GREATER) {
        this.attributeCount = count;
        return at + 1;
      }
      if (byte === SLASH) {
        if (at + 1 >= end) return INCOMPLETE;
        if (bytes[at + 1] !== GREATER) this.#fail('XML_NOT_WELL_FORMED', at, '/>');
        this.attributeCount = count;
        return at + 2;
      }
      if (at === spaceStart) this.#fail('XML_NOT_WELL_FORMED', at, 'white-space');
      if (count >= limits.attributes) this.#fail('XML_ATTRIBUTE_COUNT', at, String(limits.attributes));
      const nameStart = at;
      at = this.#name(at, end);
      if (at === INCOMPLETE) return INCOMPLETE;
      const nameEnd = at;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== EQUALS) this.#fail('XML_NOT_WELL_FORMED', at, '=');
      at++;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      const quote = bytes[at]!;
      if (quote !== QUOTE && quote !== APOSTROPHE) this.#fail('XML_NOT_WELL_FORMED', at, 'quote');
      const valueStart = ++at;
      const stop = Math.min(end, valueStart + limits.textBytes + 1);
      for (;;) {
        while (at < stop && ATTRIBUTE_STOPS[bytes[at]!] === 0) at++;
        if (at >= stop) break;
        const inner = bytes[at]!;
        if (inner === quote) break;
        if (inner === LESS) this.#fail('XML_NOT_WELL_FORMED', at, '<');
        if (inner === AMPERSAND) {
          const next = this.#reference(at, stop);
          at = next === INCOMPLETE ? stop : next;
        } else at = this.#odd(at, stop);
      }
      if (at >= stop) {
        if (at > valueStart + limits.textBytes) {
          this.#fail('XML_TEXT_LENGTH', valueStart, String(limits.textBytes));
        }
        return INCOMPLETE;
      }
      if (count >= this.#attributeNameStarts.length) this.#moreAttributes();
      this.#attributeNameStarts[count] = nameStart;
      this.#attributeNameEnds[count] = nameEnd;
      this.#attributeValueStarts[count] = valueStart;
      this.#attributeValueEnds[count] = at;
      count++;
      at++;
    }
  }

  #moreAttributes(): void {
    const size = 2 * this.#attributeNameStarts.length;
    this.#attributeNameStarts = grown(this.#attributeNameStarts, size);
    this.#attributeNameEnds = grown(this.#attributeNameEnds, size);
    this.#attributeValueStarts = grown(this.#attributeValueStarts, size);
    this.#attributeValueEnds = grown(this.#attributeValueEnds, size);
  }

  /** Duplicates, namespace declarations, prefixes and ids of a complete tag. */
  #checkAttributes(depth: number): void {
    const count = this.attributeCount;
    const names = Array.from({ length: count }, (_, index) => this.attributeName(index));
    const seen = new Set<string>();
    let prefixed = false;
    for (let index = 0; index < count; index++) {
      const name = names[index]!;
      const start = this.#attributeNameStarts[index]!;
      if (seen.has(name)) this.#fail('XML_ATTRIBUTE_DUPLICATE', start);
      seen.add(name);
      this.#checkColon(start, this.#attributeNameEnds[index]!);
      const isDefault = name === 'xmlns';
      if (isDefault || name.startsWith('xmlns:')) {
        const broken = this.#namespaces.declare(
          isDefault ? '' : name.slice(6),
          this.attributeValue(index),
          depth,
        );
        this.#declaredLevel = depth;
        if (broken !== undefined) this.#fail('XML_NAMESPACE', start, broken);
      } else if (name.includes(':')) prefixed = true;
    }
    if (prefixed) this.#checkAttributePrefixes(names);
    if (this.#ids !== undefined) this.#checkIds(names, this.#ids);
  }

  #checkAttributePrefixes(names: readonly string[]): void {
    const seen = new Map<string, Set<string>>();
    for (const [index, name] of names.entries()) {
      const colon = name.indexOf(':');
      if (colon === -1 || name.startsWith('xmlns:')) continue;
      const uri = this.#namespaces.uriOf(name.slice(0, colon));
      const start = this.#attributeNameStarts[index]!;
      if (uri === undefined) this.#fail('XML_NAMESPACE', start, 'prefix');
      const locals = seen.get(uri) ?? new Set();
      seen.set(uri, locals);
      const local = name.slice(colon + 1);
      if (locals.has(local)) this.#fail('XML_ATTRIBUTE_DUPLICATE', start, 'namespace');
      locals.add(local);
    }
  }

  #checkIds(names: readonly string[], ids: Set<string>): void {
    for (const [index, name] of names.entries()) {
      const local = name.slice(name.indexOf(':') + 1);
      if ((local !== 'Id' && local !== 'ID' && local !== 'id') || name.startsWith('xmlns:')) continue;
      const value = this.attributeValue(index);
      if (ids.has(value)) this.#fail('XML_ID_DUPLICATE', this.#attributeNameStarts[index]!);
      ids.add(value);
    }
  }

  /** At most one colon, with a name on both sides of it. */
  #checkColon(start: number, end: number): void {
    const bytes = this.bytes;
    let colon = -1;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== COLON) continue;
      if (colon !== -1 || at === start || at === end - 1) this.#fail('XML_NAMESPACE', start, 'colon');
      colon = at;
    }
    if (colon === -1) return;
    const first = bytes[colon + 1]!;
    if (first < 0x80 ? NAME_BYTES[first] !== 2 : !isNameStartCodePoint(codePointAt(bytes, colon + 1))) {
      this.#fail('XML_NAMESPACE', start, 'colon');
    }
  }

  #checkPrefix(nameStart: number): void {
    const prefix = asBuffer(this.bytes).toString('utf8', nameStart, nameStart + this.prefixLength);
    if (this.#namespaces.uriOf(prefix) === undefined) this.#fail('XML_NAMESPACE', nameStart, 'prefix');
  }

  #leaveNamespaces(depth: number): void {
    this.#declaredLevel = this.#namespaces.leave(depth);
  }

  /** Comment or CDATA section at `start`; anything else that begins `<!` belongs to a DTD. */
  #declaration(start: number, end: number): number {
    const bytes = this.bytes;
    if (start + 2 >= end) return INCOMPLETE;
    const third = bytes[start + 2]!;
    if (third === DASH) {
      if (start + 3 >= end) return INCOMPLETE;
      if (bytes[start + 3] !== DASH) this.#fail('XML_NOT_WELL_FORMED', start, 'comment');
      return this.#comment(start, end);
    }
    if (third === OPEN_BRACKET) {
      const opening = 'CDATA[';
      for (let step = 0; step < opening.length; step++) {
        if (start + 3 + step >= end) return INCOMPLETE;
        if (bytes[start + 3 + step] !== opening.charCodeAt(step)) {
          this.#fail('XML_NOT_WELL_FORMED', start, 'cdata');
        }
      }
      if (this.depth === 0) this.#fail('XML_NOT_WELL_FORMED', start, 'outside-root');
      return this.#cdata(start, end);
    }
    if ((third >= 0x41 && third <= 0x5a) || (third >= 0x61 && third <= 0x7a))
      this.#fail('XML_DTD_FORBIDDEN', start);
    this.#fail('XML_NOT_WELL_FORMED', start, 'markup');
  }

  #comment(start: number, end: number): number {
    const bytes = this.bytes;
    const limit = this.#limits.textBytes;
    const stop = Math.min(end, start + 4 + limit + 3);
    let at = start + 4;
    for (;;) {
      while (at < stop && COMMENT_STOPS[bytes[at]!] === 0) at++;
      if (at >= stop) break;
      if (bytes[at] !== DASH) at = this.#odd(at, stop);
      else if (at + 1 >= stop) at = stop;
      else if (bytes[at + 1] !== DASH) at++;
      else if (at + 2 >= stop) at = stop;
      else if (bytes[at + 2] !== GREATER) this.#fail('XML_NOT_WELL_FORMED', at, '--');
      else {
        this.#handler.comment?.(this, this.base + start, this.base + at + 3);
        return at + 3;
      }
    }
    if (at >= start + 4 + limit + 3) this.#fail('XML_TEXT_LENGTH', start, String(limit));
    return INCOMPLETE;
  }

  #cdata(start: number, end: number): number {
    const bytes = this.bytes;
    const limit = this.#limits.textBytes;
    const stop = Math.min(end, start + 9 + limit + 3);
    let at = start + 9;
    for (;;) {
      while (at < stop && CDATA_STOPS[bytes[at]!] === 0) at++;
      if (at >= stop) break;
      if (bytes[at] !== CLOSE_BRACKET) at = this.#odd(at, stop);
      else if (at + 2 >= stop) at = stop;
      else if (bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GREATER) {
        this.#position = at + 3;
        this.#handler.text?.(this, this.base + start + 9, this.base + at, 2);
        return at + 3;
      } else at++;
    }
    if (at >= start + 9 + limit + 3) this.#fail('XML_TEXT_LENGTH', start, String(limit));
    return INCOMPLETE;
  }
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Scans a whole document in one call, without copying it. */
export function scan(bytes: Uint8Array, handler: ScanHandler, options?: ScanOptions): void {
  new XmlScanner(handler, options).scanAll(bytes);
}
