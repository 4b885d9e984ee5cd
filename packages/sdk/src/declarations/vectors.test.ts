import { describe, expect, test } from 'vitest';
import { dossierVectors, materializeDossier } from '../../test/materialize-dossier.ts';
import { openSpecifications } from '../specifications/index.ts';
import { checkDossier, declarationSpecs } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });

const { bases, vectors } = dossierVectors(specifications);

test.each(Object.keys(bases))('the base %s has no error', (name) => {
  const { dossier, now } = materializeDossier(bases, name, {});
  expect(checkDossier(specifications, dossier, { now: () => now }).findings).toEqual([]);
});

describe.each(vectors.map((vector) => [vector.rule, vector] as const))('%s', (rule, { base, cases }) => {
  test.each(cases.map((one) => [one.expect, one.name, one] as const))('%s: %s', (expected, _, one) => {
    const { dossier, now } = materializeDossier(bases, base, one);
    const { findings, evaluated } = checkDossier(specifications, dossier, { now: () => now });
    expect(evaluated.has(rule)).toBe(true);
    const found = new Set(findings.map(({ ruleId }) => ruleId));
    expect([...found]).toEqual(expected === 'pass' ? [] : [rule]);
    for (const { message } of findings)
      expect([message.vi, message.en].some((text) => text === undefined || /\{[a-z]/.test(text))).toBe(false);
  });
});

test('every rule cites a legal text that is there and has vectors', () => {
  const { rules } = declarationSpecs(specifications);
  const covered = new Set(vectors.map(({ rule }) => rule));
  for (const { id, legal } of rules) {
    expect(covered.has(id)).toBe(true);
    for (const { text } of legal) expect(specifications.legal(text)).toBeDefined();
  }
});

test('a draft may lack what it still needs, but not be wrong', () => {
  const judged = (own: Parameters<typeof materializeDossier>[2], isDraft: boolean) => {
    const { dossier, now } = materializeDossier(bases, 'increase', own);
    const { verdict, findings } = checkDossier(specifications, dossier, { now: () => now, isDraft });
    return [verdict, ...findings.map(({ ruleId, severity }) => `${ruleId} ${severity}`)];
  };
  const lacking = { remove: ['D02-TS[1].chucVu'] };
  expect(judged(lacking, false)).toEqual(['invalid', 'D001 error']);
  expect(judged(lacking, true)).toEqual(['valid', 'D001 warning']);
  expect(judged({ set: { 'D02-TS[1].pa': 'DT' } }, true)).toEqual(['invalid', 'D010 error']);
});
