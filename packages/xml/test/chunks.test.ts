import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { XmlNames } from '../src/index.ts';
import { eventsInChunks, eventsOf } from './events.ts';
import { mutate } from './fuzz/mutate.ts';
import { randomDocument } from './random-document.ts';
import { Random } from './random.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 });

function cycle(items: readonly number[]): () => number {
  let next = 0;
  return () => items[next++ % items.length]!;
}

describe('a document in chunks', () => {
  it('gives the same events as the whole document, for every division', () => {
    fc.assert(
      fc.property(fc.integer(), sizes, (seed, chunkSizes) => {
        const bytes = Buffer.from(randomDocument(new Random(seed)).xml);
        expect(eventsInChunks(bytes, cycle(chunkSizes))).toEqual(eventsOf(bytes));
      }),
      { numRuns: 1500, seed: 1 },
    );
  });

  it('gives the same error at the same place, for every division and under small limits', () => {
    const limits = [
      {},
      { depth: 2 },
      { attributes: 2 },
      { nameBytes: 5 },
      { textBytes: 6 },
      { elements: 3 },
      { bytes: 100 },
      { depth: 4, attributes: 3, nameBytes: 8, textBytes: 12, elements: 9, bytes: 400 },
    ];
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.integer(), sizes, fc.constantFrom(...limits), (seed, chunkSizes, limit) => {
        const random = new Random(seed);
        const bytes = mutate(random, Buffer.from(randomDocument(random).xml));
        const options = { limits: limit, idAttributes: true };
        const whole = eventsOf(bytes, options);
        expect(eventsInChunks(bytes, cycle(chunkSizes), options)).toEqual(whole);
        if (whole.at(-1)!.startsWith('error')) seen.add(whole.at(-1)!.split(' ')[1]!);
      }),
      { numRuns: 4000, seed: 2 },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'XML_DEPTH',
        'XML_ATTRIBUTE_COUNT',
        'XML_NAME_LENGTH',
        'XML_TEXT_LENGTH',
        'XML_ELEMENT_COUNT',
        'XML_SIZE',
      ]),
    );
  }, 60_000);

  it('does not depend on what a shared table of names has learnt', () => {
    const names = new XmlNames(['MA_LK', 'a', 'p:b']);
    const random = new Random(5);
    for (let round = 0; round < 500; round++) {
      const bytes = mutate(random, Buffer.from(randomDocument(random).xml));
      expect(eventsOf(bytes, { names })).toEqual(eventsOf(bytes));
    }
  });

  it('stays the same beyond the number of names that a table holds', () => {
    const many = Array.from({ length: 9000 }, (_, index) => `<n${index}><đ${index}/></n${index}>`).join('');
    const bytes = Buffer.from(`<a>${many}${many}</a>`);
    const whole = eventsOf(bytes);
    expect(whole.at(-1)).toMatch(/^end a /);
    const random = new Random(6);
    const pieces = eventsInChunks(bytes, () => 1 + random.below(5000));
    expect(pieces.at(-1)).toBe(whole.at(-1));
    expect(pieces.join() === whole.join()).toBe(true);
    expect(eventsOf(Buffer.from(`<a>${many}<n8999></n8998></a>`)).at(-1)).toMatch(
      /XML_NOT_WELL_FORMED.*end-tag/,
    );
  });
});

describe('long character data', () => {
  it('is searched to the right place at every alignment and length', () => {
    const specials = ['&lt;', ']', '>', '\r', '\uffff', '\x01', 'đ', ']]>', '\uf900', '<b/>', ''];
    const random = new Random(8);
    for (let round = 0; round < 3000; round++) {
      const before = 'x'.repeat(random.below(140));
      const after = (random.chance(0.5) ? 'y' : 'đ').repeat(random.below(140));
      const special = random.pick(specials);
      const text = `<a>${before}${special}${after}</a>`;
      const shifted = Buffer.concat([Buffer.alloc(random.below(4)), Buffer.from(text)]);
      const bytes = shifted.subarray(shifted.length - Buffer.byteLength(text));
      const whole = eventsOf(bytes);
      expect(eventsInChunks(bytes, () => 1 + random.below(7))).toEqual(whole);
      const joined = whole.join('\n');
      const isRefused = special === '\uffff' || special === '\x01' || special === ']]>';
      expect(joined.includes('error XML_')).toBe(isRefused);
      if (!isRefused && before !== '') expect(joined).toContain(`text 3 `);
      if (special === 'đ' || special === '') {
        const characters = JSON.stringify(`${before}${special}${after}`);
        if (characters !== '""') expect(joined).toContain(` 0 ${characters}`);
      }
    }
  });
});
