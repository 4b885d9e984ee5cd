import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalText, parseThousandths } from './thousandths.ts';

it('is exact both ways', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (value) => {
      expect(parseThousandths(decimalText(value))).toBe(value);
    }),
  );
  expect(['1250.50', '0.1', '-0.125', '007'].map((text) => decimalText(parseThousandths(text)!))).toEqual([
    '1250.5',
    '0.1',
    '-0.125',
    '7',
  ]);
});

it('reads nothing from what is not a plain decimal', () => {
  for (const text of [undefined, '', ' 1', '1e3', '1,000', '+1', '.5', '1.', '0.1234', 'NaN', '１']) {
    expect(parseThousandths(text)).toBeUndefined();
  }
});
