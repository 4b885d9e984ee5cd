import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { createValidator } from '../validation/index.ts';
import type { EpisodeKind } from './draft.ts';
import { defects } from './defects/defects.ts';
import { generateClaims } from './generate-claims.ts';
import type { GenerateClaimsOptions, GeneratedClaim } from './generate-claims.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date('2026-11-21T00:00:00Z');

// Thousands of claims are made and judged here, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

async function generated(options: GenerateClaimsOptions): Promise<GeneratedClaim[]> {
  const claims: GeneratedClaim[] = [];
  for await (const claim of generateClaims({ ...options, specifications })) claims.push(claim);
  return claims;
}

/** What the validator and the label say of each claim, where they differ. */
async function disagreements(
  options: GenerateClaimsOptions,
  rulesetId?: string,
): Promise<{ readonly differing: readonly string[]; readonly hit: ReadonlySet<string> }> {
  const validator = createValidator({
    specifications,
    now,
    ...(rulesetId === undefined ? {} : { rulesetId }),
  });
  const differing: string[] = [];
  const hit = new Set<string>();
  for await (const claim of generateClaims({ ...options, specifications })) {
    const { findings, verdict } = await validator.validateFile({ path: claim.fileName, source: claim.bytes });
    const found = [...new Set(findings.map(({ ruleId }) => ruleId))].toSorted();
    for (const rule of found) hit.add(rule);
    const isRight =
      claim.labels.length > 0
        ? String(found) === String(claim.labels)
        : verdict === 'valid' && found.length === 0;
    if (!isRight)
      differing.push(
        `${claim.fileName} (${claim.kind}, ${claim.ruleset}): label ${claim.labels.join()}, found ${found.join()}`,
      );
  }
  return { differing, hit };
}

describe('valid claims', () => {
  test.each([1, 2, 3])('seed %i breaks no rule', async (seed) => {
    expect((await disagreements({ count: 300, seed })).differing).toEqual([]);
  });

  test.each([
    ['qd4750-2023', '2024-07-01', '2024-12-31'],
    ['qd3176-2024', '2025-01-01', '2025-06-30'],
    ['qd3176-2024', '2025-07-01', '2026-06-30'],
    ['qd1931-2026', '2026-07-01', '2026-11-20'],
  ])('claims under %s ending from %s to %s break no rule', async (ruleset, from, to) => {
    const options = { count: 150, seed: 9, from, to };
    expect((await disagreements(options)).differing).toEqual([]);
    for (const claim of await generated({ ...options, count: 5 })) expect(claim.ruleset).toBe(ruleset);
  });

  test('claims of QĐ 4210 break no rule of it, and its defects agree with their labels', async () => {
    expect((await disagreements({ count: 100, seed: 4, ruleset: 'qd4210-2017' })).differing).toEqual([]);
    const spoiled = await disagreements({ count: 200, seed: 4, ruleset: 'qd4210-2017', defects: 0.9 });
    expect(spoiled.differing).toEqual([]);
    expect(spoiled.hit.size).toBeGreaterThanOrEqual(20);
  });

  test('claims of the announced draft break no rule of it', async () => {
    const options = { count: 100, seed: 4, ruleset: 'draft-next' };
    expect((await disagreements(options, 'draft-next')).differing).toEqual([]);
  });

  test('claims of QĐ 130 break no rule of it', async () => {
    expect(
      (await disagreements({ count: 100, seed: 4, ruleset: 'qd130-2023' }, 'qd130-2023')).differing,
    ).toEqual([]);
  });

  test('large claims have the rows asked for and break no rule', async () => {
    for (const { tables } of await generated({ count: 20, seed: 5, rows: 60 })) {
      expect((tables['XML2'] ?? []).length + (tables['XML3'] ?? []).length).toBeGreaterThanOrEqual(60);
    }
    expect((await disagreements({ count: 60, seed: 5, rows: 60 })).differing).toEqual([]);
  });

  test('a claim has about nine lines, and every kind of episode occurs', async () => {
    const claims = await generated({ count: 1500, seed: 6 });
    const lines = claims.reduce(
      (sum, { tables }) => sum + (tables['XML2'] ?? []).length + (tables['XML3'] ?? []).length,
      0,
    );
    expect(lines / claims.length).toBeGreaterThan(8);
    expect(lines / claims.length).toBeLessThan(10.5);
    expect(new Set(claims.map(({ kind }) => kind)).size).toBe(23);
  });
});

