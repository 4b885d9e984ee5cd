import { isUtf8 } from 'node:buffer';
import type { AttributeList } from './attributes.ts';
import {
  AMPERSAND,
  BANG,
  CLOSE_BRACKET,
  CR,
  DASH,
  GREATER,
  LAST_PLANE_LEAD,
  LESS,
  NAME_BYTES,
  OPEN_BRACKET,
  QUESTION,
  SLASH,
  TEXT_STOPS,
  textStopsOfPairs,
  WHITE_SPACE,
} from './byte-classes.ts';
import type { TextKind } from './decode-text.ts';
import {
  endOfXmlDeclaration,
  hasByteOrderMark,
  refuseOtherEncodings,
  SIGNATURE_BYTES,
} from './document-start.ts';
import { XmlError, type XmlErrorCode, type XmlPosition } from './errors.ts';
import { fail, failAt, Fault } from './fault.ts';
import {
  afterUncommon,
  endOfCdata,
  endOfComment,
  endOfName,
  endOfReference,
  INCOMPLETE,
  prefixLengthOf,
} from './lexemes.ts';
import { defaultXmlLimits, type XmlLimits } from './limits.ts';
import { commonNames, type XmlNames } from './names.ts';
import type { NamespaceScope } from './namespaces.ts';
import { LineCounter } from './positions.ts';
import { ScanMemory, withScanMemory } from './scan-memory.ts';
import { asBuffer, cutTail, firstInvalid } from './utf8.ts';

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
  /** Also called for an empty element, with the ranges of its only tag. */
  endElement?(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void;
  /** Characters inside the root, white space included. A comment or a CDATA section ends a run. */
  text?(scanner: XmlScanner, start: number, end: number, kind: TextKind): void;
  /** The whole comment with its delimiters, also outside the root. */
  comment?(scanner: XmlScanner, start: number, end: number): void;
}

export interface ScanOptions {
  readonly limits?: Partial<XmlLimits>;
  /** Refuse a document in which two attributes named Id, ID or id (whatever their prefix) have the same value. */
  readonly idAttributes?: boolean;
  /** A UTF-8 byte order mark is passed by and reported as `hasByteOrderMark` (default), or refused as ENCODING_NOT_UTF8. */
  readonly byteOrderMark?: 'accept' | 'refuse';
  /** Numbers for names, see `XmlScanner.nameNumber`. */
  readonly names?: XmlNames;
}

const NOTHING = new Uint8Array(0);
/** From this size on an unfinished token is tried again only after it has doubled, so that its bytes are read a bounded number of times. */
const RETRY_AT_ONCE = 4096;
const CARRY = 65_536;
/** One long token shall not hold its memory for the rest of a batch. */
const LARGE_CARRY = 4_194_304;

/**
 * One strict pass over the UTF-8 bytes of a document, fed in chunks of any size: XML 1.0 with namespaces, without DTD,
 * processing instructions and entities beyond the five. Keeps no more than the token that the last chunk left
 * unfinished. Every division into chunks gives the same events and the same error.
 *
 * Throws `XmlError`, and what a handler throws; a scanner that has thrown once throws the same again.
 */
export class XmlScanner {
  /** The bytes at hand. */
  bytes: Uint8Array = NOTHING;
  /** Absolute offset of `bytes[0]`. */
  base = 0;
  /** Elements that are open, in `startElement` and `endElement` the reported one included. */
  depth = 0;
  /** In `startElement`: number of the name in `options.names`, -1 when that table is full. */
  nameNumber = -1;
  /** In `startElement`: length of the prefix in bytes, 0 without one. */
  prefixLength = 0;
  /** Known once the first element is reported. */
  hasByteOrderMark = false;

  readonly #handler: ScanHandler;
  readonly #limits: XmlLimits;
  readonly #names: XmlNames;
  readonly #attributes: AttributeList;
  readonly #namespaces: NamespaceScope;
  #lineCounter: LineCounter | undefined;
  readonly #comparesIds: boolean;
  #ids: Set<string> | undefined;
  readonly #refusesByteOrderMark: boolean;

  /** Names of the open elements; -1 where the name stands in `#unnumbered` instead. */
  readonly #stack: number[] = [];
  readonly #unnumbered: Uint8Array[] = [];
  #lastName = -1;
  #declaredLevel = 0;
  #elements = 0;
  #hasRoot = false;

