import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import {
  compareCitizenId,
  parseCard,
  parseCard15,
  parseCitizenId,
  parseFacilityCode,
  parsePhone,
  parseSocialInsuranceNumber,
  parseTaxCode,
  taxCodeCheckDigit,
} from './index.ts';

interface Case {
  readonly in: string;
  readonly ok?: boolean | string;
  readonly error?: string;
  readonly e164?: string;
  readonly kind?: string;
  readonly province?: string;
  readonly birthYear?: number;
  readonly sex?: string;
  readonly expected?: number;
  readonly with?: { readonly GIOI_TINH?: number; readonly NGAY_SINH?: string };
}
const published = JSON.parse(
  readFileSync(new URL('../../../../specs/sources/id_check_tests.json', import.meta.url), 'utf8'),
) as {
  MST: { valid: Case[]; invalid: Case[] };
  CCCD: { valid: Case[]; invalid: Case[] };
  BHYT_CARD: { valid: string[]; cases: Case[] };
  BHXH_NUMBER: { valid: string[]; invalid: string[] };
  PHONE: { valid: Case[]; invalid: { in: string }[] };
};
const provinces = new Set(
  openSpecifications()
    .codeList('provinces-63')
    .entries.map((entry) => String(entry['citizenIdPrefix'])),
);
const codeOf = (outcome: { ok: boolean; code?: string }): string | undefined =>
  outcome.ok ? undefined : outcome.code;

describe('tax codes', () => {
  it.each(published.MST.valid)('accepts $in', ({ in: text }) => {
    expect(parseTaxCode(text)).toMatchObject({ ok: true });
  });
  it.each(published.MST.invalid.filter(({ ok }) => ok === false))(
    'refuses $in with the published code',
    ({ in: text, error, expected }) => {
      const outcome = parseTaxCode(text);
      const code = error?.startsWith('MST_') === true ? error.split(/[ :]/)[0] : 'MST_CHECK_DIGIT';
      expect(codeOf(outcome)).toBe(code);
      if (expected !== undefined) expect(outcome).toMatchObject({ expected: String(expected) });
    },
  );
  it('reads thirteen digits without a dash as a branch', () => {
    expect(parseTaxCode('0300000177999')).toMatchObject({
      ok: true,
      value: { kind: 'branch', text: '0300000177-999' },
    });
  });
  it('refuses every single wrong digit and every swap of neighbours', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000_000, max: 999_999_999 }),
        fc.nat(9),
        fc.integer({ min: 1, max: 9 }),
        (base, at, shift) => {
          const nine = String(base).padStart(9, '0');
          const digit = taxCodeCheckDigit(nine);
          if (digit === null || nine.startsWith('00')) return;
          const good = `${nine}${digit}`;
          expect(parseTaxCode(good).ok).toBe(true);
          const wrong = [...good]
            .map((character, index) => (index === at ? String((Number(character) + shift) % 10) : character))
            .join('');
          expect(parseTaxCode(wrong).ok).toBe(false);
          if (at < 9 && good[at] !== good[at + 1]) {
            const swapped = good.slice(0, at) + good[at + 1] + good[at] + good.slice(at + 2);
            expect(parseTaxCode(swapped).ok).toBe(false);
          }
        },
      ),
    );
  });
});

