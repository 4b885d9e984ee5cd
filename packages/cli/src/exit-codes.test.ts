import { expect, test } from 'vitest';
import { exitCodeOf, mostSerious } from './exit-codes.ts';

test('a mixed run exits with its most serious class', () => {
  expect(mostSerious([0, 1, 9])).toBe(9);
  expect(mostSerious([1, 6, 7, 5])).toBe(7);
  expect(mostSerious([7, 130])).toBe(130);
  expect(mostSerious([130, 70])).toBe(70);
  expect(mostSerious([])).toBe(0);
});

test('every category has its code', () => {
  expect(exitCodeOf('auth')).toBe(4);
  expect(exitCodeOf('unknown-outcome')).toBe(7);
  expect(exitCodeOf('internal')).toBe(70);
});
