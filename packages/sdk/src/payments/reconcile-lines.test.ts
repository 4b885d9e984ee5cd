import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { reconcileLines } from './reconcile-lines.ts';
import { reconciliationRules, type ReconciliationLine } from './reconciliation-rules.ts';

const rules = reconciliationRules(openSpecifications());
const line = (id: string, more: Partial<ReconciliationLine> = {}): ReconciliationLine => ({
  id,
  account: '9999000011',
  reference: '',
  order: '',
  batch: '',
  direction: 'credit',
  amount: 100,
  day: '2026-01-05',
  text: '',
  isReversal: false,
  ...more,
});
const run = (
  bank: readonly ReconciliationLine[],
  book: readonly ReconciliationLine[],
  own = rules,
): string[] =>
  reconcileLines(bank, book, own).differences.map(
    ({ class: kind, bankIds, bookIds, bankAmount, bookAmount }) =>
      `${kind} ${[...bankIds, '|', ...bookIds].join(' ')} ${bankAmount - bookAmount}`,
  );

test.each([
  ['equal lines', [line('a', { reference: 'FT1' })], [line('b', { reference: 'FT1' })], []],
  ['a credit the book does not know', [line('a', { reference: 'FT1' })], [], ['MISSING_IN_BOOK a | 100']],
  [
    'a debit the bank does not know',
    [],
    [line('b', { reference: 'FT1', direction: 'debit' })],
    ['MISSING_AT_BANK | b 100'],
  ],
  [
    'other amounts',
    [line('a', { reference: 'FT1', amount: 90 })],
    [line('b', { reference: 'FT1' })],
    ['AMOUNT_DIFFERS a | b -10'],
  ],
  [
    'a fee taken on the way',
    [line('a', { reference: 'FT1', amount: 8_900 })],
    [line('b', { reference: 'FT1', amount: 10_000 })],
    ['FEE_NETTED a | b -1100'],
  ],
  [
    'a later booking day',
    [line('a', { reference: 'FT1', day: '2026-02-02' })],
    [line('b', { reference: 'FT1', day: '2026-01-31' })],
    ['LATE_POSTING a | b 0'],
  ],
  [
    'a notification posted twice',
    [line('a', { reference: 'FT1' })],
    [line('b', { reference: 'FT1' }), line('c', { reference: 'FT1' })],
    ['DUPLICATE_IN_BOOK | c -100'],
  ],
  [
    'a movement told twice',
    [line('a', { reference: 'FT1' }), line('b', { reference: 'FT1' })],
    [line('c', { reference: 'FT1' })],
    ['DUPLICATE_AT_BANK b | 100'],
  ],
  [
    'a movement told twice that the book does not know',
    [line('a', { reference: 'FT1' }), line('b', { reference: 'FT1' })],
    [],
    ['DUPLICATE_AT_BANK b | 100', 'MISSING_IN_BOOK a | 100'],
  ],
  [
    'one order under two numbers of the bank',
    [line('a', { reference: 'FT1', order: 'E1' }), line('b', { reference: 'FT2', order: 'E1' })],
    [line('c', { reference: 'FT1' }), line('d', { reference: 'FT2' })],
    ['DOUBLE_PAYMENT b | 0'],
  ],
  [
    'two equal payments of a day',
    [line('a', { text: 'x' }), line('b', { text: 'x' })],
    [line('c', { text: 'x' }), line('d', { text: 'x' })],
    [],
  ],
  [
    'three equal payments against two',
    [line('a', { text: 'x' }), line('b', { text: 'x' }), line('e', { text: 'x' })],
    [line('c', { text: 'x' }), line('d', { text: 'x' })],
    ['MISSING_IN_BOOK e | 100'],
  ],
  [
    'alike under two numbers of the bank',
    [line('a', { reference: 'FT1', text: 'x' })],
    [line('b', { reference: 'FT2', text: 'x' })],
    ['MISSING_AT_BANK | b -100', 'MISSING_IN_BOOK a | 100'],
  ],
  [
    'a reversed credit',
    [line('a', { reference: 'FT1' }), line('r', { reference: 'FT1', direction: 'debit', isReversal: true })],
    [line('b', { reference: 'FT1' })],
    ['REVERSED_AT_BANK r | -100'],
  ],
  [
    'one credit for a batch',
    [line('a', { order: 'B1', amount: 300 })],
    [line('b', { batch: 'B1', amount: 100 }), line('c', { batch: 'B1', amount: 200 })],
    [],
  ],
  [
    'one credit for a batch of another sum',
    [line('a', { order: 'B1', amount: 301 })],
    [line('b', { batch: 'B1', amount: 100 }), line('c', { batch: 'B1', amount: 200 })],
    ['AMOUNT_DIFFERS a | b c 1'],
  ],
  [
    'many movements for one order of the book',
    [
      line('a', { batch: 'B1', amount: 100, direction: 'debit' }),
      line('b', { batch: 'B1', amount: 200, direction: 'debit' }),
    ],
    [line('c', { order: 'B1', amount: 300, direction: 'debit' })],
    [],
  ],
  ['nothing at all', [], [], []],
])('%s', (_name, bank, book, expected) => {
  expect(run(bank, book)).toEqual(expected);
});

