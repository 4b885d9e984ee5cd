import { XmlDocument } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { canonicalize, indexElements, type CanonicalFormOptions } from '../src/index.ts';
import { features, randomDocument, type Feature } from './random-document.ts';
import { Random } from './random.ts';

/*
 * libxml2 leaves `&` in namespace URIs unescaped (its output is not well-formed then) and refuses non-ASCII ones, so the
 * random documents have neither; canonical-form.test.ts holds them.
 */

const LIBXML2_MODE = { inclusive: 0, exclusive: 1 } as const;

const LEAST: Readonly<Record<Feature, number>> = {
  'nested-namespace': 2500,
  'default-undeclared': 200,
  'default-namespace': 3000,
  'redundant-declaration': 1500,
  'xml-lang': 2500,
  'carriage-return': 3000,
  cdata: 2500,
  'character-reference': 5000,
  'attribute-order': 5000,
  'non-ascii-name': 8000,
  'astral-character': 3000,
  comment: 4000,
  'empty-element': 3000,
  'white-space-in-tag': 7000,
};

function canonical(bytes: Uint8Array, options: Omit<CanonicalFormOptions, 'sink'>): string {
  const chunks: Buffer[] = [];
  canonicalize(bytes, { ...options, sink: (chunk) => chunks.push(Buffer.from(chunk)) });
  return Buffer.concat(chunks).toString();
}

describe('canonical form beside libxml2', () => {
  it('is the same for more than 10,000 distinct random documents, inclusive and exclusive', () => {
    const random = new Random(20261121);
    const distinct = new Set<string>();
    const counts = new Map<Feature, number>(features.map((feature) => [feature, 0]));
    const differences: string[] = [];
    while (distinct.size < 12_000) {
      const { xml, features: present } = randomDocument(random);
      if (distinct.has(xml)) continue;
      distinct.add(xml);
      for (const feature of present) counts.set(feature, counts.get(feature)! + 1);
      using document = XmlDocument.fromString(xml);
      for (const mode of ['inclusive', 'exclusive'] as const) {
        const theirs = document.canonicalizeToString({ mode: LIBXML2_MODE[mode] });
        const ours = canonical(Buffer.from(xml), { mode });
        if (ours !== theirs) differences.push(`${mode}: ${xml}\nours:   ${ours}\ntheirs: ${theirs}`);
      }
    }
    expect(differences.slice(0, 3)).toEqual([]);
    const tooFew = features.filter((feature) => counts.get(feature)! < LEAST[feature]);
    expect(tooFew, JSON.stringify([...counts])).toEqual([]);
  }, 60_000);

  it('is the same for subtrees, with inherited namespaces, xml: attributes and prefix lists', () => {
    const random = new Random(7);
    const lists = [[], ['p'], ['p', 'q', '#default'], ['ns1', 'Z', 'a'], ['xml', '𐐀', 'đ']];
    const differences: string[] = [];
    let compared = 0;
    let inheriting = 0;
    while (compared < 6000) {
      const { xml, features: present } = randomDocument(random);
      const bytes = Buffer.from(xml);
      const index = indexElements(bytes);
      if (index.count < 2) continue;
      if (present.has('xml-lang')) inheriting++;
      using document = XmlDocument.fromString(xml);
      const elements = document.find('//*');
      expect(elements.length).toBe(index.count);
      const place = 1 + random.below(index.count - 1);
      const inclusiveNamespaces = random.pick(lists);
      const theirElement = elements[place]!;
      for (const mode of ['inclusive', 'exclusive'] as const) {
        const theirs = theirElement.canonicalizeToString(
          mode === 'inclusive'
            ? { mode: LIBXML2_MODE.inclusive }
            : { mode: LIBXML2_MODE.exclusive, inclusiveNamespacePrefixes: [...inclusiveNamespaces] },
        );
        const ours = canonical(bytes, { mode, inclusiveNamespaces, range: index.element(place).outer });
        if (ours !== theirs)
          differences.push(`${mode} ${place} of ${xml}\nours:   ${ours}\ntheirs: ${theirs}`);
        compared++;
      }
    }
    expect(differences.slice(0, 3)).toEqual([]);
    expect(inheriting).toBeGreaterThan(500);
  }, 60_000);
});
