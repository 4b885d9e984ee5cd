import { describe, expect, test } from 'vitest';
import { sentenceOf } from '../src/messages/index.ts';
import { openSpecifications, type VectorCase } from '../src/specifications/index.ts';
import { createValidator, type Finding } from '../src/validation/index.ts';
import { materializeVector } from './materialize-vector.ts';

const specifications = openSpecifications().withOverlay('synthetic');
const validator = createValidator({
  specifications,
  now: () => new Date('2026-11-21T00:00:00Z'),
  environmentOverlay: 'synthetic',
});

const caseOf = (rule: string, part: string): VectorCase => {
  const found = specifications
    .vectors(rule)
    .flatMap(({ cases }) => cases)
    .find(({ name }) => name.includes(part));
  if (found === undefined) throw new Error(`no case of ${rule} is called ${part}`);
  return found;
};

const changed = (vector: VectorCase, changes: Readonly<Record<string, string>>): VectorCase => ({
  ...vector,
  tables: { ...vector.tables, XML1: [{ ...vector.tables['XML1']?.[0], ...changes }] },
});

async function findingsOf(vector: VectorCase, rule: string): Promise<readonly Finding[]> {
  const { fileName, bytes } = materializeVector(vector, specifications.ruleset(vector.ruleset));
  const { findings } = await validator.validateFile({ path: fileName, source: bytes });
  return findings.filter(({ ruleId }) => ruleId === rule);
}

const valuesOf = (finding: Finding | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((finding?.values ?? []).map(({ name, value }) => [name, value]));

describe('what the findings of rules say', () => {
  test('a CN3 card of 2026 paid 95 % is a warning that shows the level, its date and the amount due', async () => {
    const [finding] = await findingsOf(caseOf('R101', 'still gets 95'), 'R101');
    expect(finding).toMatchObject({ code: 'BENEFIT_LEVEL_CHANGED', severity: 'warning' });
    expect(valuesOf(finding)).toMatchObject({
      value: '95',
      expected: '100',
      level: '2',
      printed: '3',
      from: '2026-01-01',
      amount: '4700',
    });
  });

  test('three cards with two starts are a count that differs', async () => {
    const [finding] = await findingsOf(caseOf('R018', 'one GT_THE_TU'), 'R018');
    expect(finding).toMatchObject({ code: 'LIST_COUNT_MISMATCH', severity: 'error' });
    expect(valuesOf(finding)).toMatchObject({ field: 'GT_THE_TU', count: '1', leadCount: '2' });
  });

  test('an unknown object code is a warning, a card of 14 characters an error', async () => {
    expect(await findingsOf(caseOf('R019', 'ZZ'), 'R019')).toMatchObject([
      { code: 'OBJECT_UNKNOWN', severity: 'warning' },
    ]);
    expect(await findingsOf(caseOf('R019', '14 characters'), 'R019')).toMatchObject([
      { code: 'BHYT_LENGTH', severity: 'error' },
    ]);
  });

  test('half a đồng is a warning of R090, more than one is an error of the total, and both sums are told', async () => {
    const half = await findingsOf(caseOf('R090', 'half'), 'R090');
    expect(half).toMatchObject([{ code: 'TOTAL_MISMATCH', severity: 'warning' }]);
    expect(valuesOf(half[0])).toMatchObject({ value: '21200.5', sum: '21200', difference: '0.5' });
    expect(await findingsOf(caseOf('R082', 'five'), 'R082')).toMatchObject([
      { code: 'TOTAL_MISMATCH', severity: 'error' },
    ]);
  });

  test('an end before arrival names both dates', async () => {
    const [finding] = await findingsOf(caseOf('R030', 'before arrival'), 'R030');
    expect(finding).toMatchObject({ code: 'DATE_ORDER', severity: 'error' });
    expect(Object.values(valuesOf(finding))).toEqual(expect.arrayContaining(['NGAY_VAO', 'NGAY_RA']));
  });

  test('a MA_LK that is not the claim’s is told with its line', async () => {
    const [finding] = await findingsOf(caseOf('R002', 'another MA_LK'), 'R002');
    expect(finding).toMatchObject({
      code: 'FK_MISSING',
      severity: 'error',
      location: { path: 'XML2/CHI_TIET_THUOC[1]/MA_LK', line: 1 },
    });
  });

  test('a commune that was divided is a warning with its candidates and no guess', async () => {
    const changes = specifications.wardChanges();
    const wards = new Map(specifications.codeList('wards').entries.map((entry) => [entry.code, entry]));
    const [old = '', targets = ''] =
      [...changes].find(([code, to]) => to.split(' ').length > 1 && wards.get(code)?.from !== '2025-07-01') ??
      [];
    const candidates = targets.split(' ').map((target) => target.slice(0, -1));
    const province = String(wards.get(candidates[0] ?? '')?.['province']);
    const findings = await findingsOf(
      changed(caseOf('R026', 'a commune of the province'), { MATINH_CU_TRU: province, MAXA_CU_TRU: old }),
      'R026',
    );
    expect(findings).toMatchObject([{ code: 'WARD_DIVIDED', severity: 'warning' }]);
    expect(valuesOf(findings[0])['candidates']).toBe(candidates.join(', '));
  });

  test('a district after the reform and a sex that differs from the citizen id are warnings', async () => {
    expect(await findingsOf(caseOf('R009', 'district'), 'R009')).toMatchObject([
      { code: 'EMPTY_WHEN', severity: 'warning' },
    ]);
    expect(await findingsOf(caseOf('R014', 'citizen id'), 'R014')).toMatchObject([
      { code: 'CITIZEN_ID_SEX', severity: 'warning' },
    ]);
  });

  test('a finding reads as a sentence in both languages and hides personal values', async () => {
    const [finding] = await findingsOf(caseOf('R019', '14 characters'), 'R019');
    if (finding === undefined) throw new Error('no finding');
    const card = valuesOf(finding)['value'] ?? '';
    for (const language of ['vi', 'en'] as const) {
      const { message, hint } = sentenceOf(finding, language);
      expect(message).toContain('MA_THE_BHYT');
      expect(message).not.toContain(card);
      expect(sentenceOf(finding, language, { reveal: true }).message).toContain(card);
      expect(hint).toBeDefined();
    }
  });
});
