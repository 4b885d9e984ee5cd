import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { allocate, type Obligation } from './allocate.ts';
import { allocationData, allocationPolicy } from './allocation-policy.ts';
import { obligationEntry, outstandingObligations, postReceipt } from './contribution-account.ts';
import { contributionSections } from './contribution-sections.ts';
import { refundEntry } from './refund.ts';
import { suspenseEntry } from './suspense.ts';
import { reverseReceipt } from './reverse-receipt.ts';
import { createLedger, type Ledger } from './ledger.ts';

const specifications = openSpecifications();
const data = allocationData(specifications);
const obligation = (
  fund: Obligation['fund'],
  part: Obligation['part'],
  period: string,
  amount: number,
): Obligation => ({
  id: `${fund}-${part}-${period}`,
  fund,
  part,
  period,
  amount,
});
const owed = [
  obligation('ODTS', 'principal', '2026-01', 300),
  obligation('HTTT', 'principal', '2026-01', 2200),
  obligation('BHYT', 'principal', '2026-01', 450),
  obligation('BHYT', 'interest', '2025-12', 10),
  obligation('BHYT', 'principal', '2025-12', 400),
  obligation('BHTN', 'principal', '2026-01', 200),
];
const brief = (amount: number, policy: string): string[] =>
  allocate(amount, owed, allocationPolicy(data, policy)).lines.map(
    ({ obligationId, amount }) => `${obligationId} ${amount}`,
  );

test('the default policy settles health insurance with its interest first, older periods before newer', () => {
  expect(brief(1100, 'practice-1111-2011')).toEqual([
    'BHYT-principal-2025-12 400',
    'BHYT-interest-2025-12 10',
    'BHYT-principal-2026-01 450',
    'BHTN-principal-2026-01 200',
    'ODTS-principal-2026-01 40',
  ]);
});

test('interest goes before principal only where the policy says so', () => {
  expect(brief(15, 'interest-first')).toEqual(['BHYT-interest-2025-12 10', 'BHYT-principal-2025-12 5']);
  expect(brief(15, 'period-first')).toEqual(['BHYT-principal-2025-12 15']);
});

test('proportional shares add up to the đồng', () => {
  const third = [1, 2, 3].map((number) =>
    obligation((['BHYT', 'BHTN', 'ODTS'] as const)[number - 1] ?? 'HTTT', 'principal', '2026-01', 100),
  );
  const { lines } = allocate(100, third, allocationPolicy(data, 'proportional'));
  expect(lines.map(({ fund, amount }) => [fund, amount])).toEqual([
    ['BHYT', 34],
    ['BHTN', 33],
    ['ODTS', 33],
  ]);
});

test('every line names its policy, and every policy says that it is unverified', () => {
  const { lines } = allocate(100, owed, allocationPolicy(data));
  expect(lines.every(({ policyId }) => policyId === 'practice-1111-2011')).toBe(true);
  expect(data.policies.every(({ basis }) => basis === 'unverified')).toBe(true);
});

const obligations = fc.uniqueArray(
  fc
    .record({
      fund: fc.constantFrom('ODTS', 'HTTT', 'TNLD_BNN', 'BHTN', 'BHYT') as fc.Arbitrary<Obligation['fund']>,
      part: fc.constantFrom('principal', 'interest') as fc.Arbitrary<Obligation['part']>,
      period: fc.constantFrom('2025-11', '2025-12', '2026-01'),
      amount: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 9_000_000_000_000 })),
      isForLeaver: fc.boolean(),
    })
    .map((one) => ({ ...one, id: `${one.fund}-${one.part}-${one.period}` })),
  { selector: ({ id }) => id, maxLength: 12 },
);
const receipts = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20_000_000_000_000 }));
const policies = fc.constantFrom(...data.policies);

test('lines and the rest make the receipt, lines are positive and never more than owed, and order does not matter', () => {
  fc.assert(
    fc.property(receipts, obligations, policies, fc.func(fc.integer()), (receipt, list, policy, order) => {
      const result = allocate(receipt, list, policy);
      const sum = result.lines.reduce((all, { amount }) => all + amount, 0);
      expect(sum + result.unallocated).toBe(receipt);
      const total = list.reduce((all, { amount }) => all + amount, 0);
      expect(result.unallocated).toBe(Math.max(0, receipt - total));
      const byId = new Map(list.map((one) => [one.id, one.amount]));
      for (const { obligationId, amount } of result.lines) {
        expect(amount).toBeGreaterThan(0);
        expect(amount).toBeLessThanOrEqual(byId.get(obligationId) ?? 0);
      }
      const shuffled = list.toSorted((a, b) => order(a.id) - order(b.id));
      expect(allocate(receipt, shuffled, policy)).toEqual(result);
    }),
    { numRuns: 500 },
  );
});

