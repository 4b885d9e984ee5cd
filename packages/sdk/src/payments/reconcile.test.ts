import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { reconcile } from './reconcile.ts';
import { reconcileLines } from './reconcile-lines.ts';
import { reconciliationReport } from './reconciliation-report.ts';
import { reconciliationRules, type ReconciliationLine } from './reconciliation-rules.ts';

const rules = reconciliationRules(openSpecifications());
const folder = mkdtempSync(join(tmpdir(), 'bhxh-reconcile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function* lines(side: 'a' | 'b', count: number): Generator<ReconciliationLine> {
  for (let number = 0; number < count; number += 1) {
    if (side === 'b' && number % 97 === 0) continue;
    const hasReference = number % 11 !== 0;
    yield {
      id: `${side}${String(number).padStart(6, '0')}`,
      account: number % 2 === 0 ? '9999000011' : '9999000022',
      reference: hasReference ? `FT${number}` : '',
      order: number % 5 === 0 ? `E${Math.floor(number / 10)}` : '',
      batch: '',
      direction: number % 7 === 0 ? 'debit' : 'credit',
      amount: 1000 + (side === 'a' && number % 101 === 0 ? 1 : 0),
      day: '2026-01-05',
      text: hasReference ? '' : `T${number % 13}`,
      isReversal: false,
    };
  }
}

test('a partitioned run gives the result of one in memory, and goes on where it stopped', async () => {
  const inMemory = await reconcile(lines('a', 5000), lines('b', 5000), rules);
  expect(inMemory.differences.length).toBeGreaterThan(50);
  const path = join(folder, 'one');
  const work = { path, fingerprint: 'f1', partitions: 7 };
  const first = await reconcile(lines('a', 5000), lines('b', 5000), rules, work);
  expect(first).toEqual(inMemory);
  rmSync(join(path, 'result-0003.json'));
  const nothing: ReconciliationLine[] = [];
  expect(await reconcile(nothing, nothing, rules, work)).toEqual(inMemory);
  const other = await reconcile(lines('a', 50), lines('b', 50), rules, { ...work, fingerprint: 'f2' });
  expect(other).toEqual(await reconcile(lines('a', 50), lines('b', 50), rules));
});

const some = (prefix: string) =>
  fc
    .array(
      fc.record({
        account: fc.constantFrom('9999000011', '9999000022'),
        reference: fc.constantFrom('', '', 'FT1', 'FT2'),
        order: fc.constantFrom('', 'E1', 'B1', 'B2'),
        batch: fc.constantFrom('', '', 'B1', 'FT1'),
        direction: fc.constantFrom('credit' as const, 'debit' as const),
        amount: fc.constantFrom(100, 200, 300),
        day: fc.constantFrom('2026-01-05', '2026-01-06'),
        text: fc.constantFrom('', 'x'),
        isReversal: fc.boolean(),
      }),
      { maxLength: 16 },
    )
    .map((all) => all.map((one, index) => ({ id: `${prefix}${String(index).padStart(2, '0')}`, ...one })));

test('lines without a partner go over files when they are many, with the result of one run in memory', async () => {
  const open = { ...rules, tolerance: { days: 2, amount: 5 } };
  let number = 0;
  const stages = new Set<string>();
  await fc.assert(
    fc.asyncProperty(some('a'), some('b'), async (bank, book) => {
      number += 1;
      const inMemory = reconcileLines(bank, book, open);
      for (const [stage, count] of Object.entries(inMemory.matched)) if (count > 0) stages.add(stage);
      const path = join(folder, `disk-${number}`);
      const work = { path, fingerprint: 'f1', partitions: 2, linesInMemory: 0 };
      expect(await reconcile(bank, book, open, work)).toEqual(inMemory);
      expect(await reconcile([], [], open, work)).toEqual(inMemory);
      rmSync(path, { recursive: true });
    }),
    { numRuns: 30 },
  );
  expect([...stages].toSorted()).toEqual([...rules.stages].toSorted());
}, 60_000);

test('a part that was not finished is computed again', async () => {
  const path = join(folder, 'two');
  const work = { path, fingerprint: 'f1', partitions: 3 };
  const result = await reconcile(lines('a', 300), lines('b', 300), rules, work);
  rmSync(join(path, 'result-0001.json'));
  writeFileSync(join(path, 'result-0001.json.tmp'), '{"half":');
  expect(await reconcile([], [], rules, work)).toEqual(result);
  expect(readFileSync(join(path, 'result-0001.json'), 'utf8')).toContain('accounts');
});

test('a report proves its sums and names the verdict', async () => {
  const result = await reconcile(lines('a', 500), lines('b', 500), rules);
  const report = reconciliationReport({ result, rules, run: 1, pages: [], statementProblems: [] });
  expect(report.proof.holds).toBe(true);
  expect(report.verdict).toBe('mismatch');
  expect(Object.values(report.classes).reduce((sum, count) => sum + count, 0)).toBe(
    report.differences.length,
  );
  const clean = await reconcile(lines('a', 90), lines('a', 90), { ...rules });
  expect(
    reconciliationReport({ result: clean, rules, run: 2, pages: [], statementProblems: [] }),
  ).toMatchObject({ run: 2, proof: { sides: '0', holds: true } });
  const problem = { code: 'PAGE_MISSING', account: '9999000011', statement: 'S1', page: 1 } as const;
  expect(
    reconciliationReport({ result: clean, rules, run: 1, pages: [], statementProblems: [problem] }).verdict,
  ).toBe('refused');
});