describe('determinism', () => {
  test('the same seed gives the same bytes, however many claims are asked for', async () => {
    const few = await generated({ count: 5, seed: 8 });
    const many = await generated({ count: 40, seed: 8 });
    few.forEach((claim, index) =>
      expect(Buffer.from(claim.bytes).equals(many[index]?.bytes ?? Buffer.of())).toBe(true),
    );
    const [other] = await generated({ count: 1, seed: 9 });
    expect(Buffer.from(other?.bytes ?? []).equals(few[0]?.bytes ?? Buffer.of())).toBe(false);
  });

  test('only the kinds asked for occur', async () => {
    const kinds: EpisodeKind[] = ['newborn', 'delivery'];
    expect(new Set((await generated({ count: 30, seed: 2, kinds })).map(({ kind }) => kind))).toEqual(
      new Set(kinds),
    );
  });
});

describe('defects', () => {
  test('what the validator finds in each claim is what its label says, over five seeds', async () => {
    const hit = new Set<string>();
    for (const seed of [11, 12, 13, 14, 15]) {
      const result = await disagreements({ count: 400, seed, defects: 0.5 });
      expect(result.differing).toEqual([]);
      for (const rule of result.hit) hit.add(rule);
    }
    expect(hit.size).toBeGreaterThanOrEqual(110);
  });

  test('every rule that one file decides has a defect', () => {
    const rules = specifications
      .ruleset('qd1931-2026')
      .rules.filter(({ decidable }) => decidable !== 'facts');
    const covered = new Set(defects.map(({ rule }) => rule));
    expect(rules.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
    expect(defects.length).toBeGreaterThan(110);
  });

  test('the share of defective claims is the share asked for', async () => {
    const claims = await generated({ count: 2000, seed: 3, defects: 0.2 });
    const defective = claims.filter(({ labels }) => labels.length > 0).length;
    expect(Math.abs(defective - 400)).toBeLessThan(60);
  });
});

describe('reserved ranges', () => {
  test('a facility outside them is refused', async () => {
    await expect(generated({ count: 1, seed: 1, facility: '01901' })).rejects.toMatchObject({
      code: 'ERR_FACILITY_NOT_RESERVED',
    });
  });

  const patterns = Object.fromEntries(
    specifications.reserved.ranges.map(({ kind, pattern }) => [kind, new RegExp(pattern)]),
  );
  const fieldKinds: Readonly<Record<string, string>> = {
    SO_CCCD: 'citizenId',
    SO_CCCD_NND: 'citizenId',
    MA_THE_BHYT: 'card',
    MA_THE_NND: 'card',
    MA_THE_TAM: 'card',
    MA_BHXH: 'socialInsuranceNumber',
    MA_BHXH_NND: 'socialInsuranceNumber',
    MA_ME: 'socialInsuranceNumber',
    DIEN_THOAI: 'phone',
    MA_CSKCB: 'facility',
    MA_NOI_DI: 'facility',
    MA_NOI_DEN: 'facility',
    MA_DKBD: 'facility',
    MA_CSKCB_DI: 'facility',
    MA_CSKCB_DEN: 'facility',
  };

  test('every number of a person, card, facility or telephone lies in them', async () => {
    const seen = new Set<string>();
    for (const { tables } of await generated({ count: 400, seed: 21 })) {
      for (const row of Object.values(tables).flat()) {
        for (const [code, kind] of Object.entries(fieldKinds)) {
          for (const part of (row[code] ?? '').split(';').filter((value) => value !== '')) {
            seen.add(code);
            expect(part, code).toMatch(patterns[kind] ?? /^$/);
          }
        }
        if ('MATINH_CU_TRU' in row) expect(row['MATINH_CU_TRU']).toBe('99');
      }
    }
    expect([...seen].toSorted()).toEqual(
      Object.keys(fieldKinds)
        .filter((code) => code !== 'MA_CSKCB_DI')
        .toSorted(),
    );
  });
});

test('the generator imports nothing of the validation', async () => {
  const folder = import.meta.dirname;
  const sources = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  expect(sources.length).toBeGreaterThan(20);
  for (const name of sources) {
    expect(await readFile(join(folder, name), 'utf8'), name).not.toMatch(/from '[^']*validation/);
  }
});
