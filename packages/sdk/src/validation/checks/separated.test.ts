import { describe, expect, test } from 'vitest';
import { hasPart, partsOf } from './separated.ts';

describe('fields that join several values', () => {
  test('parts are trimmed and empty parts count', () => {
    expect(partsOf('')).toEqual([]);
    expect(partsOf('A')).toEqual(['A']);
    expect(partsOf('A; B;')).toEqual(['A', 'B', '']);
  });

  test('a part is found as a whole only', () => {
    expect(hasPart('I10;E11.9', 'E11.9')).toBe(true);
    expect(hasPart('I10; E11.9', 'E11.9')).toBe(true);
    expect(hasPart('I10;E11.9', 'E11')).toBe(false);
    expect(hasPart('1.10', '1.1')).toBe(false);
    expect(hasPart('E11.9', 'E11.9')).toBe(true);
  });
});
