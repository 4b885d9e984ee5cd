import { describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { calculateSelfPaid, openContributionLaw, participationOf } from './index.ts';

const specifications = openSpecifications();

describe('who takes part', () => {
  test.each([
    // month, scheme, contract, funds that are not paid
    ['2019-03', 'enterprise', null, []],
    ['2019-03', 'enterprise', 2, ['unemployment', 'health']],
    ['2025-12', 'enterprise', 2, ['unemployment']],
    ['2026-01', 'enterprise', 1, []],
    [
      '2026-01',
      'enterprise',
      0,
      ['sickness-maternity', 'retirement-death', 'occupational', 'unemployment', 'health'],
    ],
    ['2026-01', 'foreign', 6, ['sickness-maternity', 'retirement-death', 'occupational']],
    ['2026-01', 'foreign', 12, []],
  ] as const)('in %s, %s, with a contract of %s months', (month, scheme, contractMonths, without) => {
    expect(participationOf(specifications, { month, scheme, contractMonths }).without).toEqual(without);
  });

  test('fourteen working days without a wage leave the month without contributions', () => {
    const absence = (absentDays: number): unknown =>
      participationOf(specifications, {
        month: '2026-01',
        contractMonths: null,
        absentDays,
        absence: 'sickness',
      }).absence;
    expect([absence(13), absence(14)]).toEqual([null, 'sickness']);
  });
});

test('part-time staff of a commune pays retirement, and sickness from July 2025', () => {
  const amounts = (month: string) =>
    openContributionLaw(specifications, { month, region: 1, scheme: 'commune' }).amounts(2_340_000);
  const old = amounts('2025-06');
  const now = amounts('2025-07');
  expect([old.employerSicknessMaternity, now.employerSicknessMaternity]).toEqual([0, 70_200]);
  expect([now.employerRetirementDeath, now.employeeRetirementDeath]).toEqual([327_600, 187_200]);
  expect([now.employerOccupational, now.employerUnemployment, now.employeeUnemployment]).toEqual([0, 0, 0]);
});

test('owners of household businesses pay 25 per cent of a base of their choice', () => {
  const paid = calculateSelfPaid(specifications, { month: '2026-07', base: 10_000_000 });
  expect([paid.sicknessMaternity, paid.retirementDeath, paid.total]).toEqual([300_000, 2_200_000, 2_500_000]);
  for (const base of [2_529_999, 50_600_001])
    expect(() => calculateSelfPaid(specifications, { month: '2026-07', base })).toThrow(
      expect.objectContaining({ code: 'ERR_INCOME_OUT_OF_RANGE' }),
    );
  expect(() => calculateSelfPaid(specifications, { month: '2025-06', base: 10_000_000 })).toThrow(
    expect.objectContaining({ code: 'ERR_NO_LAW_FOR_MONTH' }),
  );
});
