import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideRounded, formatDecimal, parseDecimal } from './exact-decimal.ts';

describe('exact decimals', () => {
  test('text and scaled value go back and forth without loss', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
        fc.integer({ min: 0, max: 6 }),
        (value, places) => {
          expect(parseDecimal(formatDecimal(value, places), places)).toBe(value);
        },
      ),
    );
  });

  test.each(['', '1,000', '1.', '.5', '1e3', '+1', '1 000', '٣', '1.2345', '--1'])(
    '"%s" is no decimal of three places',
    (text) => {
      expect(parseDecimal(text, 3)).toBeUndefined();
    },
  );

  test('zeros at the end do not count as places, and the shortest text is written', () => {
    expect(parseDecimal('1.5000', 1)).toBe(15n);
    expect(formatDecimal(1500n, 3)).toBe('1.5');
    expect(formatDecimal(-5n, 3)).toBe('-0.005');
    expect(formatDecimal(0n, 2)).toBe('0');
  });

  test('division rounds half away from zero', () => {
    expect([5n, 4n, -5n, -4n, 15n].map((value) => divideRounded(value, 10n))).toEqual([1n, 0n, -1n, 0n, 2n]);
  });
});
