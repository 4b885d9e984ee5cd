import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { cardLevel, convertProvince, convertWard, createCodeLists, createWorkingDays } from './index.ts';

const specifications = openSpecifications();
const lists = createCodeLists(specifications);
const source = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../specs/sources/${name}`, import.meta.url), 'utf8')) as T;

describe('codes by date', () => {
  it('takes a patient category from the annex in force', () => {
    expect(lists.find('MA_DOITUONG_KCB', '1.8', '2025-06-30').standing).toBe('in-force');
    expect(lists.find('MA_DOITUONG_KCB', '1.8', '2025-07-01').standing).toBe('closed');
    expect(lists.find('MA_DOITUONG_KCB', '1.13', '2025-06-30').standing).toBe('closed');
    expect(lists.find('MA_DOITUONG_KCB', '1.13', '2026-11-21').standing).toBe('in-force');
  });
  it('keeps codes as text', () => {
    expect(lists.find('MA_DOITUONG_KCB', '1.10', '2026-11-21').standing).toBe('closed');
    expect(lists.find('MA_LOAI_KCB', '1', '2026-11-21').standing).toBe('unknown');
    expect(lists.find('MA_LOAI_KCB', '01', '2026-11-21').standing).toBe('in-force');
  });
  it('has the 27 categories of 3276 and the 16 kinds of visit of 1804 today', () => {
    const today = '2026-11-21';
    const count = (id: string): number =>
      new Set(
        specifications
          .codeList(id)
          .entries.map(({ code }) => code)
          .filter((code) => lists.find(id, code, today).standing === 'in-force'),
      ).size;
    expect(count('MA_DOITUONG_KCB')).toBe(27);
    expect(count('MA_LOAI_KCB')).toBe(16);
  });
  it('knows the outcome "died before arrival" only since the pilot of 4750', () => {
    expect(lists.find('KET_QUA_DTRI', '8', '2024-03-31').standing).toBe('closed');
    expect(lists.find('KET_QUA_DTRI', '8', '2024-07-01').standing).toBe('in-force');
  });
  it('accepts the test province only with the synthetic overlay', () => {
    expect(lists.find('provinces', '99', '2026-11-21').standing).toBe('unknown');
    const synthetic = createCodeLists(specifications.withOverlay('synthetic'));
    expect(synthetic.find('provinces', '99', '2026-11-21').standing).toBe('in-force');
    expect(synthetic.find('wards', '99001', '2024-01-01').standing).toBe('in-force');
  });
});

describe('lists of record', () => {
  type Rows = Readonly<Record<string, string>> | readonly { readonly code: string; readonly name: string }[];
  const record =
    source<Record<string, { readonly rows?: Rows } & Readonly<Record<string, string>>>>(
      'claim_code_lists.json',
    );
  const today = '2026-11-21';
  const rowsOf = (id: string): readonly (readonly [string, string])[] => {
    const rows = record[id]?.rows ?? (record[id] as Rows);
    const pairs = Array.isArray(rows)
      ? rows.map(({ code, name }) => [code, name] as const)
      : Object.entries(rows as Record<string, string>);
    return pairs.flatMap(([code, name]) => code.split('/').map((one: string) => [one, name] as const));
  };
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  it.each([
    'MA_DOITUONG_KCB',
    'MA_LOAI_KCB',
    'MA_KHOA',
    'MA_NHOM',
    'MA_TAI_NAN',
    'MA_XANG_DAU',
    'KET_QUA_DTRI',
    'MA_LOAI_RV',
    'GIOI_TINH',
  ])('%s has their codes and names', (id) => {
    for (const [code, name] of rowsOf(id)) {
      const found = lists.find(id, code, today);
      expect([code, found.standing, plain(found.entry?.label.vi ?? '')]).toEqual([
        code,
        'in-force',
        plain(name),
      ]);
    }
  });
  it('card object codes have their levels of today', () => {
    const { codes } = source<{ codes: { code: string; level: number }[] }>('bhyt_object_codes.json');
    expect(codes).toHaveLength(54);
    for (const { code, level } of codes)
      expect([code, cardLevel(lists, code, 0, today).level]).toEqual([code, level]);
  });
  it('levels pay what the source says', () => {
    const { levels } = source<{ levels: { digit: string; rate: number }[] }>('bhyt_levels_areas.json');
    for (const { digit, rate } of levels)
      expect(lists.find('card-benefit-levels', digit, today).entry?.['rate']).toBe(rate);
  });
  it('ethnic groups are 54 and two codes seen beside them', () => {
    const { rows } = source<{ rows: { code: string; name: string }[] }>('ethnic54.json');
    expect(rows).toHaveLength(54);
    for (const { code, name } of rows)
      expect(lists.find('MA_DANTOC', code, today).entry?.label.vi).toBe(name);
    expect(specifications.codeList('MA_DANTOC').entries).toHaveLength(56);
  });
});

describe('administrative units', () => {
  it('count as published', () => {
    const now = specifications.codeList('wards').entries.filter(({ to }) => to === null);
    const before = specifications.codeList('wards').entries.filter(({ to }) => to === '2025-06-30');
    expect(now).toHaveLength(3321);
    expect(before).toHaveLength(10_033);
    expect(specifications.codeList('districts').entries).toHaveLength(696);
    expect(specifications.codeList('provinces-34').entries).toHaveLength(34);
    expect(specifications.codeList('provinces-63').entries).toHaveLength(63);
  });
  it('convert to one, to many or to none, and never pick among many', () => {
    expect(convertWard(specifications, lists, '00013')).toMatchObject({
      kind: 'one',
      ward: { code: '00004', kind: 'merged-whole' },
    });
    const divided = convertWard(specifications, lists, '00016');
    expect(divided.kind).toBe('many');
    expect(divided.candidates.length).toBeGreaterThan(1);
    expect(convertWard(specifications, lists, '99999')).toEqual({ kind: 'none', candidates: [] });
    expect(convertWard(specifications, lists, 'constructor').kind).toBe('none');
  });
  it('convert 441 of 10,033 old wards to more than one', () => {
    const old = specifications.codeList('wards').entries.filter(({ to }) => to === '2025-06-30');
    const kinds = old.map(({ code }) => convertWard(specifications, lists, code).kind);
    expect(kinds.filter((kind) => kind === 'many')).toHaveLength(441);
    expect(kinds.filter((kind) => kind === 'none')).toHaveLength(0);
  });
  it('keep every district inside one province and every ward inside its new province', () => {
    const { rows } = source<{ rows: [string, string, string, string, string, string][] }>(
      'ward_map_old_new.json',
    );
    expect(rows).toHaveLength(10_571);
    const provinceOfDistrict = new Map<string, string>();
    for (const [province, district, , newProvince, newWard] of rows) {
      expect(provinceOfDistrict.get(district) ?? province).toBe(province);
      provinceOfDistrict.set(district, province);
      expect(convertProvince(lists, province)).toBe(newProvince);
      expect(lists.find('wards', newWard, '2026-11-21').entry?.['province']).toBe(newProvince);
    }
  });
});

describe('card levels', () => {
  it('follow the law, not the plastic', () => {
    expect(cardLevel(lists, 'CN', 3, '2025-12-31')).toEqual({
      level: 3,
      rate: 95,
      known: true,
      differsFromPrint: false,
    });
    expect(cardLevel(lists, 'CN', 3, '2026-01-01')).toEqual({
      level: 2,
      rate: 100,
      known: true,
      differsFromPrint: true,
    });
    expect(cardLevel(lists, 'LH', 4, '2026-02-01')).toMatchObject({ level: 2, rate: 100 });
    expect(cardLevel(lists, 'DN', 4, '2026-02-01')).toMatchObject({
      level: 4,
      rate: 80,
      differsFromPrint: false,
    });
    expect(cardLevel(lists, 'QN', 5, '2026-02-01')).toMatchObject({ level: 5, rate: 100 });
  });
  it('believe the printed digit of an unknown object code', () => {
    expect(cardLevel(lists, 'ZZ', 3, '2026-02-01')).toEqual({
      level: 3,
      rate: 95,
      known: false,
      differsFromPrint: false,
    });
  });
});

describe('working days', () => {
  const calendar = createWorkingDays(specifications.calendar);
  const published = source<{
    tests: { start: string; workingDays: number; due: string }[];
    workingDaysPerYear: Record<string, number>;
  }>('holidays_2023_2027.json');
  it.each(published.tests)('$workingDays days from $start end on $due', ({ start, workingDays, due }) => {
    expect(calendar.add(start, workingDays).date).toBe(due);
  });
  it.each(Object.entries(published.workingDaysPerYear))('%s has %i of them', (year, days) => {
    expect(calendar.between(`${Number(year) - 1}-12-31`, `${year}-12-31`)).toBe(days);
  });
  it('N-57: mark what rests on an undecided Tet or lies beyond what is published', () => {
    expect(calendar.add('2027-02-04', 7).provisional).toBe(true);
    expect(calendar.add('2026-11-23', 1).provisional).toBe(false);
    expect(calendar.add('2027-12-28', 7).provisional).toBe(true);
  });
  it('count back what they counted forward', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1700 }), fc.integer({ min: 1, max: 60 }), (offset, days) => {
        const start = new Date(Date.UTC(2023, 0, 1 + offset)).toISOString().slice(0, 10);
        const { date } = calendar.add(start, days);
        expect(calendar.isWorkingDay(date)).toBe(true);
        expect(calendar.between(start, date)).toBe(days);
      }),
    );
  });
});