  /** Offsets into `bytes`: up to where it is reported, and up to where it is known to be valid UTF-8. */
  #position = 0;
  #checked = 0;
  #hasBegun = false;
  #hasEnded = false;
  #retryLength = 0;
  #carry: Uint8Array = NOTHING;
  #carried = 0;
  /** What is wrong with the first byte after the checked ones; raised when everything before it is reported. */
  #nextFault: XmlErrorCode | undefined;
  #failure: { readonly thrown: unknown } | undefined;

  constructor(handler: ScanHandler, options: ScanOptions = {}, memory: ScanMemory = new ScanMemory()) {
    this.#handler = handler;
    this.#attributes = memory.attributes;
    this.#namespaces = memory.namespaces;
    this.#limits =
      options.limits === undefined ? defaultXmlLimits : { ...defaultXmlLimits, ...options.limits };
    this.#names = options.names ?? commonNames();
    this.#comparesIds = options.idAttributes === true;
    this.#refusesByteOrderMark = options.byteOrderMark === 'refuse';
  }

  /** Reports what `chunk` completes. The chunk is not kept after the call. */
  write(chunk: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
    if (chunk.length === 0) return;
    if (this.#hasEnded) this.#guard(() => fail('XML_NOT_WELL_FORMED', this.bytes.length, 'after-end'));
    if (this.#carried === 0) this.#show(asBuffer(chunk));
    else {
      const total = this.#carried + chunk.length;
      if (total > this.#carry.length) this.#growCarry(total);
      this.#carry.set(chunk, this.#carried);
      this.#carried = total;
      this.#show(asBuffer(this.#carry.subarray(0, total)));
    }
    if (this.bytes.length < this.#retryLength && this.#nextFault === undefined) return;
    this.#guard(() => this.#run(false));
    this.#keepRest();
  }

  /** Says that no more bytes come: everything must be closed, and there must have been one root. */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#guard(() => this.#run(true));
  }

  /** In `startElement`, given the range of the name: the name as written, with its prefix. */
  elementName(nameStart: number, nameEnd: number): string {
    if (this.nameNumber !== -1) return this.#names.nameOf(this.nameNumber);
    return asBuffer(this.bytes).toString('utf8', nameStart - this.base, nameEnd - this.base);
  }

  /** Number of attributes of the element that is reported by `startElement`, namespace declarations included. */
  get attributeCount(): number {
    return this.#attributes.count;
  }

  /** The name as written, with its prefix. */
  attributeName(index: number): string {
    return this.#attributes.name(index);
  }

  /** The normalised value: references resolved, white space turned into spaces. */
  attributeValue(index: number): string {
    return this.#attributes.value(index);
  }

  /** The attribute ranges of the reported tag, as offsets into `bytes`. */
  get attributes(): AttributeList {
    return this.#attributes;
  }

  /** The namespace that a prefix ('' for the default one) stands for at the reported element; '' is none. */
  namespaceOf(prefix: string): string | undefined {
    return this.#namespaces.get(prefix);
  }

  get defaultNamespace(): string {
    return this.#namespaces.defaultUri;
  }

  /** All prefixes in scope with their namespaces, `xml` and the default one included. */
  namespaces(): IterableIterator<[prefix: string, uri: string]> {
    return this.#namespaces.entries();
  }

  /** Line and column of a byte of the reported range, for messages. Counts the bytes before it, once. */
  positionOf(offset: number): XmlPosition {
    return this.#lines.positionOf(this.bytes, this.base, offset);
  }

  get #lines(): LineCounter {
    return (this.#lineCounter ??= new LineCounter());
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (thrown) {
      const error =
        thrown instanceof Fault
          ? new XmlError(thrown.code, this.positionOf(this.base + thrown.at), thrown.detail)
          : thrown;
      this.#failure = { thrown: error };
      throw error;
    }
  }

  /** Takes bytes into view and checks those that are new. */
  #show(bytes: Uint8Array): void {
    this.bytes = bytes;
    if (this.#nextFault !== undefined) return;
    let end = bytes.length;
    if (this.base + end > this.#limits.bytes) {
      end = this.#limits.bytes - this.base;
      this.#nextFault = 'XML_SIZE';
    }
    const begin = this.#checked;
    const whole = end - cutTail(bytes, begin, end);
    const fresh = begin === 0 && whole === bytes.length ? bytes : bytes.subarray(begin, whole);
    if (!isUtf8(fresh) || (whole < end && !firstInvalid(bytes, whole, end).cut)) {
      this.#checked = firstInvalid(bytes, begin, end).at;
      this.#nextFault = 'XML_CHAR';
    } else this.#checked = this.#nextFault === undefined ? whole : end;
  }

  /** Copies the unfinished token to where the next chunk will be appended to it. */
  #keepRest(): void {
    const from = this.#position;
    const rest = this.bytes.length - from;
    this.#lines.moveOrigin(this.bytes, this.base, this.base + from);
    if (rest > this.#carry.length) this.#growCarry(rest);
    else if (this.#carry.length > LARGE_CARRY && 8 * rest < this.#carry.length) {
      this.#carry = new Uint8Array(Math.max(2 * rest, CARRY));
    }
    this.#carry.set(this.bytes.subarray(from), 0);
    this.#carried = rest;
    this.#checked -= from;
    this.base += from;
    this.bytes = asBuffer(this.#carry.subarray(0, rest));
    this.#position = 0;
    this.#retryLength = rest < RETRY_AT_ONCE ? 0 : 2 * rest;
  }

  #growCarry(size: number): void {
    const larger = new Uint8Array(Math.max(2 * size, CARRY));
    larger.set(this.#carry.subarray(0, this.#carried));
    this.#carry = larger;
  }

  /** Reports every complete token. `final` says that no more bytes come. */
  #run(final: boolean): void {
    const end = this.#checked;
    if (!this.#hasBegun && !this.#begin(end, final)) return;
    const bytes = this.bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const pairs = textStopsOfPairs();
    const base = this.base;
    const handler = this.#handler;
    const names = this.#names;
    const attributes = this.#attributes;
    const limits = this.#limits;
    let at = this.#position;

    while (at < end) {
      if (bytes[at] !== LESS) {
        if (this.depth === 0) {
          at = this.#endOfSpace(at, end);
          this.#position = at;
          if (at < end && bytes[at] !== LESS) break;
          continue;
        }
        const stop = Math.min(end, at + limits.textBytes + 1);
        let kind: TextKind = 0;
        let to = at;
        const lastEight = stop - 8;
        for (;;) {
          while (to <= lastEight) {
            const four = view.getInt32(to, true);
            if ((pairs[four & 0xffff]! | pairs[four >>> 16]!) !== 0) break;
            to += 4;
            const next = view.getInt32(to, true);
            if ((pairs[next & 0xffff]! | pairs[next >>> 16]!) !== 0) break;
            to += 4;
          }
          while (to < stop && TEXT_STOPS[bytes[to]!] === 0) to++;
          if (to >= stop) break;
          const byte = bytes[to]!;
          if (byte === LESS) break;
          if (byte === CR || byte === GREATER) {
            kind = 1;
            to++;
          } else if (byte === AMPERSAND) {
            kind = 1;
            const next = endOfReference(bytes, to, stop);
            to = next === INCOMPLETE ? stop : next;
          } else if (byte === CLOSE_BRACKET) {
            if (to + 2 < stop && bytes[to + 1] === CLOSE_BRACKET && bytes[to + 2] === GREATER) {
              fail('XML_NOT_WELL_FORMED', to, ']]>');
            }
            to++;
          } else to = afterUncommon(bytes, to, stop);
        }
        if (to >= stop) {
          if (to > at + limits.textBytes) fail('XML_TEXT_LENGTH', at, String(limits.textBytes));
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
        if (depth === 0) fail('XML_NOT_WELL_FORMED', at, 'end-tag');
        const name = this.#stack[depth - 1]!;
        const nameStart = at + 2;
        let nameEnd = nameStart;
        let tagEnd = INCOMPLETE;
        if (name !== -1) {
          const stop = nameStart + names.lengths[name]!;
          if (stop < end && bytes[stop] === GREATER) {
            if (isSame(view, nameStart, stop, names.view, names.starts[name]!)) {
              nameEnd = stop;
              tagEnd = stop + 1;
            }
          }
        }
        if (tagEnd === INCOMPLETE) {
          nameEnd = endOfName(bytes, nameStart, end, limits.nameBytes);
          if (nameEnd === INCOMPLETE) break;
          if (!this.#isOpen(depth, nameStart, nameEnd)) fail('XML_NOT_WELL_FORMED', at, 'end-tag');
          let to = nameEnd;
          while (to < end && WHITE_SPACE[bytes[to]!] === 1) to++;
          if (to >= end) break;
          if (bytes[to] !== GREATER) failAt(bytes, to, '>');
          tagEnd = to + 1;
        }
        this.#position = tagEnd;
        handler.endElement?.(this, base + nameStart, base + nameEnd, base + at, base + tagEnd);
        if (this.#declaredLevel >= depth) this.#declaredLevel = this.#namespaces.leave(depth);
        this.depth = depth - 1;
        at = tagEnd;
        continue;
      }
      if (second === BANG) {
        const next = this.#commentOrCdata(at, end);
        if (next === INCOMPLETE) break;
        at = next;
        continue;
      }
      if (second === QUESTION) fail('XML_PI_FORBIDDEN', at);

      const nameStart = at + 1;
      let nameEnd = nameStart;
      let name = this.#lastName === -1 ? -1 : names.followers[this.#lastName]!;
      if (name !== -1) {
        const length = names.lengths[name]!;
        const stop = nameStart + length;
        if (stop < end && length <= limits.nameBytes) {
          const after = bytes[stop]!;
          if (NAME_BYTES[after] !== 0 || after >= 0x80) name = -1;
          else if (isSame(view, nameStart, stop, names.view, names.starts[name]!)) nameEnd = stop;
          else name = -1;
        } else name = -1;
      }
      if (name === -1) {
        nameEnd = endOfName(bytes, nameStart, end, limits.nameBytes);
        if (nameEnd === INCOMPLETE) break;
        name = names.intern(bytes, nameStart, nameEnd);
      }
      const depth = this.depth + 1;
      if (depth === 1 && this.#hasRoot) fail('XML_ROOT_COUNT', at);
      if (depth > limits.depth) fail('XML_DEPTH', at, String(limits.depth));
      if (this.#elements >= limits.elements) fail('XML_ELEMENT_COUNT', at, String(limits.elements));
      let tagEnd = nameEnd + 1;
      let empty = false;
      attributes.count = 0;
      if (bytes[nameEnd] !== GREATER) {
        tagEnd = attributes.read(bytes, nameEnd, end, limits);
        if (tagEnd === INCOMPLETE) break;
        empty = bytes[tagEnd - 2] === SLASH;
        if (attributes.count > 0) {
          if (attributes.check(this.#namespaces, depth)) this.#declaredLevel = depth;
          if (this.#comparesIds) this.#ids = attributes.checkIds(this.#ids);
        }
      }
      const prefixLength =
        name === -1 ? prefixLengthOf(bytes, nameStart, nameEnd) : names.prefixLengths[name]!;
      if (prefixLength !== 0) this.#checkPrefix(nameStart, nameStart + prefixLength);
      this.#elements++;
      this.#hasRoot = true;
      if (this.#lastName !== -1) names.followers[this.#lastName] = name;
      this.#lastName = name;
      this.#stack[depth - 1] = name;
      if (name === -1) this.#unnumbered[depth - 1] = Uint8Array.from(bytes.subarray(nameStart, nameEnd));
      this.depth = depth;
      this.nameNumber = name;
      this.prefixLength = prefixLength;
      this.#position = tagEnd;
      handler.startElement?.(this, base + nameStart, base + nameEnd, base + at, base + tagEnd, empty);
      if (empty) {
        handler.endElement?.(this, base + nameStart, base + nameEnd, base + at, base + tagEnd);
        if (this.#declaredLevel >= depth) this.#declaredLevel = this.#namespaces.leave(depth);
        this.depth = depth - 1;
      }
      at = tagEnd;
    }

    this.#position = at;
    if (this.#nextFault !== undefined) {
      const limit = String(this.#limits.bytes);
      fail(this.#nextFault, end, this.#nextFault === 'XML_SIZE' ? limit : 'utf-8');
    }
    if (!final) return;
    if (end < bytes.length) fail('XML_CHAR', end, 'utf-8');
    if (at < end) fail('XML_NOT_WELL_FORMED', end, 'unexpected-end');
    if (this.depth > 0) fail('XML_NOT_WELL_FORMED', end, 'unclosed-element');
    if (!this.#hasRoot) fail('XML_ROOT_COUNT', end);
  }

  /** Encoding signature, byte order mark and XML declaration; false while they are not all there. */
  #begin(end: number, final: boolean): boolean {
    const bytes = this.bytes;
    if (bytes.length < SIGNATURE_BYTES && !final) return false;
    refuseOtherEncodings(bytes);
    let at = 0;
    if (hasByteOrderMark(bytes)) {
      if (this.#refusesByteOrderMark) fail('ENCODING_NOT_UTF8', 0, 'byte-order-mark');
      if (!this.hasByteOrderMark) this.#lines.skipByteOrderMark();
      this.hasByteOrderMark = true;
      at = 3;
    }
    const next = endOfXmlDeclaration(bytes, at, end);
    if (next === INCOMPLETE) {
      if (this.#nextFault !== undefined) fail(this.#nextFault, end);
      if (!final) return false;
      if (at === end && end === bytes.length) fail('XML_ROOT_COUNT', end);
      if (end < bytes.length) fail('XML_CHAR', end, 'utf-8');
      fail('XML_NOT_WELL_FORMED', end, 'unexpected-end');
    }
    this.#hasBegun = true;
    this.#position = next;
    return true;
  }

  /** White space before and after the root; stops before the `<` of other markup, or before an incomplete character. */
  #endOfSpace(start: number, end: number): number {
    const bytes = this.bytes;
    let at = start;
    while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
    if (at === end || bytes[at] === LESS) return at;
    if (bytes[at] === LAST_PLANE_LEAD && afterUncommon(bytes, at, end) === end && end - at < 3) return at;
    return failAt(bytes, at, 'outside-root');
  }

  #isOpen(depth: number, start: number, end: number): boolean {
    const name = this.#stack[depth - 1]!;
    const found = asBuffer(this.bytes).subarray(start, end);
    if (name === -1) return found.equals(this.#unnumbered[depth - 1]!);
    const from = this.#names.starts[name]!;
    return found.equals(this.#names.bytes.subarray(from, from + this.#names.lengths[name]!));
  }

  #checkPrefix(start: number, end: number): void {
    const prefix = asBuffer(this.bytes).toString('utf8', start, end);
    if (this.#namespaces.get(prefix) === undefined) fail('XML_NAMESPACE', start, 'prefix');
  }

  /** Offset after the comment or CDATA section at `start`; any other declaration belongs to a DTD. */
  #commentOrCdata(start: number, end: number): number {
    const bytes = this.bytes;
    const base = this.base;
    if (start + 2 >= end) return INCOMPLETE;
    const third = bytes[start + 2]!;
    if (third === DASH) {
      if (start + 3 >= end) return INCOMPLETE;
      if (bytes[start + 3] !== DASH) failAt(bytes, start + 3, 'comment');
      const next = endOfComment(bytes, start, end, this.#limits.textBytes);
      if (next !== INCOMPLETE) {
        this.#position = next;
        this.#handler.comment?.(this, base + start, base + next);
      }
      return next;
    }
    if (third === OPEN_BRACKET) {
      const opening = 'CDATA[';
      for (let step = 0; step < opening.length; step++) {
        const at = start + 3 + step;
        if (at >= end) return INCOMPLETE;
        if (bytes[at] !== opening.charCodeAt(step)) failAt(bytes, at, 'cdata');
      }
      if (this.depth === 0) fail('XML_NOT_WELL_FORMED', start, 'outside-root');
      const next = endOfCdata(bytes, start, end, this.#limits.textBytes);
      if (next !== INCOMPLETE) {
        this.#position = next;
        this.#handler.text?.(this, base + start + 9, base + next - 3, 2);
      }
      return next;
    }
    if ((third >= 0x41 && third <= 0x5a) || (third >= 0x61 && third <= 0x7a))
      fail('XML_DTD_FORBIDDEN', start);
    return failAt(bytes, start + 2, 'markup');
  }

  /** Scans a whole document without copying it; what `scan` calls. */
  static scan(bytes: Uint8Array, handler: ScanHandler, options?: ScanOptions): void {
    withScanMemory((memory) => {
      const scanner = new XmlScanner(handler, options, memory);
      scanner.#show(asBuffer(bytes));
      scanner.end();
    });
  }
}

/** Whether the bytes from `start` to `end` are those of `other` from `from` on. */
function isSame(view: DataView, start: number, end: number, other: DataView, from: number): boolean {
  let at = start;
  let beside = from;
  for (; at + 4 <= end; at += 4, beside += 4)
    if (view.getInt32(at, true) !== other.getInt32(beside, true)) return false;
  for (; at < end; at++, beside++) if (view.getUint8(at) !== other.getUint8(beside)) return false;
  return true;
}

/** Scans a whole document in one call, without copying it. */
export function scan(bytes: Uint8Array, handler: ScanHandler, options?: ScanOptions): void {
  XmlScanner.scan(bytes, handler, options);
}
