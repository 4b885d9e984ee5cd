import { expect, it } from 'vitest';
import type { FileReport } from './file-report.ts';
import { toJsonReport } from './json-report.ts';

const report: FileReport = {
  path: 'a.xml',
  sha256: 'ab',
  size: 1,
  kind: 'GIAMDINHHS',
  verdict: 'invalid',
  steps: [{ name: 'bytes', verdict: 'valid' }],
  findings: [
    {
      ruleId: 'R009',
      code: 'REQUIRED_MISSING',
      severity: 'error',
      origin: 'gateway',
      ruleset: 'qd3176-2024',
      location: {
        file: 'a.xml',
        record: { index: 0, key: '99001.7.0000001', department: 'K01' },
        path: 'XML1/TONG_HOP/HO_TEN',
        line: 3,
        column: 7,
      },
      values: [
        { name: 'field', value: 'HO_TEN', personal: false },
        { name: 'value', value: 'Nguyễn Văn Thử', personal: true },
      ],
      legal: [{ text: 'qd3176-2024', at: 'Bảng 1' }],
    },
  ],
  omitted: { error: 0, warning: 2, info: 0 },
  signatures: [],
  records: 1,
  rulesets: [],
  evaluated: new Set(['R031', 'R030']),
  skipped: new Set(['R069']),
};

it('prints one document with masked values, sentences in both languages and a summary', () => {
  const json = JSON.parse(JSON.stringify(toJsonReport([report], { specsHash: 'h' })));
  expect(json.schema).toBe('bhxh-report/1');
  expect(json.specs).toEqual({ hash: 'h' });
  const [file] = json.files;
  expect(file.evaluated).toEqual(['R030', 'R031']);
  expect(file.omitted).toEqual({ error: 0, warning: 2, info: 0 });
  expect(file.findings[0]).toMatchObject({
    ruleId: 'R009',
    record: { index: 0, key: '99***001', department: 'K01' },
    line: 3,
    values: { field: 'HO_TEN', value: 'Ng***Thử' },
    message: { vi: '`HO_TEN` bắt buộc phải có giá trị', en: '`HO_TEN` must have a value' },
  });
  expect(json.summary).toEqual({
    valid: 0,
    invalid: 1,
    skipped: 0,
    undetermined: 0,
    findings: { error: 1, warning: 2, info: 0 },
  });
});

it('shows personal values when asked to', () => {
  const [file] = toJsonReport([report], { specsHash: 'h', reveal: true }).files;
  expect(file?.findings[0]?.record?.key).toBe('99001.7.0000001');
  expect(file?.findings[0]?.values['value']).toBe('Nguyễn Văn Thử');
});