test('tolerances are off, and open only where one pair is possible', () => {
  const bank = [line('a', { text: 'x', day: '2026-01-06' })];
  const book = [line('b', { text: 'x' })];
  expect(run(bank, book)).toHaveLength(2);
  const open = { ...rules, tolerance: { days: 2, amount: 5 } };
  expect(run(bank, book, open)).toEqual([]);
  expect(run([...bank, line('c', { text: 'x', day: '2026-01-07' })], book, open)).toHaveLength(3);
  expect(run([line('a', { reference: 'F', amount: 96 })], [line('b', { reference: 'F' })], open)).toEqual([
    'AMOUNT_WITHIN_TOLERANCE a | b -4',
  ]);
});

const lines = (prefix: string) =>
  fc
    .array(
      fc.record({
        reference: fc.constantFrom('', 'FT1', 'FT2', 'FT3', 'FT4'),
        order: fc.constantFrom('', 'E1', 'E2', 'B1'),
        batch: fc.constantFrom('', '', 'B1'),
        account: fc.constantFrom('9999000011', '9999000022'),
        direction: fc.constantFrom('credit' as const, 'debit' as const),
        amount: fc.constantFrom(0, 100, 200, 1200, 9_000_000_000_000),
        day: fc.constantFrom('2026-01-05', '2026-01-06'),
        text: fc.constantFrom('', 'x', 'y'),
        isReversal: fc.boolean(),
      }),
      { maxLength: 14 },
    )
    .map((all) => all.map((one, index) => ({ id: `${prefix}${String(index).padStart(2, '0')}`, ...one })));

test('every line is matched once or reported once, sums prove to the đồng, and order does not matter', () => {
  const options = fc.constantFrom(rules, { ...rules, tolerance: { days: 1, amount: 100 } });
  fc.assert(
    fc.property(lines('a'), lines('b'), options, (bank, book, own) => {
      const result = reconcileLines(bank, book, own);
      const net = ({ credits, debits }: typeof result.bank): bigint => credits.sum - debits.sum;
      const differing = result.differences.reduce(
        (sum, one) => sum + BigInt(one.bankAmount) - BigInt(one.bookAmount),
        0n,
      );
      expect(differing).toBe(net(result.bank) - net(result.book));
      const money = result.differences.filter((one) => one.class !== 'DOUBLE_PAYMENT');
      for (const side of ['bankIds', 'bookIds'] as const) {
        const ids = money.flatMap((one) => one[side]);
        expect(new Set(ids).size).toBe(ids.length);
      }
      expect(reconcileLines(bank.toReversed(), book.toReversed(), own)).toEqual(result);
      expect(
        reconcileLines(
          bank,
          bank.map((one) => ({ ...one })),
          { ...own, fees: [] },
        ).differences.every((one) => one.class !== 'AMOUNT_DIFFERS'),
      ).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
