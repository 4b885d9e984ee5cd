// The numbered bad inputs of the reliability plan that concern what a claim says, each made from one good claim.
import { expect, test } from 'vitest';
import { buildClaimFile, type ClaimTables } from '../src/claims/index.ts';
import { sentenceOf } from '../src/messages/index.ts';
import { openSpecifications } from '../src/specifications/index.ts';
import { generateClaims } from '../src/synthetic/index.ts';
import { createValidator, type FileReport } from '../src/validation/index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date('2026-11-21T03:00:00Z');

async function goodClaim(): Promise<ClaimTables> {
  for await (const claim of generateClaims({
    count: 1,
    seed: 4,
    kinds: ['outpatient'],
    date: '2026-09-15',
    specifications,
  })) {
    return claim.tables;
  }
  throw new Error('nothing was generated');
}

type Changes = Readonly<Record<string, string>>;

/** Validates the good claim with some columns changed: `XML1.NGAY_RA` in its only row, `XML3.STT` in the first. */
async function judge(changes: Changes, date?: string): Promise<FileReport> {
  const tables: Record<string, Record<string, string>[]> = {};
  for (const [table, rows] of Object.entries(await goodClaim()))
    tables[table] = rows.map((row) => ({ ...row }));
  for (const [place, value] of Object.entries(changes)) {
    const [table = '', field = ''] = place.split('.');
    const row = tables[table]?.[0];
    if (
      row === undefined ||
      !(
        field in row ||
        specifications.ruleset('qd1931-2026').tables[table]?.fields.some(({ code }) => code === field)
      )
    ) {
      throw new Error(`no column ${place}`);
    }
    row[field] = value;
    // Every row repeats card and level; they must say the same, or that would be another defect.
    if (field === 'MA_THE_BHYT' || field === 'MUC_HUONG')
      for (const rows of Object.values(tables))
        for (const each of rows) if (field in each) each[field] = value;
  }
  const { ruleset } = specifications.chooseRuleset({ decidingDate: date ?? '2026-09-15' });
  const bytes = buildClaimFile([tables], { ruleset, facility: '99001', createdOn: '20260915' });
  return createValidator({ specifications, now }).validateFile({ path: 'claim.xml', source: bytes });
}

const codes = (report: FileReport): string[] => report.findings.map(({ code }) => code);
const said = (report: FileReport, code: string): string =>
  report.findings
    .filter((finding) => finding.code === code)
    .map((finding) => sentenceOf(finding, 'en', { reveal: true }).message)
    .join('\n');

test('the claim they are all made from is good', async () => {
  expect(codes(await judge({}))).toEqual([]);
});

test.each([
  ['N-14', { 'XML1.MA_THE_BHYT': 'DN499０００００００１２３' }, 'CHARSET', 'error'],
  ['N-15', { 'XML1.MA_THE_BHYT': 'DN499000000012' }, 'BHYT_LENGTH', 'error'],
  ['N-15', { 'XML1.MA_THE_BHYT': 'DN49900000001234' }, 'BHYT_LENGTH', 'error'],
  ['N-16', { 'XML1.MA_THE_BHYT': 'ZZ4990000000123' }, 'OBJECT_UNKNOWN', 'warning'],
  [
    'N-18',
    {
      'XML1.MA_THE_BHYT': 'DN4990000000123;DN4990000000124;DN4990000000125',
      'XML1.GT_THE_TU': '20260101;20260101',
    },
    'LIST_COUNT_MISMATCH',
    'error',
  ],
  ['N-19', { 'XML1.NGAY_VAO': '202609161000' }, 'DATE_ORDER', 'error'],
  ['N-20', { 'XML1.NGAY_VAO': '202602300800' }, 'DATE_INVALID', 'error'],
  ['N-20', { 'XML1.NGAY_VAO': '202609152400' }, 'DATE_INVALID', 'error'],
  ['N-20', { 'XML1.NGAY_VAO': '202609150860' }, 'DATE_INVALID', 'error'],
  ['N-23', { 'XML1.T_TONGCHI_BV': '1e3' }, 'NUMBER_FORMAT', 'error'],
  ['N-23', { 'XML1.T_TONGCHI_BV': '1,000' }, 'NUMBER_FORMAT', 'error'],
  ['N-23', { 'XML1.T_TONGCHI_BV': '-0' }, 'NUMBER_FORMAT', 'error'],
  ['N-23', { 'XML1.T_TONGCHI_BV': 'NaN' }, 'NUMBER_FORMAT', 'error'],
  ['N-23', { 'XML1.T_TONGCHI_BV': '12345678901234567890' }, 'NUMBER_FORMAT', 'error'],
  ['N-23', { 'XML1.T_TONGCHI_BV': '1000.001' }, 'NUMBER_FORMAT', 'error'],
  ['N-25', { 'XML3.MA_LK': '99001.0.0000000' }, 'FK_MISSING', 'error'],
  ['N-33', { 'XML1.MA_LOAI_KCB': '1' }, 'CODE_FORMAT', 'error'],
  ['N-36', { 'XML1.MAHUYEN_CU_TRU': '001' }, undefined, 'warning'],
] as const)('%s: %o', async (_, changes, code, severity) => {
  const report = await judge(changes);
  const found = report.findings.filter((finding) => code === undefined || finding.code === code);
  expect(
    found.map((finding) => finding.severity),
    codes(report).join(', '),
  ).toContain(severity);
  expect(report.verdict).toBe(severity === 'error' ? 'invalid' : 'valid');
});

