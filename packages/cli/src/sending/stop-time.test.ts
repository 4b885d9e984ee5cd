import { expect, test } from 'vitest';
import { stopTime } from './stop-time.ts';

const evening = new Date('2026-11-21T15:30:00Z'); // 22:30 in Vietnam

test('an hour later today is today, in Vietnamese time', () => {
  expect(stopTime('23:15', evening).toISOString()).toBe('2026-11-21T16:15:00.000Z');
});

test('an hour that has passed is tomorrow', () => {
  expect(stopTime('06:00', evening).toISOString()).toBe('2026-11-21T23:00:00.000Z');
  expect(stopTime('22:30', evening).toISOString()).toBe('2026-11-22T15:30:00.000Z');
});

test('a date and time is Vietnamese unless it names its zone', () => {
  expect(stopTime('2026-12-31T23:59', evening).toISOString()).toBe('2026-12-31T16:59:00.000Z');
  expect(stopTime('2028-02-29 00:00:30', evening).toISOString()).toBe('2028-02-28T17:00:30.000Z');
  expect(stopTime('2026-12-31T23:59Z', evening).toISOString()).toBe('2026-12-31T23:59:00.000Z');
});

test.each(['24:00', '6:00', 'tomorrow', '2026-13-01T00:00', '2026-12-31'])('%s is refused', (text) => {
  expect(() => stopTime(text, evening)).toThrow(expect.objectContaining({ code: 'ERR_OPTION_INVALID' }));
});
