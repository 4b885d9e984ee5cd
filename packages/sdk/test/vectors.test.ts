import { describe, expect, test } from 'vitest';
import { openSpecifications, type VectorCase } from '../src/specifications/index.ts';
import { createValidator, type Validator } from '../src/validation/index.ts';
import { materializeVector } from './materialize-vector.ts';

const specifications = openSpecifications().withOverlay('synthetic');
const rules = new Map(
  specifications
    .timeline()
    .flatMap(({ ruleset, alternatives = [] }) => [
      ruleset,
      ...alternatives.map((alternative) => alternative.ruleset),
    ])
    .flatMap((id) => specifications.ruleset(id).rules)
    .map((rule) => [rule.id, rule]),
);
const now = (): Date => new Date('2026-11-21T00:00:00Z');
const shared = createValidator({ specifications, now, environmentOverlay: 'synthetic' });

async function report(
  vector: VectorCase,
): Promise<{ evaluated: ReadonlySet<string>; errors: string[]; ids: string[]; shown: string }> {
  const { fileName, bytes, facts } = materializeVector(vector, specifications.ruleset(vector.ruleset));
  const validator: Validator =
    vector.facts === undefined && vector.on === undefined
      ? shared
      : createValidator({ specifications, now, environmentOverlay: 'synthetic', facts, on: vector.on });
  const { evaluated, findings } = await validator.validateFile({ path: fileName, source: bytes });
  return {
    evaluated: new Set(evaluated),
    errors: findings.filter(({ severity }) => severity === 'error').map(({ ruleId }) => ruleId),
    ids: findings.filter(({ severity }) => severity !== 'info').map(({ ruleId }) => ruleId),
    shown: findings
      .map(
        ({ ruleId, code, severity, location, values }) =>
          `${ruleId} ${code} ${severity} ${location.path} ${values.map(({ name, value }) => `${name}=${value}`).join(' ')}`,
      )
      .join('\n'),
  };
}

describe.each([...rules.keys()].sort())('vectors of %s', (id) => {
  const cases = specifications.vectors(id).flatMap((file) => file.cases);

  test('has a case that passes and one that fails', () => {
    expect(cases.map((vector) => vector.expect)).toEqual(expect.arrayContaining(['pass', 'fail']));
  });

  test.each(cases.map((vector) => [vector.expect, vector.name, vector] as const))(
    '%s: %s',
    async (_expect, _name, vector) => {
      const { evaluated, errors, ids, shown } = await report(vector);
      if (vector.expect === 'pass') {
        expect(evaluated, shown).toContain(id);
        expect(ids, shown).not.toContain(id);
        expect(errors, shown).toEqual([]);
      } else {
        expect([...new Set(ids)], shown).toEqual([id]);
      }
    },
  );
});
