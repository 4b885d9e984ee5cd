import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readC12, reconcileC12 } from '../declarations/c12.ts';
import { openSpecifications } from '../specifications/index.ts';
import type { Obligation } from './allocate.ts';
import { allocationData, allocationPolicy, type AllocationPolicy } from './allocation-policy.ts';
import {
  obligationEntry,
  outstandingObligations,
  postReceipt,
  settleCarried,
} from './contribution-account.ts';
import { contributionRows, contributionSections } from './contribution-sections.ts';
import { disbursementData } from './disbursement/disbursement-data.ts';
import { createDisbursements } from './disbursement/disbursements.ts';
import { buildBatch } from './disbursement/batch.ts';
import { traceMoney } from './disbursement/trace-money.ts';
import { voucherOf } from './disbursement/voucher.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { postRefund } from './refund.ts';
import { reverseReceipt } from './reverse-receipt.ts';
import { releaseSuspense, suspended, suspenseEntry } from './suspense.ts';

const specifications = openSpecifications();
const data = allocationData(specifications);
const policy = allocationPolicy(data);
const unit = 'ZZ1234C';
const code = (name: string) => expect.objectContaining({ code: name });

const owe = (ledger: Ledger, amount: number, period = '2026-01', more: Partial<Obligation> = {}): void => {
  const one: Obligation = {
    id: `${more.fund ?? 'BHYT'}-${period}`,
    fund: 'BHYT',
    part: 'principal',
    period,
    amount,
    ...more,
  };
  ledger.post(obligationEntry(unit, one, `${period}-28`));
};
const receipt = (key: string, amount: number, on = '2026-02-05') => ({
  key,
  unitCode: unit,
  bankAccount: '9999000011',
  amount,
  on,
  voucher: key,
});
const pay = (ledger: Ledger, key: string, amount: number, own: AllocationPolicy = policy): void => {
  postReceipt(ledger, receipt(key, amount), own);
};
const carried = (ledger: Ledger): number => ledger.balance(`carried:${unit}`);
const owed = (ledger: Ledger): number =>
  outstandingObligations(ledger, unit).reduce((sum, { amount }) => sum + amount, 0);

test('what was paid too much settles the next month, once', () => {
  const ledger = createLedger();
  owe(ledger, 1000);
  pay(ledger, 'FT1', 1500);
  owe(ledger, 800, '2026-02');
  const settle = () =>
    settleCarried(ledger, { id: 'close-2026-02', unitCode: unit, on: '2026-03-01' }, policy);
  expect(settle()).toMatchObject([{ period: '2026-02', amount: 500, policyId: 'practice-1111-2011' }]);
  expect(settle()).toEqual([]);
  expect([carried(ledger), owed(ledger)]).toEqual([0, 300]);
});

test('a leaver is settled first where the policy says so, also from the ledger', () => {
  const ledger = createLedger();
  owe(ledger, 100, '2025-12', { fund: 'BHYT' });
  owe(ledger, 100, '2026-01', { fund: 'HTTT', isForLeaver: true });
  expect(postReceipt(ledger, receipt('FT1', 100), policy)).toMatchObject([{ fund: 'HTTT', amount: 100 }]);
  expect(outstandingObligations(ledger, unit)).toMatchObject([{ fund: 'BHYT', amount: 100 }]);
});

test('a reversal undoes what was settled with the surplus since, and recovers what was refunded', () => {
  const ledger = createLedger();
  owe(ledger, 1000);
  pay(ledger, 'FT1', 1500);
  owe(ledger, 300, '2026-02');
  settleCarried(ledger, { id: 'close', unitCode: unit, on: '2026-03-01' }, policy);
  const refund = {
    id: 'R1',
    from: { unitCode: unit },
    to: { bankAccount: '9999000011' },
    amount: 200,
    on: '2026-03-02',
    reason: 'overpaid-unit-closed',
    decision: 'C16-1',
  };
  postRefund(ledger, refund, data.refundReasons);
  expect(carried(ledger)).toBe(0);
  reverseReceipt(ledger, 'FT1', '2026-03-05', 'FT9');
  reverseReceipt(ledger, 'FT1', '2026-03-05', 'FT9');
  expect([carried(ledger), owed(ledger), ledger.balance(`recover:${unit}`)]).toEqual([0, 1300, -200]);
});

test('money in suspense is released once, to the unit it belongs to, and can be reversed after that', () => {
  const ledger = createLedger();
  owe(ledger, 400);
  const { unitCode: _unit, ...unknown } = receipt('FT1', 700);
  ledger.post(suspenseEntry(unknown, 'unit-unknown'));
  expect(suspended(ledger, 'FT1')).toMatchObject({ reason: 'unit-unknown', amount: 700 });
  const release = () =>
    releaseSuspense(ledger, 'FT1', { unitCode: unit, on: '2026-02-08', source: 'TS-1' }, policy);
  expect(release()).toMatchObject([{ amount: 400 }]);
  expect(release).toThrow(code('ERR_SUSPENSE'));
  expect([carried(ledger), owed(ledger), ledger.balance('suspense:unit-unknown')]).toEqual([300, 0, 0]);
  expect(contributionSections(ledger, unit, '2026-02-01', '2026-02-28').paid).toMatchObject([
    { voucher: 'FT1', on: '2026-02-08', amount: 700, unallocated: 300 },
  ]);
  reverseReceipt(ledger, 'FT1', '2026-02-09', 'FT2');
  expect([carried(ledger), owed(ledger), ledger.balance('bank:9999000011')]).toEqual([0, 400, 0]);
});

