import type { Random } from './random.ts';

/** What a random document may contain; the differential test counts the documents that have each. */
export const features = [
  'nested-namespace',
  'default-undeclared',
  'default-namespace',
  'redundant-declaration',
  'xml-lang',
  'carriage-return',
  'cdata',
  'character-reference',
  'attribute-order',
  'non-ascii-name',
  'astral-character',
  'comment',
  'empty-element',
  'white-space-in-tag',
] as const;
export type Feature = (typeof features)[number];

export interface RandomDocument {
  readonly xml: string;
  readonly features: ReadonlySet<Feature>;
}

const LOCAL_NAMES = [
  'a',
  'b',
  'Z',
  'MA_LK',
  'x-y',
  'z.1',
  '_q',
  'đơn',
  'Hồ',
  '名',
  '𐐀x',
  'é',
  'a1',
  'A',
  'aa',
  '\uF900n',
];
const PREFIXES = ['p', 'q', 'Z', 'a', 'đ', 'ns1', '𐐀', 'é', '\uF900'];
const URIS = [
  'urn:a',
  'urn:b',
  'http://a.example/x?a=1',
  'urn:Z',
  'urn:%C4%91',
  'http://a.example/',
  'urn:a:b',
];
const TEXTS = [
  'x',
  ' ',
  '\n',
  '\t',
  'Nguyễn Thị Thử',
  '12.50',
  ']]',
  ']',
  '>',
  '"',
  "'",
  '😀',
  '𐐷',
  '\r\n',
  '\r',
  '\u0085',
  '\u2028',
  '=',
  '-',
];
const REFERENCES = [
  '&amp;',
  '&lt;',
  '&gt;',
  '&quot;',
  '&apos;',
  '&#13;',
  '&#xD;',
  '&#9;',
  '&#xA;',
  '&#x20;',
  '&#65;',
  '&#x1F600;',
  '&#0038;',
  '&#x3c;',
  '&#233;',
];

class Builder {
  readonly #random: Random;
  readonly features = new Set<Feature>();

  constructor(random: Random) {
    this.#random = random;
  }

  document(): string {
    const random = this.#random;
    let xml = '';
    if (random.chance(0.3)) xml += `<?xml version="1.0"${random.chance(0.5) ? ' encoding="utf-8"' : ''}?>`;
    if (random.chance(0.2)) xml += this.#misc();
    xml += this.#element(0, new Map([['', '']]));
    if (random.chance(0.2)) xml += this.#misc();
    return xml;
  }

  #misc(): string {
    return this.#random.chance(0.5) ? '\n ' : `${this.#comment()}\n`;
  }

  #comment(): string {
    this.features.add('comment');
    return `<!--${this.#random.pick(['', ' c ', 'đ', '&x;', '<a>', ' - '])}-->`;
  }

  #space(optional = false): string {
    if (this.#random.chance(0.9)) return optional ? '' : ' ';
    this.features.add('white-space-in-tag');
    return this.#random.pick(['  ', '\n', '\t', ' \r\n ']);
  }

  #localName(): string {
    const name = this.#random.pick(LOCAL_NAMES);
    // eslint-disable-next-line no-control-regex
    if (/[^\x00-\x7f]/.test(name)) this.features.add('non-ascii-name');
    return name;
  }

  #value(): string {
    const random = this.#random;
    let value = '';
    for (let count = random.below(4); count > 0; count--) value += this.#characters();
    return value;
  }

  #characters(): string {
    const random = this.#random;
    if (random.chance(0.3)) {
      const reference = random.pick(REFERENCES);
      if (reference.startsWith('&#')) this.features.add('character-reference');
      return reference;
    }
    const text = random.pick(TEXTS);
    if (text.includes('\r')) this.features.add('carriage-return');
    if (/[\u{10000}-\u{10ffff}]/u.test(text)) this.features.add('astral-character');
    return text;
  }

  #attribute(name: string, value: string): string {
    const equals = `${this.#space(true)}=${this.#space(true)}`;
    if (this.#random.chance(0.5)) return `${name}${equals}"${value.replaceAll('"', '&quot;')}"`;
    return `${name}${equals}'${value.replaceAll("'", '&apos;')}'`;
  }

  #element(depth: number, outer: ReadonlyMap<string, string>): string {
    const random = this.#random;
    const scope = new Map(outer);
    const parts: string[] = [];
    for (let count = random.chance(0.4) ? 1 + random.below(3) : 0; count > 0; count--) {
      const prefix = random.chance(0.4) ? '' : random.pick(PREFIXES);
      const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
      const uri = prefix === '' && random.chance(0.3) ? '' : random.pick(URIS);
      if (parts.some((part) => new RegExp(`^${name}\\s*=`).test(part))) continue;
      if (uri === '' && outer.get('') !== '') this.features.add('default-undeclared');
      if (prefix === '' && uri !== '') this.features.add('default-namespace');
      if (outer.get(prefix) === uri) this.features.add('redundant-declaration');
      if (depth > 0 && prefix !== '') this.features.add('nested-namespace');
      scope.set(prefix, uri);
      parts.push(this.#attribute(name, uri));
    }
    const prefixes = [...scope.keys()].filter((prefix) => prefix !== '');
    const seen = new Set<string>();
    for (let count = random.chance(0.5) ? 1 + random.below(4) : 0; count > 0; count--) {
      const local = this.#localName();
      const prefix = prefixes.length > 0 && random.chance(0.4) ? random.pick(prefixes) : '';
      const expanded = prefix === '' ? local : `{${scope.get(prefix)!}}${local}`;
      if (seen.has(expanded)) continue;
      seen.add(expanded);
      parts.push(this.#attribute(prefix === '' ? local : `${prefix}:${local}`, this.#value()));
    }
    if (random.chance(0.15)) {
      this.features.add('xml-lang');
      parts.push(
        this.#attribute(
          random.pick(['xml:lang', 'xml:space', 'xml:base']),
          random.pick(['vi', 'en', 'default']),
        ),
      );
    }
    if (seen.size > 1) this.features.add('attribute-order');
    for (let index = parts.length - 1; index > 0; index--) {
      const other = random.below(index + 1);
      [parts[index], parts[other]] = [parts[other]!, parts[index]!];
    }
    const prefix = prefixes.length > 0 && random.chance(0.35) ? `${random.pick(prefixes)}:` : '';
    const name = `${prefix}${this.#localName()}`;
    const head = `${name}${parts.map((part) => this.#space() + part).join('')}${this.#space(true)}`;
    if (random.chance(0.15)) {
      this.features.add('empty-element');
      return `<${head}/>`;
    }
    let content = '';
    for (let count = random.below(depth > 4 ? 2 : 5); count > 0; count--) {
      const choice = random.below(10);
      if (choice < 5) {
        const characters = this.#characters();
        content += characters === '>' && content.endsWith(']') ? '&gt;' : characters;
      } else if (choice < 8) content += depth < 6 ? this.#element(depth + 1, scope) : '';
      else if (choice === 8) content += this.#comment();
      else {
        this.features.add('cdata');
        content += `<![CDATA[${random.pick(['', 'x', '<a>&amp;', ']]', '\r\n', 'đ', ']>', '"'])}]]>`;
      }
    }
    return `<${head}>${content}</${name}${this.#space(true)}>`;
  }
}

/** A well-formed document; character data, names and namespaces are chosen to be unpleasant. */
export function randomDocument(random: Random): RandomDocument {
  const builder = new Builder(random);
  return { xml: builder.document(), features: builder.features };
}
