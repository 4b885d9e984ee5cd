import { XmlError } from './errors.ts';

const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}._-]*(?::[\p{L}_][\p{L}\p{M}\p{N}._-]*)?$/u;
/** With the `u` flag a surrogate that is one of a pair is no match of its own. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Writes canonical XML from the start: no declaration, sorted attributes, no empty-element tags. */
export class XmlWriter {
  #parts: string[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  #pending = 0;
  readonly #open: string[] = [];
  #hasRoot = false;

  start(name: string, attributes?: Readonly<Record<string, string>>): this {
    if (this.#open.length === 0 && this.#hasRoot) this.#refuse('second-root');
    this.#hasRoot = true;
    this.#checkName(name);
    this.#open.push(name);
    this.#add(attributes === undefined ? `<${name}>` : `<${name}${this.#attributes(attributes)}>`);
    return this;
  }

  text(value: string): this {
    if (this.#open.length === 0) this.#refuse('text-outside-root');
    this.#checkText(value);
    this.#add(
      value.replace(/[&<>\r]/g, (character) =>
        character === '&' ? '&amp;' : character === '<' ? '&lt;' : character === '>' ? '&gt;' : '&#xD;',
      ),
    );
    return this;
  }

  empty(name: string, attributes?: Readonly<Record<string, string>>): this {
    return this.start(name, attributes).end();
  }

  end(): this {
    const name = this.#open.pop();
    if (name === undefined) this.#refuse('end-without-start');
    this.#add(`</${name}>`);
    return this;
  }

  finish(): Uint8Array {
    if (this.#open.length > 0 || !this.#hasRoot) this.#refuse('unfinished');
    this.#pack();
    return Buffer.concat(this.#chunks);
  }

  #attributes(attributes: Readonly<Record<string, string>>): string {
    const names = Object.keys(attributes).sort((a, b) => {
      const rank = (name: string): number => (name === 'xmlns' ? 0 : name.startsWith('xmlns:') ? 1 : 2);
      return rank(a) - rank(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));
    });
    return names
      .map((name) => {
        this.#checkName(name);
        const value = attributes[name]!;
        this.#checkText(value);
        const escaped = value
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('"', '&quot;')
          .replaceAll('\t', '&#x9;')
          .replaceAll('\n', '&#xA;')
          .replaceAll('\r', '&#xD;');
        return ` ${name}="${escaped}"`;
      })
      .join('');
  }

  #add(text: string): void {
    this.#parts.push(text);
    this.#pending += text.length;
    if (this.#pending > 65_536) this.#pack();
  }

  #pack(): void {
    const bytes = Buffer.from(this.#parts.join(''));
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    this.#parts = [];
    this.#pending = 0;
  }

  #checkName(name: string): void {
    if (!NAME.test(name)) this.#refuse('name');
  }

  #checkText(value: string): void {
    if (FORBIDDEN.test(value)) this.#refuse('character');
  }

  #refuse(detail: string): never {
    throw new XmlError(
      'XML_WRITE_INVALID',
      { offset: this.#length + this.#pending, line: 1, column: 1 },
      detail,
    );
  }
}
