import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSpecifications } from './index.ts';

interface SourceField {
  readonly name: string;
  readonly type: 'string' | 'number';
  readonly maxLength: number | null;
  readonly required: boolean | 'conditional' | null;
  readonly requiredWhen?: string;
  readonly gatewayMatrix?: { readonly type: string; readonly maxLength: number | null };
  readonly confidence: string;
  readonly source: string;
}
interface SourceTable {
  readonly root: string;
  readonly listElement: string | null;
  readonly rowElement: string;
  readonly multiple: boolean;
  readonly fieldCount: number;
  readonly fields: readonly SourceField[];
}
interface Certificates {
  readonly [code: string]: { readonly fieldCount: number; readonly fields: readonly SourceField[] } | string;
}

const folder = new URL('../../../../specs/sources/', import.meta.url);
const sources = JSON.parse(readFileSync(new URL('claims-fields.json', folder), 'utf8')) as Record<
  'qd4210' | 'qd130' | 'qd4750' | 'qd3176',
  Record<string, SourceTable>
> & { certificates_pl02_2025: Certificates; catalogues_tt12_2026: Certificates };
const specifications = openSpecifications();
const counts = {
  'qd4210-2017': [40, 27, 29, 10, 6],
  'qd130-2023': [18, 65, 38, 47, 12, 9, 31, 25, 22, 34, 12, 22, 35],
  'qd4750-2023': [26, 66, 39, 47, 12, 9, 47, 26, 22, 35, 13, 23, 35, 39, 22, 20],
  'qd3176-2024': [26, 66, 39, 47, 12, 9, 47, 26, 22, 35, 13, 23, 35, 37, 22, 20],
  'qd1931-2026': [26, 66, 39, 47, 12, 9, 47, 26, 22, 35, 13, 23, 35, 37, 22, 20],
};

describe('tables of record', () => {
  const sums = readFileSync(new URL('SHA256SUMS', folder), 'utf8').trim().split('\n');
  it.each(sums.map((line) => line.split(/\s+/) as [string, string]))(
    'have the recorded hash %s %s',
    (hash, name) => {
      expect(
        createHash('sha256')
          .update(readFileSync(new URL(name, folder)))
          .digest('hex'),
      ).toBe(hash);
    },
  );
});

describe('field counts', () => {
  it.each(Object.entries(counts))('of %s are the published ones', (id, expected) => {
    expect(Object.values(specifications.ruleset(id).tables).map((table) => table.fields.length)).toEqual(
      expected,
    );
  });
});

const standards = [
  ['qd4210', 'qd4210-2017'],
  ['qd130', 'qd130-2023'],
  ['qd4750', 'qd4750-2023'],
  ['qd3176', 'qd3176-2024'],
  ['qd3176', 'qd1931-2026'],
] as const;

describe.each(standards)('%s as %s', (key, id) => {
  const { tables } = specifications.ruleset(id);
  it('has the same tables', () => {
    expect(Object.keys(tables)).toEqual(Object.keys(sources[key]));
  });
  it.each(Object.keys(sources[key]))('%s has the same elements, names and order', (code) => {
    const source = sources[key][code];
    const table = tables[code];
    expect({ root: table?.root, list: table?.list, row: table?.row, multiple: table?.multiple }).toEqual({
      root: source?.root,
      list: source?.listElement,
      row: source?.rowElement,
      multiple: source?.multiple,
    });
    expect(table?.fields.map((field) => field.code)).toEqual(source?.fields.map((field) => field.name));
    expect(table?.fields.map((field) => field.order)).toEqual(
      source?.fields.map((_field, index) => index + 1),
    );
    expect(table?.fields).toHaveLength(source?.fieldCount ?? -1);
  });
  it.each(Object.keys(sources[key]))('%s has the same types and requiredness', (code) => {
    for (const [index, field] of (tables[code]?.fields ?? []).entries()) {
      const source = sources[key][code]?.fields[index];
      const required = { true: 'always', false: 'optional', conditional: 'optional', null: 'unknown' }[
        String(source?.required)
      ];
      expect([field.code, field.type, field.required, field.requiredWhen]).toEqual([
        source?.name,
        source?.type,
        required,
        source?.requiredWhen,
      ]);
    }
  });
});

