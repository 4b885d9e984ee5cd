export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/**
 * The exclusive form writes a declaration again at every element that needs it, so a long one would multiply a small
 * document. Namespaces of record are shorter than 100 characters.
 */
const LONGEST_URI = 512;

/** The prefixes in scope, with constant cost per look-up however many are declared. */
export class NamespaceScope {
  readonly #uris = new Map<string, string>([
    ['', ''],
    ['xml', XML_NAMESPACE],
  ]);
  readonly #undo: { prefix: string; uri: string | undefined; level: number }[] = [];

  /** `undefined` when the prefix is not declared; '' is "no namespace". */
  uriOf(prefix: string): string | undefined {
    return this.#uris.get(prefix);
  }

  entries(): IterableIterator<[prefix: string, uri: string]> {
    return this.#uris.entries();
  }

  /** Returns the rule that the declaration breaks, or nothing. */
  declare(prefix: string, uri: string, level: number): string | undefined {
    if (prefix === 'xmlns') return 'xmlns-declared';
    if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) return 'xml-prefix';
    if (uri.length > LONGEST_URI) return 'uri-length';
    if (uri === XMLNS_NAMESPACE) return 'xmlns-uri';
    if (prefix !== '' && uri === '') return 'prefix-undeclared';
    this.#undo.push({ prefix, uri: this.#uris.get(prefix), level });
    this.#uris.set(prefix, uri);
    return undefined;
  }

  /** Forgets what elements at `level` and below it declared; returns the innermost level that still declares something. */
  leave(level: number): number {
    for (let last = this.#undo.at(-1); last !== undefined && last.level >= level; last = this.#undo.at(-1)) {
      this.#undo.pop();
      if (last.uri === undefined) this.#uris.delete(last.prefix);
      else this.#uris.set(last.prefix, last.uri);
    }
    return this.#undo.at(-1)?.level ?? 0;
  }
}
