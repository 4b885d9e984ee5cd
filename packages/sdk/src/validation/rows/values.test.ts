import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysInMonth, isoDateOfMinute, isPartialDate, parseMinute } from './calendar.ts';
import { decimalPlaces, parseThousandths } from './decimal.ts';
import { LineCounter } from './line-column.ts';
import { shortText } from './short-text.ts';
import { toAscii, unusualCharacters } from './unusual-characters.ts';

const whole = <T>(read: (bytes: Buffer, start: number, end: number) => T, text: string): T => {
  const bytes = Buffer.from(`x${text}x`);
  return read(bytes, 1, bytes.length - 1);
};

describe('parseThousandths', () => {
  it.each([
    ['0', 0],
    ['007', 7000],
    ['12.5', 12_500],
    ['12.05', 12_050],
    ['12.005', 12_005],
    ['-3.25', -3250],
    ['9007199254740.991', 9_007_199_254_740_991],
  ])('reads %s', (text, value) => {
    expect(whole(parseThousandths, text)).toBe(value);
  });

  it.each([
    '',
    '-',
    '.',
    '.5',
    '5.',
    '1.2345',
    '1e3',
    '1,000',
    '-0',
    '-0.000',
    'NaN',
    '+1',
    '1 ',
    '12345678901234567890',
    '9007199254740.992',
    '１',
  ])('refuses "%s"', (text) => {
    expect(whole(parseThousandths, text)).toBeNaN();
  });

  it('agrees with exact integer arithmetic', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 3 }), (scaled, places) => {
        fc.pre(scaled !== 0);
        const digits = String(Math.abs(scaled)).padStart(places + 1, '0');
        const text = `${scaled < 0 ? '-' : ''}${digits.slice(0, digits.length - places)}${places === 0 ? '' : `.${digits.slice(-places)}`}`;
        expect(whole(parseThousandths, text)).toBe(scaled * 10 ** (3 - places));
        expect(whole(decimalPlaces, text)).toBe(places);
      }),
      { seed: 3 },
    );
  });
});

describe('parseMinute', () => {
  it.each([
    ['20240229', 202402290000],
    ['202503010830', 202503010830],
    ['20250301083059', 202503010830],
  ])('reads %s', (text, value) => {
    expect(whole(parseMinute, text)).toBe(value);
  });

  it.each([
    '20250230',
    '20230229',
    '202513010000',
    '202503012400',
    '202503010060',
    '20250301083060',
    '2025030',
    'abcdefgh',
    '00000000',
    '',
  ])('refuses %s', (text) => {
    expect(whole(parseMinute, text)).toBeNaN();
  });

  it('knows the lengths of months', () => {
    expect([2000, 1900, 2024, 2025].map((year) => daysInMonth(year, 2))).toEqual([29, 28, 29, 28]);
    expect(daysInMonth(2025, 13)).toBe(0);
    expect(isoDateOfMinute(202503010830)).toBe('2025-03-01');
  });

  it('lets unknown parts of a birth date be zeros, from the month down', () => {
    for (const text of ['195900000000', '195905000000', '195905310000', '19590000', '195905312359']) {
      expect(whole(isPartialDate, text)).toBe(true);
    }
    for (const text of ['195900310000', '195902300000', '195905312400', '1959', '00000000', '19591301']) {
      expect(whole(isPartialDate, text)).toBe(false);
    }
  });
});

describe('positions and characters', () => {
  it('counts lines and code points, also backwards', () => {
    const bytes = Buffer.from('aé\n😀b\r\nc');
    const lines = new LineCounter(bytes);
    expect(lines.at(bytes.indexOf('b'))).toEqual({ line: 2, column: 2 });
    expect(lines.at(bytes.indexOf('c'))).toEqual({ line: 3, column: 1 });
    expect(lines.at(1)).toEqual({ line: 1, column: 2 });
  });

  it('finds full-width forms, combining marks and invisible characters', () => {
    const found = (text: string): unknown => unusualCharacters(Buffer.from(text), 0, Buffer.byteLength(text));
    expect(found('Nguyễn Văn Đức')).toEqual({ fullWidth: false, decomposed: false, invisible: false });
    expect(found('１２')).toMatchObject({ fullWidth: true });
    expect(found('ễ'.normalize('NFD'))).toMatchObject({ decomposed: true });
    expect(found('a\u200Bb')).toMatchObject({ invisible: true });
    expect(found('a\u202Eb')).toMatchObject({ invisible: true });
    expect(found('“quoted” – text…')).toEqual({ fullWidth: false, decomposed: false, invisible: false });
    expect(toAscii('ＤＮ４')).toBe('DN4');
  });

  it('gives the text of any bytes, however often slots are shared', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 50 }), (texts) => {
        for (const text of [...texts, ...texts]) {
          const bytes = Buffer.from(text);
          expect(shortText(bytes, 0, bytes.length)).toBe(bytes.toString());
        }
      }),
      { seed: 4 },
    );
  });
});
