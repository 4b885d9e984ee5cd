import { expect, test } from 'vitest';
import { dateOption, numberOption } from './number-option.ts';

const bounds = { least: 0, most: 1 };

test('numbers within their bounds are taken, others are refused with the bounds', () => {
  expect(numberOption({ defects: '0.2' }, 'defects', 'x', bounds)).toBe(0.2);
  expect(numberOption({}, 'defects', 'x', bounds)).toBeUndefined();
  for (const value of ['2', '-1', 'NaN', '1e0', '', 'many']) {
    expect(() => numberOption({ defects: value }, 'defects', 'x', bounds)).toThrow(/--defects/);
  }
});

test('a date must be a real day', () => {
  expect(dateOption({ on: '2024-02-29' }, 'on', 'x')).toBe('2024-02-29');
  for (const value of ['2025-02-29', '2025-13-01', '01/02/2025', '20250101']) {
    expect(() => dateOption({ on: value }, 'on', 'x')).toThrow(/--on/);
  }
});
