import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  chainOf,
  diffRulesets,
  explainField,
  explainRule,
  isConfigurable,
  openSpecifications,
  severityFor,
} from './index.ts';
import { en } from '../messages/specifications/en.ts';
import { vi } from '../messages/specifications/vi.ts';

const specifications = openSpecifications();
const scratch = mkdtempSync(join(tmpdir(), 'bhxh-specs-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('the compiled folder', () => {
  it('matches the hashes of its manifest', () => {
    const manifest = JSON.parse(readFileSync(join(specifications.folder, 'manifest.json'), 'utf8')) as {
      files: Record<string, string>;
    };
    for (const [name, hash] of Object.entries(manifest.files)) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(specifications.folder, name)))
          .digest('hex'),
        name,
      ).toBe(hash);
    }
  });
  it('is damaged when a file is missing, cut short or altered by one byte', () => {
    const damaged = expect.objectContaining({ code: 'ERR_SPECS_DAMAGED', category: 'spec' });
    expect(() => openSpecifications(scratch).version).toThrow(damaged);
    writeFileSync(join(scratch, 'manifest.json'), '{"hash":');
    expect(() => openSpecifications(scratch).version).toThrow(damaged);
    writeFileSync(join(scratch, 'manifest.json'), 'null');
    expect(() => openSpecifications(scratch).version).toThrow(damaged);
    for (const name of ['manifest.json', 'parameters.json']) {
      writeFileSync(join(scratch, name), readFileSync(join(specifications.folder, name)));
    }
    expect(openSpecifications(scratch).parameter('base-salary').values.at(-1)?.value).toBe(2_530_000);
    expect(() => openSpecifications(scratch).limits).toThrow(damaged);
    const altered = readFileSync(join(scratch, 'parameters.json'), 'utf8').replace('2530000', '2530001');
    writeFileSync(join(scratch, 'parameters.json'), altered);
    expect(() => openSpecifications(scratch).parameter('base-salary')).toThrow(damaged);
  });
  it('refuses names that are not there, inherited ones included', () => {
    for (const id of ['nothing', 'constructor', '__proto__', '../manifest']) {
      expect(() => specifications.ruleset(id)).toThrow(
        expect.objectContaining({ code: 'ERR_RULESET_UNKNOWN' }),
      );
      expect(() => specifications.codeList(id)).toThrow(
        expect.objectContaining({ code: 'ERR_CODE_LIST_UNKNOWN' }),
      );
      expect(() => specifications.parameter(id)).toThrow(
        expect.objectContaining({ code: 'ERR_PARAMETER_UNKNOWN' }),
      );
      expect(specifications.legal(id)).toBeUndefined();
      expect(specifications.vectors(id)).toEqual([]);
    }
  });
});

describe('parameters', () => {
  it.each([
    ['2017-06-30', undefined],
    ['2019-06-30', 1_390_000],
    ['2019-07-01', 1_490_000],
    ['2024-06-30', 1_800_000],
    ['2024-07-01', 2_340_000],
    ['2026-06-30', 2_340_000],
    ['2026-07-01', 2_530_000],
  ])('the base salary on %s is %s', (date, value) => {
    expect(specifications.parameterOn('base-salary', date)?.value).toBe(value);
  });
  it('the threshold and the cap follow from it', () => {
    expect(specifications.parameterOn('low-cost-threshold', '2026-07-01')?.value).toBe(379_500);
    expect(specifications.parameterOn('co-pay-cap', '2026-07-01')?.value).toBe(15_180_000);
    expect(specifications.parameterOn('low-cost-threshold', '2024-07-01')?.value).toBe(351_000);
    expect(specifications.parameterOn('co-pay-cap', '2024-07-01')?.value).toBe(14_040_000);
  });
});

describe('limits', () => {
  it('are the agreed ones', () => {
    const { xml, file, batch, gateway } = specifications.limits;
    expect(xml).toMatchObject({ depth: 64, attributes: 64, nameBytes: 128 });
    expect(file).toEqual({ bytes: 100 * 1024 * 1024, elements: 2_000_000 });
    expect(batch).toEqual({ episodeBytes: 20 * 1024 * 1024, episodeElements: 200_000 });
    expect([gateway.officeHoursBytes, gateway.otherBytes]).toEqual([20 * 1024 * 1024, 100 * 1024 * 1024]);
  });
});

describe('response codes', () => {
  const families = specifications.responses('claims');
  it('have the complete card table', () => {
    expect(families['card']?.map(({ code }) => code)).toEqual(
      '000 001 002 003 004 010 050 051 052 053 054 055 060 061 070 100 101 110 120 121 122 123 124 130 205 401'.split(
        ' ',
      ),
    );
  });
  it('mean different things in different families', () => {
    expect(families['upload']?.find(({ code }) => code === '204')?.category).toBe('rejected');
    expect(families['co-payment']?.find(({ code }) => code === '204')?.category).toBe('ok');
  });
  it('never call a blind repeat of a write safe', () => {
    for (const family of ['upload', 'catalogues', 'certificates']) {
      for (const response of families[family] ?? [])
        expect(response.retry, `${family} ${response.code}`).not.toBe('safe');
    }
  });
});

