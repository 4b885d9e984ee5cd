import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatThousandths, roundedProduct } from './decimal.ts';

/** The same product over arbitrary precision. */
function reference(factors: readonly number[], percents: number): bigint {
  const product = factors.reduce((all, factor) => all * BigInt(factor), 1n);
  const divisor = 10n ** BigInt(factors.length * 3 + percents * 2 - 2);
  const magnitude = product < 0n ? -product : product;
  const rounded = magnitude / divisor + ((magnitude % divisor) * 2n >= divisor ? 1n : 0n);
  return (product < 0n ? -rounded : rounded) * 10n;
}

describe('exact decimals', () => {
  test('a product is rounded half up to two decimals', () => {
    expect(roundedProduct([1_005, 1_000], 2, 0)).toBe(1_010);
    expect(roundedProduct([12_345, 100_000], 2, 1)).toBe(12_350);
    expect(roundedProduct([333, 50_000], 2, 1)).toBe(170);
  });

  test('a product of lines never differs from arbitrary precision', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 2 }),
        (factors, wanted) => {
          const percents = Math.min(wanted, factors.length);
          const expected = reference(factors, percents);
          const actual = roundedProduct(factors, factors.length, percents);
          const fits =
            expected >= BigInt(Number.MIN_SAFE_INTEGER) && expected <= BigInt(Number.MAX_SAFE_INTEGER);
          // A product beyond the safe integers is refused, never rounded.
          expect(actual === undefined ? 'refused' : BigInt(actual)).toEqual(fits ? expected : 'refused');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('thousandths are written without trailing zeros', () => {
    expect([0, 12_500, -1_005, 1_000_000, 10].map(formatThousandths)).toEqual([
      '0',
      '12.5',
      '-1.005',
      '1000',
      '0.01',
    ]);
  });
});
