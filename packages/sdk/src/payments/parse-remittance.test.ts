import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { formatRemittance } from './format-remittance.ts';
import { createRemittanceParser } from './parse-remittance.ts';
import { remittanceSyntax } from './remittance-syntax.ts';
import { createUnitRegister } from './unit-register.ts';

const syntax = remittanceSyntax(openSpecifications());
const register = createUnitRegister(
  [
    { unitCode: 'ZZ1234C', officeCode: '99001' },
    { unitCode: 'ZZ0550A', officeCode: '99002' },
    { unitCode: 'ZZ7777D', officeCode: '99001' },
    { unitCode: 'ZZ7777D', officeCode: '99003' },
    { unitCode: 'ZZ0001A', officeCode: '99001' },
    { unitCode: 'ZZO001A', officeCode: '99001' },
    { unitCode: 'ZZ1234C01', officeCode: '99001' },
  ],
  syntax.confusions,
);
const parse = createRemittanceParser({ syntax, register });
const alone = createRemittanceParser({ syntax });
const brief = (text: string, parser = parse): unknown => {
  const { kind, fields, period, recoveries, warnings } = parser(text);
  return {
    kind,
    unit: fields.unitCode,
    office: fields.officeCode,
    text: fields.description,
    ...(period === undefined ? {} : { period }),
    recoveries: recoveries.map(({ code, outcome }) => (outcome === 'resolved' ? code : `${code} ${outcome}`)),
    warnings,
  };
};
const full = {
  kind: 'ok103',
  unit: 'ZZ1234C',
  office: '99001',
  text: 'DONG BHXH',
  recoveries: [],
  warnings: [],
};

test('the official text is read without any recovery', () => {
  const result = parse('+BHXH+103+00+ZZ1234C+99001+dong BHXH+');
  expect(result).toEqual({
    kind: 'ok103',
    confidence: 100,
    fields: {
      type: '103',
      subtype: '00',
      unitCode: 'ZZ1234C',
      officeCode: '99001',
      paymentId: null,
      description: 'DONG BHXH',
    },
    recoveries: [],
    warnings: [],
    raw: '+BHXH+103+00+ZZ1234C+99001+dong BHXH+',
  });
});