describe('lengths', () => {
  it.each(['qd130', 'qd4750'] as const)(
    'of %s accept the larger of annex and gateway and warn above the smaller',
    (key) => {
      const { tables } = specifications.ruleset(key === 'qd130' ? 'qd130-2023' : 'qd4750-2023');
      for (const [code, source] of Object.entries(sources[key])) {
        for (const field of source.fields) {
          const annex = field.maxLength ?? Infinity;
          const gateway =
            field.gatewayMatrix === undefined ? annex : (field.gatewayMatrix.maxLength ?? Infinity);
          const larger = Math.max(annex, gateway);
          const smaller = Math.min(annex, gateway);
          const compiled = tables[code]?.fields.find((candidate) => candidate.code === field.name);
          expect([code, field.name, compiled?.maxLength, compiled?.warnLength]).toEqual([
            code,
            field.name,
            larger === Infinity ? null : larger,
            smaller === larger ? undefined : smaller,
          ]);
        }
      }
    },
  );
  it('of 4210 are unknown, and what was seen in use is a warning', () => {
    for (const table of Object.values(specifications.ruleset('qd4210-2017').tables)) {
      for (const field of table.fields) {
        const seen = sources.qd4210[table.code]?.fields.find(
          (candidate) => candidate.name === field.code,
        )?.maxLength;
        expect([field.code, field.maxLength, field.warnLength, field.required]).toEqual([
          field.code,
          null,
          seen ?? undefined,
          'unknown',
        ]);
      }
    }
  });
  it('of 3176 are never shorter than its table of record', () => {
    const { tables } = specifications.ruleset('qd3176-2024');
    for (const [code, source] of Object.entries(sources.qd3176)) {
      for (const field of source.fields) {
        const compiled = tables[code]?.fields.find((candidate) => candidate.code === field.name);
        expect(compiled?.maxLength ?? Infinity, `${code}.${field.name}`).toBeGreaterThanOrEqual(
          field.maxLength ?? Infinity,
        );
        expect(
          compiled?.warnLength ?? compiled?.maxLength ?? Infinity,
          `${code}.${field.name}`,
        ).toBeLessThanOrEqual(field.maxLength ?? Infinity);
      }
    }
  });
});

describe('evidence', () => {
  it.each(['qd130', 'qd4750', 'qd3176'] as const)('of %s is carried by every field', (key) => {
    const id = { qd130: 'qd130-2023', qd4750: 'qd4750-2023', qd3176: 'qd3176-2024' }[key];
    for (const [code, source] of Object.entries(sources[key])) {
      for (const field of source.fields) {
        const compiled = specifications
          .ruleset(id)
          .tables[code]?.fields.find((candidate) => candidate.code === field.name);
        expect([code, field.name, compiled?.confidence, compiled?.source]).toEqual([
          code,
          field.name,
          field.confidence,
          field.source,
        ]);
      }
    }
  });
  it('of 1931 differs from 3176 in two known changes, both uncertain', () => {
    const before = specifications.ruleset('qd3176-2024').tables;
    const changed = Object.values(specifications.ruleset('qd1931-2026').tables).flatMap((table) =>
      table.fields
        .filter(
          (field) => JSON.stringify(field) !== JSON.stringify(before[table.code]?.fields[field.order - 1]),
        )
        .map((field) => [table.code, field.code, field.confidence]),
    );
    expect(changed).toEqual([
      ['XML2', 'SO_DANG_KY', 'medium'],
      ['XML2', 'MUC_HUONG', 'medium'],
      ['XML3', 'MUC_HUONG', 'medium'],
    ]);
  });
});

describe('personal data', () => {
  const { tables } = specifications.ruleset('qd1931-2026');
  const personal = (code: string): Set<string> =>
    new Set(tables[code]?.fields.filter((field) => field.personal === true).map((field) => field.code));
  it('covers names, numbers, addresses, birth dates and clinical texts', () => {
    for (const code of [
      'MA_BN',
      'HO_TEN',
      'SO_CCCD',
      'NGAY_SINH',
      'DIA_CHI',
      'DIEN_THOAI',
      'MA_THE_BHYT',
      'CHAN_DOAN_RV',
      'MA_HSBA',
    ]) {
      expect(personal('XML1').has(code), code).toBe(true);
    }
  });
  it('covers everything in the HIV and tuberculosis tables but the keys', () => {
    for (const code of ['XML6', 'XML15']) {
      const open = tables[code]?.fields.filter((field) => field.personal !== true).map((field) => field.code);
      expect(new Set(open)).toEqual(
        new Set(
          tables[code]?.fields
            .map((field) => field.code)
            .filter((name) => ['MA_LK', 'STT', 'MA_CSKCB', 'DU_PHONG'].includes(name)),
        ),
      );
    }
  });
});

describe('certificates and catalogues', () => {
  it.each(Object.entries(sources.certificates_pl02_2025).filter(([code]) => !code.startsWith('_')))(
    '%s has its published fields',
    (code, source) => {
      const table = specifications.certificates()[code];
      if (typeof source === 'string') throw new Error(code);
      expect(table?.fields.map((field) => field.code)).toEqual(source.fields.map((field) => field.name));
      expect(
        table?.fields.every((field) => field.confidence === 'medium' && field.origin === 'practice'),
      ).toBe(true);
    },
  );
  it('the birth certificate has 69 fields, all marked as our reference profile', () => {
    const table = specifications.certificates()['GIAYCHUNGSINH'];
    expect(table?.fields).toHaveLength(69);
    expect(table?.fields.every((field) => field.origin === 'reference' && field.required === 'unknown')).toBe(
      true,
    );
  });
  it.each(Object.entries(sources.catalogues_tt12_2026).filter(([code]) => !code.startsWith('_')))(
    '%s has its published fields',
    (code, source) => {
      if (typeof source === 'string') throw new Error(code);
      expect(specifications.catalogues()[code]?.fields.map((field) => field.code)).toEqual(
        source.fields.map((field) => field.name),
      );
    },
  );
  it('05/DM carries its rows of radioactive drugs', () => {
    expect(specifications.catalogues()['05/DM']?.child).toMatchObject({
      list: 'DS_THUOCPX',
      row: 'TT_THUOCPX',
    });
  });
});
