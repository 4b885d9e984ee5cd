import {
  AMPERSAND,
  APOSTROPHE,
  ATTRIBUTE_STOPS,
  EQUALS,
  GREATER,
  LESS,
  QUOTE,
  SLASH,
  SPACE,
  WHITE_SPACE,
} from './byte-classes.ts';
import { decodeAttribute } from './decode-text.ts';
import { fail, failAt } from './fault.ts';
import { afterUncommon, endOfName, endOfReference, INCOMPLETE, prefixLengthOf } from './lexemes.ts';
import type { XmlLimits } from './limits.ts';
import type { NamespaceScope } from './namespaces.ts';
import { asBuffer } from './utf8.ts';

/** Up to this many attributes are compared pair by pair, which needs no memory. */
const FEW = 12;

const XMLNS = Buffer.from('xmlns');

/** The attributes of the tag at hand, as offsets into the bytes at hand. */
export class AttributeList {
  count = 0;
  /** True when no name has a colon and none is `xmlns`. */
  isPlain = true;
  bytes: Uint8Array = XMLNS;
  readonly nameStarts: number[] = [];
  readonly nameEnds: number[] = [];
  readonly prefixLengths: number[] = [];
  readonly valueStarts: number[] = [];
  readonly valueEnds: number[] = [];
  /** 1 where the value holds references, tabs or line ends, and so differs from its bytes. */
  readonly isEncoded: number[] = [];
  /** The prefix each declares, if any. */
  readonly #declared: (string | undefined)[] = [];

  /** Lets go of the document. */
  clear(): void {
    this.bytes = XMLNS;
    this.count = 0;
  }

  /** Offset after the tag whose name ends at `start`. */
  read(bytes: Uint8Array, start: number, end: number, limits: XmlLimits): number {
    this.bytes = bytes;
    this.isPlain = true;
    let at = start;
    let count = 0;
    for (;;) {
      const spaceStart = at;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      const byte = bytes[at]!;
      if (byte === GREATER || byte === SLASH) {
        this.count = count;
        if (byte === GREATER) return at + 1;
        if (at + 1 >= end) return INCOMPLETE;
        if (bytes[at + 1] !== GREATER) failAt(bytes, at + 1, '/>');
        return at + 2;
      }
      if (at === spaceStart) failAt(bytes, at, 'white-space');
      if (count >= limits.attributes) fail('XML_ATTRIBUTE_COUNT', at, String(limits.attributes));
      const nameStart = at;
      at = endOfName(bytes, at, end, limits.nameBytes);
      if (at === INCOMPLETE) return INCOMPLETE;
      const nameEnd = at;
      const prefixLength = prefixLengthOf(bytes, nameStart, nameEnd);
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      if (bytes[at] !== EQUALS) failAt(bytes, at, '=');
      at++;
      while (at < end && WHITE_SPACE[bytes[at]!] === 1) at++;
      if (at >= end) return INCOMPLETE;
      const quote = bytes[at]!;
      if (quote !== QUOTE && quote !== APOSTROPHE) failAt(bytes, at, 'quote');
      const valueStart = ++at;
      const stop = Math.min(end, valueStart + limits.textBytes + 1);
      let isEncoded = 0;
      for (;;) {
        while (at < stop && ATTRIBUTE_STOPS[bytes[at]!] === 0) at++;
        if (at >= stop) break;
        const inner = bytes[at]!;
        if (inner === quote) break;
        if (inner === LESS) fail('XML_NOT_WELL_FORMED', at, '<');
        if (inner === AMPERSAND) {
          isEncoded = 1;
          const next = endOfReference(bytes, at, stop);
          at = next === INCOMPLETE ? stop : next;
        } else {
          if (inner < SPACE) isEncoded = 1;
          at = afterUncommon(bytes, at, stop);
        }
      }
      if (at >= stop) {
        if (at > valueStart + limits.textBytes) {
          fail('XML_TEXT_LENGTH', valueStart, String(limits.textBytes));
        }
        return INCOMPLETE;
      }
      this.nameStarts[count] = nameStart;
      this.nameEnds[count] = nameEnd;
      this.prefixLengths[count] = prefixLength;
      this.valueStarts[count] = valueStart;
      this.valueEnds[count] = at;
      this.isEncoded[count] = isEncoded;
      this.#declared[count] = undefined;
      const firstEnd = prefixLength === 0 ? nameEnd : nameStart + prefixLength;
      if (this.#isXmlns(nameStart, firstEnd)) {
        this.isPlain = false;
        const text = asBuffer(bytes);
        this.#declared[count] = prefixLength === 0 ? '' : text.toString('utf8', firstEnd + 1, nameEnd);
      } else if (prefixLength !== 0) this.isPlain = false;
      count++;
      at++;
    }
  }

  name(index: number): string {
    return asBuffer(this.bytes).toString('utf8', this.nameStarts[index]!, this.nameEnds[index]!);
  }

  value(index: number): string {
    const start = this.valueStarts[index]!;
    const end = this.valueEnds[index]!;
    return this.isEncoded[index] === 1
      ? decodeAttribute(this.bytes, start, end)
      : asBuffer(this.bytes).toString('utf8', start, end);
  }