describe('citizen ids', () => {
  const options = { provinces, today: '2026-11-21' };
  it.each(published.CCCD.valid)('reads $in', ({ in: text, province, birthYear, sex }) => {
    expect(parseCitizenId(text, options)).toEqual({
      ok: true,
      value: { text, province, birthYear, sex: sex === 'M' ? 'male' : 'female' },
    });
  });
  it.each(published.CCCD.invalid.filter((entry) => entry.with === undefined && entry.ok === undefined))(
    'refuses $in',
    ({ in: text, error }) => {
      const code = error?.startsWith('CCCD_') === true ? error.split(' ')[0] : 'CCCD_BIRTH_IN_FUTURE';
      expect(codeOf(parseCitizenId(text, options))).toBe(code?.replace(' when', ''));
    },
  );
  it('drops blanks between groups of digits', () => {
    expect(parseCitizenId('001 085 000 123', options).ok).toBe(true);
  });
  it('reports another sex or birth year as mismatches', () => {
    for (const entry of published.CCCD.invalid) {
      if (entry.with === undefined) continue;
      const outcome = parseCitizenId(entry.in, options);
      if (!outcome.ok) throw new Error(entry.in);
      const found = compareCitizenId(outcome.value, {
        ...(entry.with.GIOI_TINH === undefined ? {} : { sex: String(entry.with.GIOI_TINH) }),
        ...(entry.with.NGAY_SINH === undefined ? {} : { birthDate: entry.with.NGAY_SINH }),
      });
      expect(found).toEqual([entry.error?.split(' ')[0]]);
    }
  });
  it('refuses digits of other scripts', () => {
    expect(codeOf(parseCitizenId('٠٠١٠٨٥٠٠٠١٢٣'))).toBe('CCCD_CHARSET');
    expect(codeOf(parseCitizenId('００１０８５０００１２３'))).toBe('CCCD_CHARSET');
  });
  it('accepts the reserved prefix only with the synthetic overlay', () => {
    expect(codeOf(parseCitizenId('099190000014', options))).toBe('CCCD_PROVINCE');
    const overlay = new Set(
      openSpecifications(undefined, { overlay: 'synthetic' })
        .codeList('provinces-63')
        .entries.map((entry) => String(entry['citizenIdPrefix'])),
    );
    expect(parseCitizenId('099190000014', { ...options, provinces: overlay }).ok).toBe(true);
  });
});

describe('cards', () => {
  it.each(published.BHYT_CARD.valid)('reads %s as a 15-character card', (text) => {
    expect(parseCard(text)).toMatchObject({
      ok: true,
      value: { kind: 'card15', text, socialInsuranceNumber: text.slice(5) },
    });
  });
  it.each(published.BHYT_CARD.cases.filter((entry) => entry.ok !== undefined))(
    'reads $in after normalising',
    ({ in: text }) => {
      expect(parseCard(text).ok).toBe(true);
    },
  );
  it.each(
    published.BHYT_CARD.cases.filter(
      (entry) => entry.error !== undefined && !entry.error.includes('warning'),
    ),
  )('refuses $in', ({ in: text, error }) => {
    expect(codeOf(parseCard(text))).toBe(error?.split(/[ :]/)[0]);
  });
  it('takes nothing but the exact form in a claim field', () => {
    expect(parseCard15('dn4999900000001').ok).toBe(false);
    expect(parseCard15('DN4-99-9900000001').ok).toBe(false);
    expect(parseCard15('DN4999900000001').ok).toBe(true);
  });
  it('tells the three things shown as a card apart', () => {
    expect(parseCard('9900000001')).toMatchObject({ value: { kind: 'bhxh10' } });
    expect(parseCard('099190000014')).toMatchObject({ value: { kind: 'pid12' } });
  });
});

describe('social insurance numbers', () => {
  it.each(published.BHXH_NUMBER.valid)('accepts %s', (text) => {
    expect(parseSocialInsuranceNumber(text).ok).toBe(true);
  });
  it.each(published.BHXH_NUMBER.invalid.map((text) => text.replace(/ \(.*\)$/, '')))(
    'refuses "%s"',
    (text) => {
      expect(parseSocialInsuranceNumber(text).ok).toBe(false);
    },
  );
});

describe('phones', () => {
  it.each(published.PHONE.valid)('reads $in as $e164', ({ in: text, e164, kind }) => {
    expect(parsePhone(text)).toEqual({ ok: true, value: { e164, kind: kind?.split(' ')[0] } });
  });
  it.each(published.PHONE.invalid)('refuses $in', ({ in: text }) => {
    expect(parsePhone(text).ok).toBe(false);
  });
});

describe('facility codes', () => {
  it('are five digits whose province is not 00', () => {
    expect(parseFacilityCode('99001')).toEqual({
      ok: true,
      value: { text: '99001', province: '99', placeholder: false },
    });
    expect(parseFacilityCode('99000')).toMatchObject({ value: { placeholder: true } });
    expect(codeOf(parseFacilityCode('9900'))).toBe('CSKCB_LENGTH');
    expect(codeOf(parseFacilityCode('99O01'))).toBe('CSKCB_CHARSET');
    expect(codeOf(parseFacilityCode('00001'))).toBe('CSKCB_PROVINCE');
  });
});

it('never throws on any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const parse of [
        parseTaxCode,
        parseCitizenId,
        parseCard,
        parseSocialInsuranceNumber,
        parsePhone,
        parseFacilityCode,
      ])
        parse(text);
    }),
  );
});