const snapshot = (ledger: Ledger): Record<string, number> => {
  const balances: Record<string, number> = {};
  for (const { postings } of ledger.entries())
    for (const { account, debit, credit } of postings)
      balances[account] = (balances[account] ?? 0) + credit - debit;
  return Object.fromEntries(
    Object.entries(balances)
      .filter(([, balance]) => balance !== 0)
      .toSorted(),
  );
};
const opened = (list: readonly Obligation[]): Ledger => {
  const ledger = createLedger();
  for (const one of list) if (one.amount > 0) ledger.post(obligationEntry('ZZ1234C', one, '2026-01-31'));
  return ledger;
};
const receiptOf = (amount: number, key = 'ref:9999000011:FT1') => ({
  key,
  unitCode: 'ZZ1234C',
  bankAccount: '9999000011',
  amount,
  on: '2026-02-05',
  voucher: 'UNC 00001',
});

test('a reversal restores every balance, and the same receipt or reversal told again changes nothing', () => {
  fc.assert(
    fc.property(
      receipts.filter((amount) => amount > 0),
      obligations,
      policies,
      (amount, list, policy) => {
        const ledger = opened(list);
        const before = snapshot(ledger);
        const lines = postReceipt(ledger, receiptOf(amount), policy);
        expect(lines.reduce((sum, line) => sum + line.amount, 0) + ledger.balance('carried:ZZ1234C')).toBe(
          amount,
        );
        const between = snapshot(ledger);
        postReceipt(ledger, receiptOf(amount), policy);
        expect(snapshot(ledger)).toEqual(between);
        reverseReceipt(ledger, receiptOf(amount).key, '2026-02-06', 'FT2');
        expect(snapshot(ledger)).toEqual(before);
        reverseReceipt(ledger, receiptOf(amount).key, '2026-02-06', 'FT2');
        expect(snapshot(ledger)).toEqual(before);
        expect(Object.values(before).reduce((sum, balance) => sum + balance, 0)).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

test('an overpayment is carried and explained by its messages, a refund takes it out with its reason', () => {
  const ledger = opened(owed);
  postReceipt(ledger, receiptOf(4000), allocationPolicy(data));
  expect(outstandingObligations(ledger, 'ZZ1234C')).toEqual([]);
  expect(ledger.balance('carried:ZZ1234C')).toBe(440);
  expect(ledger.explain('carried:ZZ1234C').map(({ kind, sources }) => [kind, sources])).toEqual([
    ['receipt', ['ref:9999000011:FT1', 'UNC 00001']],
    ['allocation', ['ref:9999000011:FT1']],
  ]);
  const refund = {
    id: 'C16-1',
    unitCode: 'ZZ1234C',
    bankAccount: '9999000011',
    amount: 440,
    on: '2026-02-20',
  };
  ledger.post(refundEntry(refund, data.refundReasons[0]?.code ?? '', 'C16-TS 1'));
  expect(ledger.balance('carried:ZZ1234C')).toBe(0);
  expect(data.refundReasons).toHaveLength(5);
});

test('C12 lists the vouchers and what they settled, reversals as mirror figures', () => {
  const ledger = opened(owed);
  postReceipt(ledger, receiptOf(1100), allocationPolicy(data));
  const sections = contributionSections(ledger, 'ZZ1234C', '2026-02-01', '2026-02-28');
  expect(sections.paid).toMatchObject([
    { voucher: 'UNC 00001', on: '2026-02-05', amount: 1100, unallocated: 0 },
  ]);
  expect(sections.allocated.BHYT).toEqual({ principal: 850, interest: 10 });
  expect(sections.allocatedTotal).toBe(1100);
  reverseReceipt(ledger, receiptOf(1100).key, '2026-02-06', 'FT2');
  expect(contributionSections(ledger, 'ZZ1234C', '2026-02-01', '2026-02-28')).toMatchObject({
    paidTotal: 0,
    allocatedTotal: 0,
  });
  expect(contributionSections(ledger, 'ZZ1234C', '2026-02-06', '2026-02-28').paidTotal).toBe(-1100);
});

test('the journal refuses what does not balance, other content under a known id and a second reversal', () => {
  const ledger = createLedger();
  const { unitCode: _unit, ...receipt } = receiptOf(100);
  const entry = suspenseEntry(receipt, 'unit-unknown');
  ledger.post(entry);
  expect(ledger.post(entry)).toEqual(entry);
  const code = (name: string) => expect.objectContaining({ code: name });
  expect(() => ledger.post({ ...entry, on: '2026-02-07' })).toThrow(code('ERR_LEDGER_CONFLICT'));
  expect(() => ledger.post({ ...entry, id: 'x', postings: entry.postings.slice(1) })).toThrow(
    code('ERR_LEDGER_UNBALANCED'),
  );
  expect(() =>
    ledger.post({
      ...entry,
      id: 'y',
      postings: entry.postings.map((posting) => ({ ...posting, debit: posting.debit / 3 })),
    }),
  ).toThrow(code('ERR_AMOUNT_NOT_WHOLE'));
  ledger.reverse(entry.id, { id: 'r1', on: '2026-02-08', sources: ['FT3'] });
  expect(() => ledger.reverse(entry.id, { id: 'r2', on: '2026-02-08', sources: ['FT3'] })).toThrow(
    code('ERR_LEDGER_REVERSAL'),
  );
  expect(() => ledger.reverse('r1', { id: 'r3', on: '2026-02-08', sources: [] })).toThrow(
    code('ERR_LEDGER_REVERSAL'),
  );
  expect(ledger.balance('suspense:unit-unknown')).toBe(0);
});
