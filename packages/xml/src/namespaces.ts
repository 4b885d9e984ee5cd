export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/**
 * The exclusive form writes a declaration again at every element that needs it, so a long one would multiply a small
 * document. Namespaces of record are shorter than 100 characters.
 */
const LONGEST_URI = 512;

interface Undo {
  readonly prefix: string;
  readonly uri: string | undefined;
  readonly level: number;
}

/** Values by prefix that are taken back level by level, with constant cost per look-up however many there are. */
export class ScopedPrefixes {
  /** The value of the prefix ''. */
  defaultUri = '';
  readonly #uris = new Map<string, string>().set('', '');
  readonly #undo: Undo[] = [];

  get(prefix: string): string | undefined {
    return this.#uris.get(prefix);
  }

  entries(): IterableIterator<[prefix: string, uri: string]> {
    return this.#uris.entries();
  }

  set(prefix: string, uri: string, level: number): void {
    this.#undo.push({ prefix, uri: this.#uris.get(prefix), level });
    this.#uris.set(prefix, uri);
    if (prefix === '') this.defaultUri = uri;
  }

  /** Takes back what was set at `level` and inside it; returns the innermost level that still has set something. */
  leave(level: number): number {
    for (let last = this.#undo.at(-1); last !== undefined; last = this.#undo.at(-1)) {
      if (last.level < level) return last.level;
      this.#undo.pop();
      if (last.uri === undefined) this.#uris.delete(last.prefix);
      else this.#uris.set(last.prefix, last.uri);
      if (last.prefix === '') this.defaultUri = last.uri ?? '';
    }
    return 0;
  }
}

/** The namespaces in scope in a document. */
export class NamespaceScope extends ScopedPrefixes {
  constructor() {
    super();
    this.set('xml', XML_NAMESPACE, 0);
  }

  /** Returns the rule that the declaration breaks, or nothing. */
  declare(prefix: string, uri: string, level: number): string | undefined {
    if (prefix === 'xmlns') return 'xmlns-declared';
    if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) return 'xml-prefix';
    if (uri.length > LONGEST_URI) return 'uri-length';
    if (uri === XMLNS_NAMESPACE) return 'xmlns-uri';
    if (prefix !== '' && uri === '') return 'prefix-undeclared';
    this.set(prefix, uri, level);
    return undefined;
  }
}
