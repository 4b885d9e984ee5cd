import { expect, test } from 'vitest';
import { duration, progressLine } from './progress.ts';

test('a line of progress tells count, rate and the time left', () => {
  const line = progressLine({
    label: 'validate',
    unit: 'files',
    total: 100,
    done: 25,
    elapsed: 5000,
    beside: '2 invalid',
  });
  expect(line).toBe('validate 25/100 files · 5/s · ETA 15s · 2 invalid');
});

test('nothing is divided by zero at the start', () => {
  expect(progressLine({ label: 'x', unit: 'y', total: 3, done: 0, elapsed: 0, beside: '' })).toBe(
    'x 0/3 y · 0/s',
  );
});

test('long times are told in hours and minutes', () => {
  expect(duration(3725)).toBe('1h02m');
  expect(duration(185)).toBe('3m05s');
  expect(duration(0.2)).toBe('1s');
});
