import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { readIdentityCode } from './index.ts';

const layouts = openSpecifications().identityCodes;
const read = (text: string): ReturnType<typeof readIdentityCode> => readIdentityCode(text, layouts);
const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

const citizen = '099190000014||Nguyễn Thử Nghiệm|05091990|Nam|Phường Bình Minh Thử, Tỉnh Thử Nghiệm|02012022';
const card = [
  'DN4999900000001',
  hex('Nguyễn Thử Nghiệm'),
  '05/09/1990',
  '1',
  hex('Phường Bình Minh Thử'),
  '99 - 001',
  '01/01/2026',
  '-',
  '20/12/2025',
  '09901',
  '-',
  '-',
  '01/01/2027',
  'a1b2c3',
  '$',
].join('|');

describe('codes of citizen id cards', () => {
  test('the seven parts are read, with days in ISO form', () => {
    expect(read(citizen)).toEqual({
      layout: 'citizen-id-2021',
      fields: {
        citizenId: '099190000014',
        fullName: 'Nguyễn Thử Nghiệm',
        birthDate: '1990-09-05',
        sex: 'male',
        address: 'Phường Bình Minh Thử, Tỉnh Thử Nghiệm',
        issuedOn: '2022-01-02',
      },
      problems: [],
    });
  });

  test('the card of 2024 has four parts more, which are left alone', () => {
    const reading = read(`${citizen}||||`);
    expect(reading).toMatchObject({ layout: 'identity-card-2024', problems: [] });
    expect(reading.fields.citizenId).toBe('099190000014');
  });

  test('the line break of a scanner is not part of the code', () => {
    expect(read(`${citizen}\r\n`).problems).toEqual([]);
  });
});

describe('codes of health cards', () => {
  test('hexadecimal names, dashes for nothing and the facility in two groups are read', () => {
    expect(read(card)).toEqual({
      layout: 'health-card',
      fields: {
        card: 'DN4999900000001',
        fullName: 'Nguyễn Thử Nghiệm',
        birthDate: '1990-09-05',
        sex: 'male',
        address: 'Phường Bình Minh Thử',
        facility: '99001',
        validFrom: '2026-01-01',
        issuedOn: '2025-12-20',
        office: '09901',
        fiveYearsOn: '2027-01-01',
        checksum: 'a1b2c3',
      },
      problems: [],
    });
  });

  test('the card of 2021 carries the social insurance number alone, and a birth year may stand alone', () => {
    const reading = read(card.replace('DN4999900000001', '9900000001').replace('05/09/1990', '1990'));
    expect(reading.problems).toEqual([]);
    expect(reading.fields).toMatchObject({ card: '9900000001', birthDate: '1990' });
  });
});

describe('codes that somebody made up', () => {
  test.each([
    ['a part too many', `${citizen}|x`, { code: 'QR_LAYOUT_UNKNOWN' }],
    ['no ending of a health card', card.slice(0, -1), { code: 'QR_LAYOUT_UNKNOWN' }],
    ['a text of a megabyte', '9'.repeat(1_000_000), { code: 'QR_LENGTH' }],
    ['an escape sequence', citizen.replace('Thử', '\u001b[2J'), { code: 'QR_CONTROL_CHARACTER' }],
    [
      'a name that runs backwards',
      citizen.replace('Thử', '\u202eThử'),
      { code: 'QR_FIELD_DECEPTIVE', field: 'fullName' },
    ],
    ['markup for a name', citizen.replace('Thử', '<b>'), { code: 'QR_FIELD_SHAPE', field: 'fullName' }],
    [
      'a day that does not exist',
      citizen.replace('05091990', '31021990'),
      { code: 'QR_FIELD_SHAPE', field: 'birthDate' },
    ],
    ['no birth date', citizen.replace('05091990', ''), { code: 'QR_FIELD_MISSING', field: 'birthDate' }],
    [
      'a sex named after a member of every object',
      citizen.replace('|Nam|', '|constructor|'),
      { code: 'QR_FIELD_SHAPE', field: 'sex' },
    ],
    [
      'bytes that are not UTF-8',
      card.replace(hex('Nguyễn Thử Nghiệm'), 'c3'),
      { code: 'QR_FIELD_SHAPE', field: 'fullName' },
    ],
    [
      'half a byte',
      card.replace(hex('Phường Bình Minh Thử'), '4e6'),
      { code: 'QR_FIELD_SHAPE', field: 'address' },
    ],
    [
      'a control character in hexadecimal',
      card.replace(hex('Phường Bình Minh Thử'), '411b41'),
      { code: 'QR_FIELD_SHAPE', field: 'address' },
    ],
    [
      'a card number with a wrong level',
      card.replace('DN49', 'DN99'),
      { code: 'QR_FIELD_SHAPE', field: 'card' },
    ],
  ])('%s is told', (_, text, problem) => {
    expect(read(text).problems).toEqual([problem]);
  });

  test('no text makes the reader throw, and no problem quotes the text', () => {
    const part = fc.oneof(
      fc.constantFrom(...citizen.split('|'), ...card.split('|'), '__proto__'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
        const { problems, fields } = read(parts.join('|'));
        for (const problem of problems)
          expect(Object.keys(problem).every((key) => key === 'code' || key === 'field')).toBe(true);
        for (const value of Object.values(fields)) expect(typeof value).toBe('string');
      }),
    );
  });
});
