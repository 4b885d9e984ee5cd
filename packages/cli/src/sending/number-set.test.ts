import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNumberSet } from './number-set.ts';

test('holds what was added and nothing else', () => {
  const near = fc.integer({ min: 0, max: 200 });
  const edges = fc.integer({ min: 65_500, max: 65_600 });
  const far = fc.maxSafeNat();
  fc.assert(
    fc.property(fc.array(fc.oneof(near, edges, far)), fc.oneof(near, edges, far), (numbers, other) => {
      const set = createNumberSet();
      for (const number of numbers) set.add(number);
      const expected = new Set(numbers);
      for (const number of [...numbers, other, other + 1, other + 8])
        expect(set.has(number)).toBe(expected.has(number));
    }),
    { numRuns: 1_000 },
  );
});
