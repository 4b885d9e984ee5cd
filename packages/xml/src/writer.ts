import { byCodePoint } from './code-point-order.ts';
import { XmlError } from './errors.ts';
import { escapeAttribute, escapeText } from './escape.ts';
import { endOfName, prefixLengthOf } from './lexemes.ts';
import { NamespaceScope } from './namespaces.ts';

/** What is no Char of XML 1.0. With the `u` flag the two halves of a pair are one character. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

const PACK = 65_536;

interface Attribute {
  readonly name: string;
  readonly localName: string;
  readonly namespace: string;
  readonly value: string;
}

/**
 * Writes XML that is its own inclusive canonical form: no XML declaration, no empty-element tags, sorted attributes,
 * no declaration that repeats one in force. Namespaces are declared by attributes `xmlns` and `xmlns:…`.
 *
 * Throws `XmlError` XML_WRITE_INVALID for what could not be read back: a character outside XML 1.0, a name that is
 * none, an undeclared prefix, a second root, an element left open.
 */
export class XmlWriter {
  readonly #open: string[] = [];
  readonly #chunks: Buffer[] = [];
  readonly #prefixLengths = new Map<string, number>();
  readonly #namespaces = new NamespaceScope();
  #text = '';
  #written = 0;
  #hasRoot = false;

  start(name: string, attributes?: Readonly<Record<string, string>>): this {
    if (this.#open.length === 0 && this.#hasRoot) this.#refuse('second-root');
    this.#hasRoot = true;
    this.#open.push(name);
    if (attributes === undefined) {
      this.#checkPrefix(name);
      this.#add(`<${name}>`);
      return this;
    }
    const tail = this.#declarations(attributes) + this.#attributes(attributes);
    this.#checkPrefix(name);
    this.#add(`<${name}${tail}>`);
    return this;
  }

  text(value: string): this {
    if (this.#open.length === 0) this.#refuse('text-outside-root');
    if (FORBIDDEN.test(value)) this.#refuse('character');
    this.#add(escapeText(value));
    return this;
  }

  empty(name: string, attributes?: Readonly<Record<string, string>>): this {
    return this.start(name, attributes).end();
  }

  end(): this {
    const depth = this.#open.length;
    const name = this.#open.pop();
    if (name === undefined) this.#refuse('end-without-start');
    this.#namespaces.leave(depth);
    this.#add(`</${name}>`);
    return this;
  }

  /** What was written since the last call, while the document is still open; `finish` gives the rest. */
  take(): Uint8Array {
    this.#pack();
    return Buffer.concat(this.#chunks.splice(0));
  }

  /** The document, or what of it was not taken yet. */
  finish(): Uint8Array {
    if (this.#open.length > 0 || !this.#hasRoot) this.#refuse('unfinished');
    this.#pack();
    return Buffer.concat(this.#chunks);
  }

  #declarations(attributes: Readonly<Record<string, string>>): string {
    const prefixes: string[] = [];
    for (const [name, uri] of Object.entries(attributes)) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      this.#prefixLengthOf(name);
      const prefix = name.slice(6);
      const outer = this.#namespaces.get(prefix);
      if (FORBIDDEN.test(uri)) this.#refuse('character');
      if (this.#namespaces.declare(prefix, uri, this.#open.length) !== undefined) this.#refuse('namespace');
      if (uri !== outer && prefix !== 'xml') prefixes.push(prefix);
    }
    return prefixes
      .sort(byCodePoint)
      .map((prefix) => {
        const value = escapeAttribute(this.#namespaces.get(prefix) ?? '');
        return ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${value}"`;
      })
      .join('');
  }

  #attributes(attributes: Readonly<Record<string, string>>): string {
    const sorted: Attribute[] = [];
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      const prefixLength = this.#prefixLengthOf(name);
      const namespace = prefixLength === 0 ? '' : this.#namespaces.get(name.slice(0, name.indexOf(':')));
      if (namespace === undefined) this.#refuse('prefix');
      if (FORBIDDEN.test(value)) this.#refuse('character');
      const localName = prefixLength === 0 ? name : name.slice(name.indexOf(':') + 1);
      sorted.push({ name, localName, namespace, value });
    }
    sorted.sort((a, b) => byCodePoint(a.namespace, b.namespace) || byCodePoint(a.localName, b.localName));
    let text = '';
    for (const [index, { name, localName, namespace, value }] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before?.localName === localName && before.namespace === namespace) this.#refuse('duplicate');
      text += ` ${name}="${escapeAttribute(value)}"`;
    }
    return text;
  }

  #checkPrefix(name: string): void {
    if (this.#prefixLengthOf(name) === 0) return;
    if (this.#namespaces.get(name.slice(0, name.indexOf(':'))) === undefined) this.#refuse('prefix');
  }

  /** Checks the name on the way; the same few names come again and again. */
  #prefixLengthOf(name: string): number {
    const known = this.#prefixLengths.get(name);
    if (known !== undefined) return known;
    const bytes = Buffer.from(`${name} `);
    const end = bytes.length - 1;
    let prefixLength: number;
    try {
      if (FORBIDDEN.test(name) || endOfName(bytes, 0, bytes.length, Number.POSITIVE_INFINITY) !== end) {
        this.#refuse('name');
      }
      prefixLength = prefixLengthOf(bytes, 0, end);
    } catch {
      this.#refuse('name');
    }
    this.#prefixLengths.set(name, prefixLength);
    return prefixLength;
  }

  #add(text: string): void {
    this.#text += text;
    if (this.#text.length > PACK) this.#pack();
  }

  #pack(): void {
    const bytes = Buffer.from(this.#text);
    this.#chunks.push(bytes);
    this.#written += bytes.length;
    this.#text = '';
  }

  #refuse(detail: string): never {
    const offset = this.#written + Buffer.byteLength(this.#text);
    throw new XmlError('XML_WRITE_INVALID', { offset, line: 1, column: 1 }, detail);
  }
}