describe('legal texts', () => {
  it('stand behind every place that is cited', () => {
    for (const id of specifications.rulesetIds()) {
      const ruleset = specifications.ruleset(id);
      for (const { text } of [...ruleset.legal, ...ruleset.rules.flatMap((rule) => rule.legal)])
        expect(specifications.legal(text), text).toBeDefined();
    }
  });
});

describe('severity by evidence', () => {
  it('makes errors of certain facts, configurable errors of secondary ones and warnings of the rest', () => {
    expect(severityFor('high', 'legal')).toBe('error');
    expect(severityFor('medium-high', 'gateway')).toBe('error');
    expect(severityFor('medium', 'legal')).toBe('warning');
    expect(severityFor('unknown', 'reference')).toBe('warning');
    expect(severityFor('high', 'practice')).toBe('warning');
    expect([isConfigurable('high'), isConfigurable('medium-high')]).toEqual([false, true]);
  });
});

describe('the difference between two standards', () => {
  const changes = (a: string, b: string): readonly string[] =>
    diffRulesets(specifications.ruleset(a), specifications.ruleset(b))
      .changes.filter(({ rule }) => rule === undefined)
      .map(({ sentence }) => sentence.en);
  it('is empty for the same one', () => {
    expect(
      diffRulesets(specifications.ruleset('qd3176-2024'), specifications.ruleset('qd3176-2024')).changes,
    ).toEqual([]);
  });
  it('says what 3176 changed, as its table of record lists it', () => {
    const said = changes('qd4750-2023', 'qd3176-2024');
    expect(said).toContain(
      'XML13: renames field MA_NOI_DI to MA_CSKCB_DI (Codes of the facilities the patient passed through)',
    );
    expect(said).toContain('XML13: removes field TEN_DICH_VU (Technical service name)');
    expect(said).toContain('XML14.NGAY_HEN_KL: format changes from yyyyMMddHHmm to yyyyMMdd');
    expect(said).toContain('XML1.MA_TTDV: maximum length changes from 10 to 255');
    expect(said.some((line) => line.includes(': moves'))).toBe(false);
  });
  it('says what 4750 added', () => {
    const said = changes('qd130-2023', 'qd4750-2023');
    expect(said).toContain('Adds table XML13 (Referral paper), 39 fields');
    expect(said).toContain('XML1: adds field NHOM_MAU (Blood group) after GIOI_TINH');
    expect(said.filter((line) => line.startsWith('XML6: adds field'))).toHaveLength(16);
  });
  it('reads backwards too', () => {
    expect(changes('qd4750-2023', 'qd130-2023')).toContain('XML1: removes field NHOM_MAU (Blood group)');
  });
  it('is said in Vietnamese as well', () => {
    const [first] = diffRulesets(
      specifications.ruleset('qd3176-2024'),
      specifications.ruleset('qd1931-2026'),
    ).changes;
    expect(first?.sentence.vi).toBe('XML2.MUC_HUONG: độ dài tối đa đổi từ 3 sang 4');
  });
});

describe('explanations', () => {
  it('tell the history of a renamed field', () => {
    const explained = explainField(specifications, 'qd1931-2026', 'XML13', 'MA_CSKCB_DEN');
    expect(explained?.history.map(({ ruleset }) => ruleset)).toEqual(['qd4750-2023', 'qd3176-2024']);
    expect(explained?.severity).toBe('error');
    expect(explained?.configurable).toBe(true);
    expect(explained?.legal[0]?.legalText?.number).toBe('1931/QĐ-BYT');
  });
  it('are absent for what is not there', () => {
    expect(explainField(specifications, 'qd1931-2026', 'XML13', 'MA_NOI_DI')).toBeUndefined();
    expect(explainField(specifications, 'qd1931-2026', 'XML99', 'MA_LK')).toBeUndefined();
    expect(explainRule(specifications, 'qd1931-2026', 'R999')).toBeUndefined();
  });
  it('follow the chain of amendments', () => {
    expect(chainOf(specifications, 'qd1931-2026')).toEqual([
      'qd130-2023',
      'qd4750-2023',
      'qd3176-2024',
      'qd1931-2026',
    ]);
    expect(chainOf(specifications, 'qd4210-2017')).toEqual(['qd4210-2017']);
  });
});

it('has every sentence in both languages with the same values', () => {
  const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const [code, text] of Object.entries(en))
    expect(values(vi[code as keyof typeof en]), code).toEqual(values(text));
});