test('N-14 suggests the ASCII value', async () => {
  const report = await judge({ 'XML1.MA_THE_BHYT': 'DN499０００００００１２３' });
  expect(JSON.stringify(report.findings.find(({ code }) => code === 'CHARSET')?.values)).toContain(
    'DN4990000000123',
  );
});

test('N-17: a CN3 card of 2026 paid by its print is a warning that shows the amount', async () => {
  const report = await judge({ 'XML1.MA_THE_BHYT': 'CN3990000000123', 'XML3.MUC_HUONG': '95' });
  const levels = report.findings.filter(({ code }) => code === 'BENEFIT_LEVEL_CHANGED');
  expect(new Set(levels.map(({ severity }) => severity))).toEqual(new Set(['warning']));
  expect(said(report, 'BENEFIT_LEVEL_CHANGED')).toMatch(
    /level 2 from 2026-01-01.*expected 100 \(fund share \d+/,
  );
});

test('N-19 shows both dates', async () => {
  const sentence = said(await judge({ 'XML1.NGAY_VAO': '202609161000' }), 'DATE_ORDER');
  expect(sentence).toContain('202609161000');
});

test('N-21: a birth date known to the year only is accepted', async () => {
  expect(codes(await judge({ 'XML1.NGAY_SINH': '198000000000' }))).not.toContain('DATE_INVALID');
});

test('N-24: a total that differs by one đồng warns, by more is an error, and both sums are said', async () => {
  const total = (await goodClaim())['XML1']?.[0]?.['T_BNTT'] ?? '0';
  const changed = (by: bigint): Changes => {
    const [whole = '0', fraction] = total.split('.');
    return { 'XML1.T_BNTT': `${BigInt(whole) + by}${fraction === undefined ? '' : `.${fraction}`}` };
  };
  const close = await judge(changed(1n));
  expect(close.findings.filter(({ ruleId }) => ruleId === 'R090').map(({ severity }) => severity)).toEqual([
    'warning',
  ]);
  const far = await judge(changed(5n));
  expect(far.findings.some(({ ruleId, severity }) => ruleId === 'R084' && severity === 'error')).toBe(true);
});

test('N-34: codes are compared as text', async () => {
  const report = await judge({ 'XML1.MA_DOITUONG_KCB': '1.10' });
  expect(
    report.findings.some(({ severity, ruleId }) => severity === 'error' && ruleId === 'R024'),
    codes(report).join(', '),
  ).toBe(true);
});

test('N-35: a ward that went to several is a warning with candidates, and nothing is guessed', async () => {
  const many = [...specifications.wardChanges()].find(
    ([code, targets]) => /^\d{5}$/.test(code) && targets.split(' ').length > 1,
  )?.[0];
  const report = await judge({ 'XML1.MAXA_CU_TRU': many ?? '' });
  const [finding] = report.findings.filter(({ ruleId }) => ruleId === 'R026');
  expect(finding?.severity, codes(report).join(', ')).toBe('warning');
});

test('N-38: a sex that is not the one of the CCCD is a warning', async () => {
  const { GIOI_TINH: sex = '1', NGAY_SINH: birth = '1980' } = (await goodClaim())['XML1']?.[0] ?? {};
  const century = birth.startsWith('20') ? 2 : 0;
  const wrong = century + (sex === '1' ? 1 : 0);
  const report = await judge({ 'XML1.SO_CCCD': `099${wrong}${birth.slice(2, 4)}000001` });
  expect(
    report.findings.map(({ severity }) => severity),
    codes(report).join(', '),
  ).toEqual(['warning']);
});
