import type { Finding } from '@bhxh/sdk/validation';
import { expect, it } from 'vitest';
import { adjudicate, reachOf } from './adjudicate.ts';
import type { ReadClaim } from './read-claim-file.ts';

const finding = (ruleId: string, path: string, severity: Finding['severity'] = 'error'): Finding => ({
  ruleId,
  code: 'SUM_MISMATCH',
  severity,
  origin: 'legal',
  ruleset: 'qd3176-2024',
  location: { file: '', record: null, path, line: null, column: null },
  values: [],
  legal: [],
});

const row = (fields: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(fields));
const summary = row({ T_TONGCHI_BV: '0.3', T_BHTT: '0.3' });
const claim: ReadClaim = {
  summary,
  tables: new Map([
    ['XML1', [summary]],
    ['XML2', [row({ STT: '1', MA_THUOC: '40.1', THANH_TIEN_BV: '0.1', T_BHTT: '0.1' })]],
    [
      'XML3',
      [
        row({ STT: '1', MA_DICH_VU: '02.1', MA_VAT_TU: '', THANH_TIEN_BV: '0.2', T_BHTT: '0.2' }),
        row({
          STT: '7',
          MA_DICH_VU: '',
          MA_VAT_TU: 'N01',
          THANH_TIEN_BV: '1000000.005',
          T_BHTT: '1000000.005',
        }),
      ],
    ],
  ]),
};
const at = new Date('2026-11-21T00:00:00Z');

it('pays every line as claimed when no rule objects, and adds up without a rounding error', () => {
  const { lines, totals, deductions } = adjudicate(
    claim,
    [finding('R069', 'XML2/CHI_TIET_THUOC[1]', 'warning')],
    'qd3176-2024',
    at,
  );
  expect(lines.map(({ decision }) => decision)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(totals).toMatchObject({ lines: 3, claimed: '1000000.305', accepted: '1000000.305', rejected: '0' });
  expect(totals.columns['T_TONGCHI_BV']).toEqual({
    stated: '0.3',
    summed: '1000000.305',
    accepted: '1000000.305',
  });
  expect(totals.columns['T_BNCCT']).toBeUndefined();
  expect(deductions).toEqual([]);
});

it('refuses exactly the lines with an error, and says which rule took how much', () => {
  const { lines, totals, deductions } = adjudicate(
    claim,
    [
      finding('R053', 'XML3/CHI_TIET_DVKT[2]/THANH_TIEN_BH'),
      finding('R056', 'XML3/CHI_TIET_DVKT[2]/T_BHTT'),
      finding('R053', 'XML3/CHI_TIET_DVKT[1]/THANH_TIEN_BH'),
      finding('R087', 'XML1/TONG_HOP/T_BHTT'),
    ],
    'qd3176-2024',
    at,
  );
  expect(lines[2]).toEqual({
    table: 'XML3',
    line: 7,
    code: 'N01',
    decision: 'rejected',
    claimed: '1000000.005',
    accepted: '0',
    rejected: '1000000.005',
    reasons: ['R053', 'R056'],
  });
  expect(totals).toMatchObject({ accepted: '0.1', rejected: '1000000.205' });
  expect(deductions).toEqual([
    { ruleId: 'R053', lines: 2, amount: '1000000.205' },
    { ruleId: 'R056', lines: 1, amount: '1000000.005' },
  ]);
});

it('tells a wrong line from a wrong total from a wrong claim', () => {
  expect(reachOf(finding('R056', 'XML3/CHI_TIET_DVKT[12]/T_BHTT'))).toEqual({
    kind: 'line',
    table: 'XML3',
    row: 12,
  });
  expect(reachOf(finding('R087', 'XML1/TONG_HOP[1]/T_BHTT')).kind).toBe('total');
  expect(reachOf(finding('R030', 'XML1/TONG_HOP[1]/NGAY_RA')).kind).toBe('claim');
  expect(reachOf(finding('R140', 'XML4/CHI_TIET_CLS[1]/NGAY_KQ')).kind).toBe('claim');
  expect(reachOf(finding('R001', '')).kind).toBe('claim');
});