test.each([
  'overpaid-unit-closed',
  'voluntary-or-household',
  'wrong-office',
  'not-a-contribution',
  'wrong-account',
])(
  'a refund for %s leaves suspense as a voucher, a batch pays it, and the decision leads to the money',
  (reason) => {
    const ledger = createLedger();
    const { unitCode: _unit, ...unknown } = receipt('FT1', 700);
    ledger.post(suspenseEntry(unknown, 'unit-unknown'));
    const refund = {
      id: 'HT1',
      from: { key: 'FT1' },
      to: { voucher: 'HT1' },
      amount: 700,
      on: '2026-02-08',
      reason,
      decision: 'C16-TS-7',
    };
    expect(() => postRefund(ledger, { ...refund, amount: 600 }, data.refundReasons)).toThrow(
      code('ERR_REFUND'),
    );
    postRefund(ledger, refund, data.refundReasons);
    postRefund(ledger, refund, data.refundReasons);
    expect(() => postRefund(ledger, { ...refund, id: 'HT2' }, data.refundReasons)).toThrow(
      code('ERR_REFUND'),
    );
    const paying = disbursementData(specifications);
    const orders = createDisbursements(paying, ledger);
    const payee = { name: 'CONG TY THU NGHIEM', account: '9999000077', clearing: '99202001' };
    const voucher = voucherOf(paying, 'decision-c16', {
      id: 'HT1',
      document: 'C16-TS-7',
      payee,
      amount: 700,
      on: '2026-02-08',
      text: '',
    });
    orders.plan(
      buildBatch(
        { id: 'LC1', debitAccount: '9999000011', debitClearing: '99203001', payer: 'BHXH', on: '2026-02-09' },
        [voucher],
      ),
    );
    orders.sending('LC1');
    orders.answered({ batch: 'LC1', status: 'ACSC', reason: '', lines: [], problems: [] }, '2026-02-09');
    expect(traceMoney(ledger, 'C16-TS-7')).toMatchObject([{ voucher: 'HT1', paidOut: 700, open: 0 }]);
    expect(ledger.balance('bank:9999000011')).toBe(0);
    expect(() => reverseReceipt(ledger, 'FT1', '2026-02-10', 'FT2')).toThrow(code('ERR_LEDGER_REVERSAL'));
  },
);

test('a refund needs one of the five reasons, a decision and the money', () => {
  const ledger = createLedger();
  pay(ledger, 'FT1', 100);
  const refund = {
    id: 'R1',
    from: { unitCode: unit },
    to: { bankAccount: '9999000011' },
    amount: 100,
    on: '2026-02-08',
    reason: 'wrong-office',
    decision: 'C16',
  };
  for (const wrong of [{ reason: 'because' }, { decision: '' }, { amount: 101 }, { from: { key: 'FT1' } }])
    expect(() => postRefund(ledger, { ...refund, ...wrong }, data.refundReasons)).toThrow(code('ERR_REFUND'));
  expect(data.refundReasons).toHaveLength(5);
});

test('sections C and D of C12 come from the ledger and agree with themselves', async () => {
  const ledger = createLedger();
  owe(ledger, 477_900);
  owe(ledger, 2_655_000, '2026-01', { fund: 'HTTT' });
  owe(ledger, 1_000, '2026-01', { fund: 'HTTT', part: 'interest', id: 'I' });
  pay(ledger, '00001', 3_000_000);
  pay(ledger, '00002', 500_000);
  const rows = contributionRows(contributionSections(ledger, unit, '2026-02-01', '2026-02-28'), data, policy);
  expect(rows.map(({ stt, noiDung, cong }) => [stt, noiDung, cong])).toEqual([
    ['C', 'Số tiền đã nộp trong kỳ', 3_500_000],
    ['C.1', '+ UNC số 00001, Ngày 05/02/2026', 3_000_000],
    ['C.2', '+ UNC số 00002, Ngày 05/02/2026', 500_000],
    ['D.1', 'Phân bổ vào phải đóng', 3_499_000],
    ['D.2', 'Phân bổ vào lãi', 1_000],
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-c12-'));
  try {
    const path = join(folder, 'c12.json');
    writeFileSync(path, JSON.stringify({ c12s: rows }));
    expect(reconcileC12(specifications, await readC12(specifications, path))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every figure leads back to the messages it rests on', () => {
  const ledger = createLedger();
  owe(ledger, 400);
  pay(ledger, 'FT1', 300);
  pay(ledger, 'FT2', 300);
  const due = `due:${unit}:BHYT:principal:2026-01`;
  expect(ledger.explain(due).flatMap(({ kind, sources }) => [[kind, sources[0]]])).toEqual([
    ['obligation', 'BHYT-2026-01'],
    ['allocation', 'FT1'],
    ['allocation', 'FT2'],
  ]);
  expect(ledger.citing('FT2').map(({ kind }) => kind)).toEqual(['receipt', 'allocation']);
});

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('owe' as const),
      fund: fc.constantFrom('BHYT' as const, 'HTTT' as const),
      month: fc.integer({ min: 1, max: 6 }),
      amount: fc.integer({ min: 1, max: 500 }),
    }),
    fc.record({
      do: fc.constant('pay' as const),
      key: fc.integer({ min: 1, max: 6 }),
      amount: fc.integer({ min: 1, max: 900 }),
    }),
    fc.record({
      do: fc.constant('suspend' as const),
      key: fc.integer({ min: 7, max: 9 }),
      amount: fc.integer({ min: 1, max: 900 }),
    }),
    fc.record({ do: fc.constant('release' as const), key: fc.integer({ min: 7, max: 9 }) }),
    fc.record({ do: fc.constant('carry' as const), id: fc.integer({ min: 1, max: 9 }) }),
    fc.record({
      do: fc.constant('refund' as const),
      id: fc.integer({ min: 1, max: 9 }),
      amount: fc.integer({ min: 1, max: 300 }),
    }),
    fc.record({ do: fc.constant('reverse' as const), key: fc.integer({ min: 1, max: 9 }) }),
  ),
  { maxLength: 40 },
);

