import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';
import { ContentArena } from './content-arena.ts';

const arena = new ContentArena();
const decode = (text: string): ReturnType<typeof decodeBase64> => {
  arena.reset();
  const bytes = Buffer.from(text, 'latin1');
  return decodeBase64(bytes, 0, bytes.length, arena);
};

describe('decodeBase64', () => {
  it('gives back what was encoded, with and without line breaks', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', '\n', '\r\n', ' \t'),
        (bytes, gap) => {
          const text = Buffer.from(bytes)
            .toString('base64')
            .replaceAll(/.{8}(?=.)/gu, `$&${gap}`);
          const result = decode(`${gap}${text}${gap}`);
          if ('problem' in result) throw new Error(result.problem);
          expect(Buffer.compare(result.bytes, Buffer.from(bytes))).toBe(0);
          expect(result.hasLineBreaks).toBe(gap !== '' && text.includes(gap));
        },
      ),
      { seed: 1 },
    );
  });

  it('accepts exactly the text that encoding its result gives', () => {
    const letter = fc.constantFrom(...'AQZaz09+/=-_ .\u00e9');
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 12 }), (text) => {
        const result = decode(text);
        const joined = text.replaceAll(/[ \t\r\n]/gu, '');
        const isCanonical = Buffer.from(joined, 'base64').toString('base64') === joined;
        expect('problem' in result).toBe(!isCanonical);
      }),
      { seed: 2, numRuns: 20_000 },
    );
  });

  it.each([
    ['YWI', 'padding'],
    ['YWI==', 'padding'],
    ['YW=I', 'padding'],
    ['YWJ=', 'trailing-bits'],
    ['YR==', 'trailing-bits'],
    ['a-_b', 'alphabet'],
    ['a.bc', 'alphabet'],
  ])('says why %s is refused', (text, problem) => {
    expect(decode(text)).toEqual({ problem });
  });
});

describe('ContentArena', () => {
  it('keeps ranges apart, and uses its memory again', () => {
    const memory = new ContentArena();
    const first = memory.take(10).fill(1);
    const second = memory.shrink(memory.take(20).fill(2), 5);
    const third = memory.take(5_000_000).fill(3);
    expect([...first]).toEqual(Array.from({ length: 10 }, () => 1));
    expect([...second]).toEqual([2, 2, 2, 2, 2]);
    expect(third.every((byte) => byte === 3)).toBe(true);
    memory.reset();
    expect(memory.take(10).buffer).toBe(first.buffer);
  });
});
