import { expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { uploadWindow } from './size-window.ts';

const { gateway } = openSpecifications().limits;
const megabyte = 1024 * 1024;
// Friday, 20 November 2026, in Vietnam.
const at = (time: string, date = '2026-11-20'): Date => new Date(`${date}T${time}:00+07:00`);

it('takes small files at any time and files beyond the larger limit never', () => {
  expect(uploadWindow(gateway, 15 * megabyte, at('09:00'))).toBe('open');
  expect(uploadWindow(gateway, 75 * megabyte, at('20:00'))).toBe('open');
  expect(uploadWindow(gateway, 75 * megabyte + 3, at('20:00'))).toBe('never');
});

it('measures the base64 field, not the file', () => {
  expect(uploadWindow(gateway, 15 * megabyte + 3, at('09:00'))).toEqual(at('11:00'));
});

it('lets large files wait for the end of office hours of a working day', () => {
  const large = 50 * megabyte;
  expect(uploadWindow(gateway, large, at('07:59'))).toBe('open');
  expect(uploadWindow(gateway, large, at('08:00'))).toEqual(at('11:00'));
  expect(uploadWindow(gateway, large, at('11:00'))).toBe('open');
  expect(uploadWindow(gateway, large, at('18:59'))).toEqual(at('19:00'));
  expect(uploadWindow(gateway, large, at('09:00', '2026-11-21'))).toBe('open');
  expect(uploadWindow(gateway, large, at('09:00', '2026-11-23'))).toEqual(at('11:00', '2026-11-23'));
});
