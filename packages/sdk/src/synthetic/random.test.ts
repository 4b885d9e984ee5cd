import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';

describe('random', () => {
  test('the same seeds give the same stream and others another', () => {
    const draw = (...seeds: number[]): number[] => {
      const random = createRandom(...seeds);
      return Array.from({ length: 20 }, () => random.bits());
    };
    expect(draw(7, 1)).toEqual(draw(7, 1));
    const streams = [draw(7, 1), draw(7, 2), draw(1, 7), draw(8, 1), draw(7), draw(7, 1, 0)].map(String);
    expect(new Set(streams).size).toBe(streams.length);
  });

  test('a published stream never changes, since corpora are named by their seed', () => {
    const random = createRandom(42);
    expect([random.bits(), random.bits(), random.between(1, 6), random.perMille(500)]).toEqual([
      3_002_903_445,
      2_417_132_886,
      4,
      false,
    ]);
  });

  test('values are spread evenly over their range', () => {
    const random = createRandom(3);
    const counts = Array.from({ length: 7 }, () => 0);
    const draws = 70_000;
    for (let i = 0; i < draws; i++) counts[random.between(0, 6)]! += 1;
    for (const count of counts) expect(Math.abs(count - draws / 7)).toBeLessThan(500);
  });

  test('neighbouring seeds are not correlated in their first value', () => {
    let sum = 0;
    const seeds = 20_000;
    for (let seed = 0; seed < seeds; seed++) sum += createRandom(seed).bits() / 2 ** 32;
    expect(Math.abs(sum / seeds - 0.5)).toBeLessThan(0.01);
  });

  test('weights decide how often something is picked, and a shuffle keeps every element', () => {
    const random = createRandom(5);
    const picked = Array.from({ length: 10_000 }, () =>
      random.weighted(['a', 'b'], (name) => (name === 'a' ? 9 : 1)),
    );
    expect(Math.abs(picked.filter((name) => name === 'b').length - 1000)).toBeLessThan(150);
    const list = Array.from({ length: 50 }, (_, index) => index);
    expect(random.shuffled(list).toSorted((a, b) => a - b)).toEqual(list);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