test.each([
  [
    'no trailing plus',
    '+BHXH+103+00+ZZ1234C+99001+dong BHXH',
    { ...full, kind: 'recovered', recoveries: ['R2'] },
  ],
  [
    'two descriptions in capitals',
    '+BHXH+103+00+ZZ1234C+99001+DONG BHXH+DONG BHYT',
    { ...full, kind: 'recovered', text: 'DONG BHXH DONG BHYT', recoveries: ['R2'] },
  ],
  [
    'blanks turned into plus signs and a suffix of the bank',
    '+BHXH+103+00+ZZ1234C+99001+DONG+BHXH+-210126-10:15:30 123456',
    { ...full, kind: 'recovered', recoveries: ['R3'] },
  ],
  [
    'a reference before and a mark behind',
    'So GD: 88AB +BHXH+103+00+ZZ1234C+99001+dong BHXH+; t~',
    { ...full, kind: 'recovered', recoveries: ['R3'], warnings: ['PREFIX_IGNORED'] },
  ],
  [
    'a whole notification line',
    'VietinBank:05/01/2026 10:15|TK:9999000011|GD:+3,398,400VND|SDC:9,000,000VND|ND:+BHXH+103+00+ZZ1234C+99001+dong BHXH+; t~',
    { ...full, kind: 'recovered', recoveries: ['R3'], warnings: ['PREFIX_IGNORED'] },
  ],
  [
    'blanks for plus signs',
    'bhxh 103 00 zz1234c 99001 dong bhxh cty abc NV990000000012',
    { ...full, kind: 'recovered', text: 'DONG BHXH CTY ABC NV990000000012', recoveries: ['R1'] },
  ],
  [
    'a period in the office slot',
    '+BHXH+103+00+ZZ1234C+202601+dong BHXH+',
    { ...full, kind: 'recovered', period: '2026-01', recoveries: ['R4', 'R5'] },
  ],
  [
    'cut off behind the unit code',
    '+BHXH+103+00+ZZ1234C',
    { ...full, kind: 'recovered', text: null, recoveries: ['R2', 'R4'] },
  ],
  [
    'a unit code under two offices',
    '+BHXH+103+00+ZZ7777D+dong BHXH+',
    {
      ...full,
      kind: 'recovered',
      unit: 'ZZ7777D',
      office: null,
      recoveries: ['R4 ambiguous'],
      warnings: ['OFFICE_AMBIGUOUS'],
    },
  ],
  [
    'letters for digits in the unit code',
    '+BHXH+103+00+ZZOSSOA+99002+dong BHXH+',
    { ...full, kind: 'recovered', unit: 'ZZ0550A', office: '99002', recoveries: ['R6'] },
  ],
  [
    'letters for digits where two codes are possible',
    '+BHXH+103+00+ZZ0O01A+99001+dong BHXH+',
    {
      ...full,
      unit: 'ZZ0O01A',
      warnings: ['UNIT_SHAPE', 'UNIT_AMBIGUOUS', 'UNIT_NOT_IN_REGISTER'],
    },
  ],
  [
    'an office cut off after four digits',
    'BHXH 103 00 ZZ1234C 9900',
    {
      ...full,
      kind: 'recovered',
      office: null,
      text: null,
      recoveries: ['R1', 'R7 unresolved'],
      warnings: ['OFFICE_TRUNCATED'],
    },
  ],
  [
    'placeholders',
    '+BHXH+103+00+000+000+dong BHXH+',
    {
      ...full,
      kind: 'recovered',
      unit: null,
      office: null,
      recoveries: ['R4 unresolved'],
      warnings: ['PLACEHOLDER', 'UNIT_MISSING', 'OFFICE_MISSING'],
    },
  ],
  [
    'another type',
    '+BHXH+104+00+ZZ1234C+99001+dong BHXH+',
    { ...full, kind: 'okOtherType', warnings: ['TYPE_UNKNOWN'] },
  ],
  [
    'an office that does not manage the unit',
    '+BHXH+103+00+ZZ1234C+99009+dong BHXH+',
    { ...full, office: '99009', warnings: ['OFFICE_NOT_OF_UNIT'] },
  ],
  ['a sub-unit', '+BHXH+103+00+ZZ1234C01+99001+dong BHXH+', { ...full, unit: 'ZZ1234C01' }],
  [
    'full-width letters, diacritics and a zero-width blank',
    '＋ＢＨＸＨ+103+00+ZZ1234C+99001+đóng\u200B BHXH+',
    full,
  ],
])('reads %s', (_name, text, expected) => {
  expect(brief(text)).toEqual(expected);
});

test.each([
  ['nop BHXH thang 1', ['MENTIONS_BHXH']],
  ['', []],
  ['chuyen tien', []],
  ['BHXH 103 cong ty abc', ['SUBTYPE_MISSING', 'UNIT_MISSING']],
  ['BHXH 1034 00 ZZ1234C', ['MENTIONS_BHXH']],
])('"%s" is no contribution text', (text, warnings) => {
  expect(parse(text)).toMatchObject({ kind: 'notBhxh', confidence: 0, warnings });
});

test('money given back under the same prefix is a refund, a payment id is no unit code', () => {
  expect(parse('BHXH+103 hoan')).toMatchObject({ kind: 'refund', fields: { type: '103' } });
  expect(parse('BHXH 103 00 990000123456')).toMatchObject({
    kind: 'recovered',
    fields: { unitCode: null, paymentId: '990000123456' },
    warnings: ['PAYMENT_ID'],
  });
});

