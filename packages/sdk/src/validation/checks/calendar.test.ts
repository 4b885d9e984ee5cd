import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber, dayOf, isoOfDay, minuteNumber, parseMinute } from './calendar.ts';

const day = (date: Date): number => Number(date.toISOString().slice(0, 10).replaceAll('-', ''));

describe('calendar arithmetic', () => {
  test('differences of days agree with the platform calendar', () => {
    const anyDay = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(anyDay, anyDay, (first, second) => {
        const days =
          (Date.parse(second.toISOString().slice(0, 10)) - Date.parse(first.toISOString().slice(0, 10))) /
          86_400_000;
        expect(dayNumber(day(second)) - dayNumber(day(first))).toBe(days);
      }),
    );
  });

  test('minutes are counted across midnight and the end of February', () => {
    expect(minuteNumber(202403010005) - minuteNumber(202402282355)).toBe(24 * 60 + 10);
    expect(minuteNumber(202503010005) - minuteNumber(202502282355)).toBe(10);
  });

  test('only real dates are dates', () => {
    expect(parseMinute('20240229')).toBe(202402290000);
    expect(parseMinute('202402292359')).toBe(202402292359);
    for (const text of [
      '20250229',
      '20250230',
      '20251301',
      '20250100',
      '202501012400',
      '202501010060',
      '2025010',
      '',
    ]) {
      expect(parseMinute(text), text).toBeUndefined();
    }
  });

  test('a day is written as an ISO date', () => {
    expect(dayOf(202507010830)).toBe(20250701);
    expect(isoOfDay(20250701)).toBe('2025-07-01');
  });
});