  /** The prefix that attribute `index` declares, '' for the default namespace; `undefined` when it declares none. */
  declaredPrefix(index: number): string | undefined {
    return this.#declared[index];
  }

  /** Declares the namespaces of a complete tag, and refuses undeclared prefixes and attributes with the same name. Returns whether anything was declared. */
  check(namespaces: NamespaceScope, depth: number): boolean {
    if (this.count > 1) this.#checkNames();
    if (this.isPlain) return false;
    let declares = false;
    for (let index = 0; index < this.count; index++) {
      const prefix = this.declaredPrefix(index);
      if (prefix === undefined) continue;
      declares = true;
      const broken = namespaces.declare(prefix, this.value(index), depth);
      if (broken !== undefined) fail('XML_NAMESPACE', this.nameStarts[index]!, broken);
    }
    this.#checkPrefixes(namespaces);
    return declares;
  }

  /** Refuses a value of Id, ID or id (whatever the prefix) that was met before; gives those met so far. */
  checkIds(met: Set<string> | undefined): Set<string> | undefined {
    let ids = met;
    for (let index = 0; index < this.count; index++) {
      if (!this.isId(index)) continue;
      const value = this.value(index);
      if (ids?.has(value)) fail('XML_ID_DUPLICATE', this.nameStarts[index]!);
      (ids ??= new Set()).add(value);
    }
    return ids;
  }

  isId(index: number): boolean {
    const start = this.nameStarts[index]!;
    const end = this.nameEnds[index]!;
    const prefixLength = this.prefixLengths[index]!;
    if (end - start !== (prefixLength === 0 ? 2 : prefixLength + 3)) return false;
    const first = this.bytes[end - 2];
    const second = this.bytes[end - 1];
    if (second !== 0x44 && second !== 0x64) return false;
    if (first !== 0x49 && (first !== 0x69 || second !== 0x64)) return false;
    return this.declaredPrefix(index) === undefined;
  }

  /**
   * Whether the tag whose name ends at `nameEnd` is written as the canonical form wants it, given that it either declares
   * no namespace and has no prefixed attributes, or declares one namespace and has no attributes: one space before each, double quotes, sorted, nothing to escape.
   */
  isCanonical(nameEnd: number): boolean {
    const bytes = this.bytes;
    let at = nameEnd;
    for (let index = 0; index < this.count; index++) {
      const nameStart = this.nameStarts[index]!;
      const valueStart = this.valueStarts[index]!;
      if (nameStart !== at + 1 || bytes[at] !== SPACE || this.isEncoded[index] === 1) return false;
      if (valueStart !== this.nameEnds[index]! + 2 || bytes[valueStart - 1] !== QUOTE) return false;
      if (index > 0 && !this.#isBefore(index - 1, index)) return false;
      at = this.valueEnds[index]! + 1;
    }
    return bytes[at] === GREATER || bytes[at] === SLASH;
  }

  #isBefore(index: number, other: number): boolean {
    const names = asBuffer(this.bytes);
    const start = this.nameStarts[index]!;
    const end = this.nameEnds[index]!;
    return names.compare(names, this.nameStarts[other]!, this.nameEnds[other]!, start, end) < 0;
  }

  #isXmlns(start: number, end: number): boolean {
    if (end - start !== XMLNS.length || this.bytes[start] !== 0x78) return false;
    for (let step = 1; step < XMLNS.length; step++)
      if (this.bytes[start + step] !== XMLNS[step]) return false;
    return true;
  }

  #checkNames(): void {
    if (this.count > FEW) {
      const seen = new Set<string>();
      for (let index = 0; index < this.count; index++) {
        if (seen.size === seen.add(this.name(index)).size) {
          fail('XML_ATTRIBUTE_DUPLICATE', this.nameStarts[index]!);
        }
      }
      return;
    }
    for (let index = 1; index < this.count; index++) {
      for (let other = 0; other < index; other++) {
        if (this.#isSameName(index, other)) fail('XML_ATTRIBUTE_DUPLICATE', this.nameStarts[index]!);
      }
    }
  }

  #isSameName(index: number, other: number): boolean {
    const bytes = this.bytes;
    let at = this.nameStarts[index]!;
    let from = this.nameStarts[other]!;
    const end = this.nameEnds[index]!;
    if (end - at !== this.nameEnds[other]! - from) return false;
    while (at < end) if (bytes[at++] !== bytes[from++]) return false;
    return true;
  }

  #checkPrefixes(namespaces: NamespaceScope): void {
    let seen: Map<string, Set<string>> | undefined;
    for (let index = 0; index < this.count; index++) {
      const prefixLength = this.prefixLengths[index]!;
      if (prefixLength === 0 || this.declaredPrefix(index) !== undefined) continue;
      seen ??= new Map();
      const start = this.nameStarts[index]!;
      const text = asBuffer(this.bytes);
      const uri = namespaces.get(text.toString('utf8', start, start + prefixLength));
      if (uri === undefined) fail('XML_NAMESPACE', start, 'prefix');
      const locals = seen.get(uri) ?? new Set();
      seen.set(uri, locals);
      const local = text.toString('utf8', start + prefixLength + 1, this.nameEnds[index]!);
      if (locals.has(local)) fail('XML_ATTRIBUTE_DUPLICATE', start, 'namespace');
      locals.add(local);
    }
  }
}
