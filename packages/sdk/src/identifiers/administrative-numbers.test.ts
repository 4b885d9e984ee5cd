import { expect, test } from 'vitest';
import { parseAgencyCode, parseDossierNumber, parseHouseholdCode, parseUnitCode } from './index.ts';

test('a dossier number is its running number, its year and its agency', () => {
  expect(parseDossierNumber('00123/2026/09901')).toEqual({
    ok: true,
    value: { text: '00123/2026/09901', running: 123, year: 2026, agency: '09901' },
  });
  for (const text of [
    '123/2026/09901',
    '00123/26/09901',
    '00123/2026/099',
    '00123-2026-09901',
    ' 00123/2026/09901',
  ])
    expect(parseDossierNumber(text)).toMatchObject({ ok: false, code: 'DOSSIER_NUMBER_SHAPE' });
  expect(parseDossierNumber('00000/2026/09901')).toMatchObject({ code: 'DOSSIER_NUMBER_ZERO' });
});

test('an agency is of a province or an office where its shape says so, and any other number where it does not', () => {
  expect(parseAgencyCode('0003')).toMatchObject({ value: { kind: 'other' } });
  expect(parseAgencyCode('099')).toMatchObject({ value: { kind: 'province' } });
  expect(parseAgencyCode('09901')).toMatchObject({ value: { kind: 'office' } });
  expect(parseAgencyCode('9901')).toMatchObject({ value: { kind: 'other' } });
  expect(parseAgencyCode('')).toMatchObject({ code: 'AGENCY_CHARSET' });
  expect(parseAgencyCode('09９01')).toMatchObject({ code: 'AGENCY_CHARSET' });
});

test('unit and household codes have a shape and nothing more', () => {
  expect(parseUnitCode('ZZ0001A').ok).toBe(true);
  expect(parseUnitCode('zz0001').ok).toBe(false);
  expect(parseUnitCode('').ok).toBe(false);
  expect(parseHouseholdCode('9900000001')).toMatchObject({ value: { isUsual: true } });
  expect(parseHouseholdCode('990000001')).toMatchObject({ value: { isUsual: false } });
  expect(parseHouseholdCode('99 1')).toMatchObject({ code: 'HOUSEHOLD_CODE_SHAPE' });
});