test('whatever happens in whatever order, nothing is negative, nothing is lost and every entry balances', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(...data.policies), (all, own) => {
      const ledger = createLedger();
      const ignore = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(
            /^ERR_(LEDGER_(CONFLICT|REVERSAL)|SUSPENSE|REFUND)$/,
          );
        }
      };
      for (const step of all) {
        ignore(() => {
          switch (step.do) {
            case 'owe':
              return owe(ledger, step.amount, `2026-0${step.month}`, { fund: step.fund });
            case 'pay':
              return pay(ledger, `FT${step.key}`, step.amount, own);
            case 'suspend': {
              const { unitCode: _unit, ...unknown } = receipt(`FT${step.key}`, step.amount);
              return void ledger.post(suspenseEntry(unknown, 'unit-unknown'));
            }
            case 'release':
              return void releaseSuspense(
                ledger,
                `FT${step.key}`,
                { unitCode: unit, on: '2026-02-08', source: 'TS' },
                own,
              );
            case 'carry':
              return void settleCarried(ledger, { id: `c${step.id}`, unitCode: unit, on: '2026-02-09' }, own);
            case 'refund':
              return void postRefund(
                ledger,
                {
                  id: `R${step.id}`,
                  from: { unitCode: unit },
                  to: { bankAccount: '9999000011' },
                  amount: step.amount,
                  on: '2026-02-10',
                  reason: 'wrong-office',
                  decision: 'C16',
                },
                data.refundReasons,
              );
            default:
              return reverseReceipt(ledger, `FT${step.key}`, '2026-02-11', 'FTR');
          }
        });
        expect(carried(ledger)).toBeGreaterThanOrEqual(0);
        expect(ledger.balance('suspense:unit-unknown')).toBeGreaterThanOrEqual(0);
        for (const account of ledger.accounts(`due:${unit}`))
          expect(ledger.balance(account)).toBeLessThanOrEqual(0);
      }
      let sum = 0;
      for (const { postings } of ledger.entries())
        for (const { debit, credit } of postings) sum += credit - debit;
      expect(sum).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('where the policy says so, receipts may come in any order', () => {
  const obligations = fc.uniqueArray(
    fc.record({
      fund: fc.constantFrom('BHYT' as const, 'BHTN' as const, 'ODTS' as const, 'HTTT' as const),
      part: fc.constantFrom('principal' as const, 'interest' as const),
      period: fc.constantFrom('2025-11', '2025-12', '2026-01'),
      amount: fc.integer({ min: 1, max: 500 }),
    }),
    { selector: ({ fund, part, period }) => `${fund}${part}${period}`, maxLength: 10 },
  );
  const amounts = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 2, maxLength: 5 });
  const free = data.policies.filter(({ receiptsInAnyOrder }) => receiptsInAnyOrder);
  expect(free.length).toBeGreaterThan(0);
  expect(
    data.policies.filter(({ split }) => split === 'proportional').every((one) => !one.receiptsInAnyOrder),
  ).toBe(true);
  fc.assert(
    fc.property(obligations, amounts, fc.constantFrom(...free), (list, paid, own) => {
      const after = (order: readonly number[]): string => {
        const ledger = createLedger();
        for (const one of list)
          ledger.post(
            obligationEntry(unit, { ...one, id: `${one.fund}${one.part}${one.period}` }, '2026-01-31'),
          );
        for (const amount of order) pay(ledger, `FT${paid.indexOf(amount)}-${amount}`, amount, own);
        return JSON.stringify([
          outstandingObligations(ledger, unit).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
          carried(ledger),
        ]);
      };
      const once = [...new Set(paid)];
      expect(after(once.toReversed())).toBe(after(once));
    }),
    { numRuns: 200 },
  );
});
