import { expect, it } from 'vitest';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { allowedUploadBytes } from './size-window.ts';
import { compactTime, isoDay, slashDay, startOfDay } from './vietnam-time.ts';

it('writes the time of Vietnam whatever the zone of the machine', () => {
  expect(compactTime(new Date('2026-12-31T17:00:01Z'))).toBe('20270101000001');
  expect(isoDay(new Date('2026-12-31T16:59:59Z'))).toBe('2026-12-31');
  expect(startOfDay('2027-01-01').toISOString()).toBe('2026-12-31T17:00:00.000Z');
});

it('shows as much of a birth date as is known', () => {
  expect(['19900115', '19900100', '19900000', null].map((day) => slashDay(day))).toEqual([
    '15/01/1990',
    '01/1990',
    '1990',
    null,
  ]);
});

it('allows 20 MB from 8 to 11 and from 14 to 19 on working days, 100 MB otherwise', () => {
  const { limits } = openSpecifications();
  const megabytes = (moment: string): number =>
    allowedUploadBytes(limits, new Date(`${moment}+07:00`)) / 1_048_576;
  expect(
    [
      '2026-11-20T07:59',
      '2026-11-20T08:00',
      '2026-11-20T10:59',
      '2026-11-20T11:00',
      '2026-11-20T14:00',
      '2026-11-20T19:00',
    ].map(megabytes),
  ).toEqual([100, 20, 20, 100, 20, 100]);
  expect(['2026-11-21T09:00', '2026-11-22T09:00', '2026-11-23T09:00'].map(megabytes)).toEqual([100, 100, 20]);
});