test('without a register nothing is looked up and nothing corrected', () => {
  expect(brief('+BHXH+103+00+ZZOSSOA+dong BHXH+', alone)).toMatchObject({
    unit: 'ZZOSSOA',
    office: null,
    recoveries: ['R4 unresolved'],
  });
});

test('the short form is read only when asked for', () => {
  const short = 'BHXH103 ZZ1234C 99001';
  expect(parse(short).kind).toBe('notBhxh');
  const reading = createRemittanceParser({ syntax, register, acceptShortForm: true })(short);
  expect(reading).toMatchObject({ kind: 'recovered', fields: { unitCode: 'ZZ1234C', officeCode: '99001' } });
});

const unitCodes = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.constantFrom('A', 'C', 'K'))
  .map(([number, letter]) => `ZZ${String(number).padStart(4, '0')}${letter}`);
const offices = fc.integer({ min: 99000, max: 99999 }).map(String);
const descriptions = fc
  .array(fc.constantFrom('dong', 'BHXH', 'thang', '1', 'cong', 'ty'), { minLength: 1, maxLength: 6 })
  .map((words) => words.join(' '));

test('what is formatted is read back, in both forms', () => {
  fc.assert(
    fc.property(
      unitCodes,
      offices,
      descriptions,
      fc.constantFrom('plus', 'space'),
      (unitCode, officeCode, description, form) => {
        const text = formatRemittance({ unitCode, officeCode, description }, syntax, {
          form: form as 'plus' | 'space',
        });
        const { kind, fields, recoveries } = alone(text);
        expect(fields).toMatchObject({ unitCode, officeCode, description: description.toUpperCase() });
        expect(kind).toBe(form === 'plus' ? 'ok103' : 'recovered');
        expect(recoveries.map(({ code }) => code)).toEqual(form === 'plus' ? [] : ['R1']);
      },
    ),
    { numRuns: 300 },
  );
});

const pieces = fc.constantFrom(
  'BHXH',
  'bhxh',
  '+',
  ' ',
  '.',
  '-',
  '_',
  '103',
  '00',
  '0',
  'ZZ1234C',
  '99001',
  '202601',
  'HOAN',
  '000',
  '; t~',
  'Đ',
  '\u200B',
  '\uD800',
  '\n',
  '-210126-10:15:30 1',
  'ＢＨＸＨ',
  '\uFDFA',
);
test('any text at all gives a result with its parts in bounds', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const result = parse(text);
      expect(result.raw).toBe(text);
      expect(result.confidence).toBeGreaterThanOrEqual(0);
      expect(result.confidence).toBeLessThanOrEqual(100);
      expect(result.confidence === 0).toBe(result.kind === 'notBhxh');
      const { officeCode, unitCode } = result.fields;
      expect(officeCode === null || /^\d{5}$/.test(officeCode)).toBe(true);
      expect(unitCode === null || /^[A-Z0-9]{1,20}$/.test(unitCode)).toBe(true);
      expect(new Set(result.recoveries.map(({ code }) => code)).size).toBe(result.recoveries.length);
    }),
    { numRuns: 4000 },
  );
});

test.each(['BHXH', 'BHXH+', '+', 'BHXH 103 ', ' ', 'BHXH+103+00+ZZ1234C', '9', '-99', 'BHXH103'])(
  'the time for "%s" repeated grows no faster than its length',
  (piece) => {
    // Time of the processor, not of the clock: a machine with much else to do answers later.
    const time = (length: number): number => {
      const text = piece.repeat(length / piece.length);
      let best = Infinity;
      for (let round = 0; round < 5; round += 1) {
        const begun = process.cpuUsage();
        parse(text);
        const { user, system } = process.cpuUsage(begun);
        best = Math.min(best, user + system);
      }
      return best;
    };
    time(20_000);
    expect(time(800_000)).toBeLessThan(Math.max(time(50_000), 1000) * 16 * 8);
  },
);
