import { fileURLToPath } from 'node:url';
import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownCodes } from '../../messages/index.ts';
import { openSpecifications } from '../../specifications/index.ts';
import type { Ruleset } from '../../specifications/types.ts';
import { nativeChecks } from '../steps/native-checks.ts';
import type { CompiledCheck } from './check.ts';
import { readFacts } from './external-facts.ts';
import { checks } from './index.ts';
import { memoryContext, memoryEpisode, MemorySink, type Cells } from './memory-row.fixture.ts';

const specifications = openSpecifications().withOverlay('synthetic');
const rulesets = ['qd4210-2017', 'qd130-2023', 'qd4750-2023', 'qd3176-2024', 'qd1931-2026'].map((id) =>
  specifications.ruleset(id),
);
const facts = readFacts(
  {
    accountFacility: '99001',
    catalogues: { '02/DM': [], '03/DM': [], '04/DM': [], '05/DM': [], ICD10: [], MA_CHI_SO: [] },
    checkedIn: [],
    eligibleClasses: {},
    monthlySummary: [{ '2': '1', '3': 'x' }],
    rights: [],
  },
  specifications,
);

const compile = (ruleset: Ruleset): readonly CompiledCheck[] => {
  const context = memoryContext(specifications, ruleset, facts);
  return ruleset.rules.flatMap((rule) =>
    rule.checks.flatMap((part) => checks.get(part.check)?.compile(part.with, context) ?? []),
  );
};

describe('mechanisms of the rules', () => {
  test('every mechanism a rule names exists', () => {
    const named = new Set(
      rulesets.flatMap(({ rules }) => rules.flatMap((rule) => rule.checks.map(({ check }) => check))),
    );
    expect([...named].filter((name) => !checks.has(name) && !nativeChecks.has(name))).toEqual([]);
  });

  test('every mechanism is used by a rule', () => {
    const named = new Set(
      rulesets.flatMap(({ rules }) => rules.flatMap((rule) => rule.checks.map(({ check }) => check))),
    );
    expect([...checks.keys()].filter((name) => !named.has(name))).toEqual([]);
  });

  test('every mechanism is in the table of the README', () => {
    const readme = readFileSync(fileURLToPath(new URL('README.md', import.meta.url)), 'utf8');
    expect([...checks.keys()].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test('an argument that a mechanism does not know is refused', () => {
    const context = memoryContext(specifications, specifications.ruleset('qd3176-2024'), facts);
    for (const check of checks.values())
      expect(() => check.compile({ misspelt: true }, context), check.name).toThrow();
  });

  test('there are 129 rules, and each says whether one file decides it', () => {
    const { rules } = specifications.ruleset('qd3176-2024');
    expect(rules).toHaveLength(129);
    expect(rules.filter(({ decidable }) => decidable === undefined)).toEqual([]);
    expect(rules.filter(({ decidable, needs }) => (decidable === 'facts') !== (needs !== undefined))).toEqual(
      [],
    );
  });

  test('a rule that rests on practice only, or is graded medium or lower, is a warning', () => {
    const wrong = rulesets
      .flatMap(({ rules }) => rules)
      .filter(
        ({ origin, confidence, severity }) =>
          severity === 'error' && (origin === 'practice' || !['high', 'medium-high'].includes(confidence)),
      );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  test('every code a mechanism reports has a sentence in both languages', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const codes = new Set(
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts') && !name.includes('.test.') && !name.includes('.fixture.'))
        .flatMap((name) => [
          ...readFileSync(`${folder}${name}`, 'utf8').matchAll(
            /(?:report\(\s*sink,\s*|code: |told\(\w+, )([^,]*?'[A-Z_]+'[^,]*),/gu,
          ),
        ])
        .flatMap(([, expression = '']) =>
          [...expression.matchAll(/'([A-Z_]{4,})'/gu)].map(([, code = '']) => code),
        ),
    );
    expect(codes.size).toBeGreaterThan(50);
    for (const language of ['vi', 'en'] as const) {
      const known = new Set(knownCodes(language));
      expect(
        [...codes].filter((code) => !known.has(code) && !/^(?:MA|NGAY|THANH|T|TYLE|ERR)_/u.test(code)),
      ).toEqual([]);
    }
  });

  test('no content makes a mechanism throw, and what it reports has a place', () => {
    const odd = fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '1',
        '01',
        '2',
        '10',
        '-1',
        '1e3',
        '1,000',
        '9'.repeat(20),
        '0.005',
        '202509100800',
        '20250910',
        '20250230',
        ';',
        ';;',
        'I10;I10',
      ),
      fc.constantFrom(
        'DN4999900000001',
        'DN4999900000001;',
        'ＤＮ4999900000001',
        '99001',
        '99000',
        '1.1',
        '3.1',
        '9',
        'K0809',
        'G1',
        'CSST<',
        '22.0121.1369',
        '(',
        '__proto__',
        'constructor',
        '\u{1F600}',
      ),
      fc.string({ maxLength: 12 }),
    );
    for (const ruleset of rulesets) {
      const compiled = compile(ruleset);
      const rowOf = (table: string): fc.Arbitrary<Cells> =>
        fc.record(Object.fromEntries((ruleset.tables[table]?.fields ?? []).map(({ code }) => [code, odd])), {
          requiredKeys: [],
        }) as fc.Arbitrary<Cells>;
      const tables = fc.record(
        Object.fromEntries(
          Object.keys(ruleset.tables).map((code) => [
            code,
            fc.array(rowOf(code), { minLength: code === 'XML1' ? 1 : 0, maxLength: code === 'XML1' ? 1 : 3 }),
          ]),
        ),
      ) as fc.Arbitrary<Record<string, readonly Cells[]>>;
      fc.assert(
        fc.property(
          tables,
          fc.constantFrom('2023-05-01', '2024-12-31', '2025-09-10', '2026-08-10'),
          (content, date) => {
            const episode = memoryEpisode(ruleset, content, date);
            const sink = new MemorySink();
            for (const check of compiled) {
              if (check.scope === 'row')
                for (const row of episode.rows(check.table)) check.run(row, episode, sink);
              else if (check.scope === 'episode') check.run(episode, sink);
              else check.start().episode(episode, sink);
            }
            for (const { row, table, values } of sink.problems) {
              expect(row !== null || table !== undefined).toBe(true);
              expect(values.every(({ value }) => typeof value === 'string')).toBe(true);
            }
          },
        ),
        { numRuns: 60 },
      );
    }
  });
});
