import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import {
  calculateAdjustment,
  calculateMonths,
  calculatePayroll,
  calculateVoluntary,
  columnsOf,
  householdHealth,
  interestAtRate,
  interestByDay,
  interestByMonth,
  monthsBetween,
  openContributionLaw,
} from './index.ts';
import type { LawChoice, Region, Rounding, Scheme } from './index.ts';

const specifications = openSpecifications();

const law = (
  choice: Partial<LawChoice> & { readonly month: string },
): ReturnType<typeof openContributionLaw> => openContributionLaw(specifications, { region: 1, ...choice });

describe('golden numbers', () => {
  test('two workers at 5,310,000 in 2026 give the statement that was observed', () => {
    const { columns } = calculatePayroll(
      specifications,
      [
        { key: '9900000001', wage: 5_310_000 },
        { key: '9900000002', wage: 5_310_000 },
      ],
      { month: '2026-01', region: 1 },
    );
    expect(columns).toEqual({
      bhxh: 2_655_000,
      bhyt: 477_900,
      bhtn: 212_400,
      tnld: 53_100,
      total: 3_398_400,
    });
  });

  // month, total rate of employer and employee in hundredths of a per cent
  test.each([
    ['2018-01', 2150, 1050],
    ['2019-03', 2150, 1050],
    ['2021-06', 2150, 1050],
    ['2021-08', 2100, 1050],
    ['2021-10', 2000, 1050],
    ['2022-06', 2000, 1050],
    ['2022-07', 2050, 1050],
    ['2022-10', 2150, 1050],
    ['2024-07', 2150, 1050],
    ['2025-07', 2150, 1050],
    ['2026-01', 2150, 1050],
    ['2026-07', 2150, 1050],
  ])('in %s the rates of an enterprise add up to its row of the table', (month, employer, employee) => {
    const amounts = law({ month }).amounts(10_000_000);
    expect(amounts.employer).toBe(employer * 1000);
    expect(amounts.employee).toBe(employee * 1000);
  });

  // month, region, ceiling of social insurance and health, ceiling of unemployment insurance
  test.each<[string, Region, number, number]>([
    ['2018-06', 1, 26_000_000, 79_600_000],
    ['2019-03', 2, 27_800_000, 74_200_000],
    ['2019-07', 3, 29_800_000, 65_000_000],
    ['2021-08', 4, 29_800_000, 61_400_000],
    ['2022-07', 1, 29_800_000, 93_600_000],
    ['2023-07', 2, 36_000_000, 83_200_000],
    ['2024-07', 1, 46_800_000, 99_200_000],
    ['2025-07', 4, 46_800_000, 69_000_000],
    ['2026-01', 3, 46_800_000, 82_800_000],
    ['2026-07', 1, 50_600_000, 106_200_000],
  ])('in %s region %s the ceilings are %s and %s', (month, region, social, unemployment) => {
    const { lines } = law({ month, region }).explain(500_000_000);
    for (const line of lines) {
      expect(line.bound).toBe('ceiling');
      expect(line.base).toBe(line.fund === 'unemployment' ? unemployment : social);
    }
  });

  test('from July 2025 social insurance has a floor of one reference level, and health insurance has none', () => {
    const base = (month: string, fund: string): number | undefined =>
      law({ month })
        .explain(1_000_000)
        .lines.find((line) => line.fund === fund)?.base;
    expect(base('2025-06', 'retirement-death')).toBe(1_000_000);
    expect(base('2025-07', 'retirement-death')).toBe(2_340_000);
    expect(base('2026-07', 'occupational')).toBe(2_530_000);
    expect(base('2026-07', 'health')).toBe(1_000_000);
    expect(law({ month: '2026-07' }).amounts(0).total).toBe(0);
  });

  test('the public sector keeps its rates in the pandemic and its own ceiling until 2025', () => {
    expect(law({ month: '2021-10', scheme: 'state' }).amounts(10_000_000).employer).toBe(2_150_000);
    const unemployment = (month: string): number | undefined =>
      law({ month, scheme: 'state' })
        .explain(500_000_000)
        .lines.find((line) => line.fund === 'unemployment')?.base;
    expect(unemployment('2025-12')).toBe(46_800_000);
    expect(unemployment('2026-01')).toBe(106_200_000);
  });

  test.each([
    ['2018-11', 300_000, 150_000],
    ['2019-03', 650_000, 150_000],
    ['2022-01', 2_000_000, 950_000],
    ['2022-07', 2_050_000, 950_000],
    ['2026-01', 2_050_000, 950_000],
  ])('a foreign worker in %s pays no unemployment insurance', (month, employer, employee) => {
    const amounts = law({ month, scheme: 'foreign' }).amounts(10_000_000);
    expect([amounts.employer, amounts.employee]).toEqual([employer, employee]);
    expect(columnsOf(amounts).bhtn).toBe(0);
  });

  test('an approved unit pays 0.3 % for occupational accidents, and no unit did before the decree', () => {
    expect(
      law({ month: '2026-01', hasReducedOccupational: true }).amounts(10_000_000).employerOccupational,
    ).toBe(30_000);
    expect(() => law({ month: '2020-06', hasReducedOccupational: true })).toThrow(
      expect.objectContaining({ code: 'ERR_NO_LAW_FOR_MONTH' }),
    );
  });

  test('household health insurance falls from 100 to 40 per cent', () => {
    expect(householdHealth(specifications, { month: '2019-07', members: 6 })).toEqual([
      67_050, 46_935, 40_230, 33_525, 26_820, 26_820,
    ]);
    expect(householdHealth(specifications, { month: '2023-07', members: 5 })).toEqual([
      81_000, 56_700, 48_600, 40_500, 32_400,
    ]);
    expect(householdHealth(specifications, { month: '2024-07', members: 5 })).toEqual([
      105_300, 73_710, 63_180, 52_650, 42_120,
    ]);
    expect(householdHealth(specifications, { month: '2026-07', members: 5 })).toEqual([
      113_850, 79_695, 68_310, 56_925, 45_540,
    ]);
  });

  test('voluntary contributions are 22 per cent, supported on the poverty line alone', () => {
    const groups = ['poor', 'near-poor', 'ethnic-minority', 'other'] as const;
    const support = (month: string): readonly number[] =>
      groups.map((group) => calculateVoluntary(specifications, { month, income: 3_000_000, group }).support);
    expect(support('2025-07')).toEqual([165_000, 132_000, 99_000, 66_000]);
    expect(support('2025-06')).toEqual([99_000, 82_500, 33_000, 33_000]);
    const own = calculateVoluntary(specifications, { month: '2026-07', income: 3_000_000, group: 'other' });
    expect([own.amount, own.ownShare]).toEqual([660_000, 594_000]);
    for (const income of [1_499_999, 50_600_001])
      expect(() => calculateVoluntary(specifications, { month: '2026-07', income, group: 'other' })).toThrow(
        expect.objectContaining({ code: 'ERR_INCOME_OUT_OF_RANGE' }),
      );
  });

  test('interest by day from July 2025', () => {
    const period = { amount: 100_000_000, first: '2025-08-01', last: '2025-09-14' };
    expect(interestByDay(specifications, period)).toMatchObject({ periods: 45, interest: 1_350_000 });
    expect(() => interestByDay(specifications, { ...period, first: '2025-06-30' })).toThrow(
      expect.objectContaining({ code: 'ERR_NO_LAW_FOR_MONTH' }),
    );
    expect(() => interestByDay(specifications, { ...period, last: '2025-07-31' })).toThrow(
      expect.objectContaining({ code: 'ERR_DAY_INVALID' }),
    );
  });

  test.each([
    ['social', 100_000_000, 966_600],
    ['health', 15_000_000, 146_490],
    ['social', 200_000_000, 1_933_200],
    ['health', 35_000_000, 341_810],
    ['social', 140_000_000, 1_353_240],
  ] as const)('interest by month of 2020, %s, on %s is %s', (fund, amount, interest) => {
    expect(interestByMonth(specifications, { amount, month: '2020-05', fund }).interest).toBe(interest);
  });

  test('a month whose rate was not published says so, and a month of the daily rule too', () => {
    const ask = (month: string) => () =>
      interestByMonth(specifications, { amount: 1_000_000, month, fund: 'social' });
    expect(ask('2021-01')).toThrow(expect.objectContaining({ code: 'ERR_INTEREST_RATE_UNKNOWN' }));
    expect(ask('2025-07')).toThrow(expect.objectContaining({ code: 'ERR_INTEREST_RULE_MONTHLY' }));
  });

  test('a back-collection at the printed rate of 1.065 per cent', () => {
    const parts = [
      [50_000_000, 15, 7_987_500],
      [60_000_000, 14, 8_946_000],
      [65_000_000, 11, 7_614_750],
      [70_000_000, 10, 7_455_000],
    ] as const;
    for (const [amount, months, interest] of parts)
      expect(interestAtRate(amount, months, 10_650)).toBe(interest);
    expect(parts.reduce((sum, [, , interest]) => sum + interest, 0)).toBe(32_003_250);
  });
});

describe('months and adjustments', () => {
  test('each month of a range goes by its own law', () => {
    const months = calculateMonths(specifications, 40_000_000, {
      first: '2024-05',
      last: '2024-08',
      region: 1,
    });
    expect(months.map(({ month, amounts }) => [month, amounts.employerRetirementDeath])).toEqual([
      ['2024-05', 5_040_000],
      ['2024-06', 5_040_000],
      ['2024-07', 5_600_000],
      ['2024-08', 5_600_000],
    ]);
    expect(monthsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
  });

  test('a wage declared too low is collected, and one declared too high is given back', () => {
    const range = { first: '2026-01', last: '2026-02', region: 1 } as const;
    const collect = calculateAdjustment(specifications, { before: 6_000_000, after: 7_000_000 }, range);
    expect(collect.map(({ columns }) => columns.total)).toEqual([320_000, 320_000]);
    const refund = calculateAdjustment(specifications, { before: 7_000_000, after: 6_000_000 }, range);
    expect(refund.map(({ columns }) => columns.total)).toEqual([-320_000, -320_000]);
  });

  test('an absence of fourteen days leaves nothing to pay and says why', () => {
    const { lines, amounts } = law({ month: '2026-01' }).explain(10_000_000, 'maternity');
    expect(amounts.total).toBe(0);
    expect(lines.every(({ exempt, amount }) => exempt === 'maternity' && amount === 0)).toBe(true);
  });
});

describe('explanation', () => {
  test('every line names its rate with the text in force, and what bounded the base', () => {
    const { lines } = law({ month: '2026-07' }).explain(60_000_000);
    const retirement = lines.find(({ side, fund }) => side === 'employer' && fund === 'retirement-death');
    expect(
      retirement?.parameters.map(({ id, value, legal, confidence }) => [id, value, legal, confidence]),
    ).toEqual([
      ['contribution-employer-retirement-death', 14, 'law41-2024', 'high'],
      ['social-insurance-ceiling-times', 20, 'law41-2024', 'high'],
      ['base-salary', 2_530_000, 'nd161-2026', 'high'],
    ]);
    for (const { parameters } of lines)
      for (const { legal } of parameters) expect(specifications.legal(legal)).toBeDefined();
    const old = law({ month: '2019-01' }).explain(5_000_000).lines[0];
    expect(old?.parameters[0]?.confidence).toBe('medium');
  });
});

describe('properties', () => {
  const months = monthsBetween('2018-01', '2026-12');
  const choices = fc.record({
    month: fc.constantFrom(...months),
    region: fc.constantFrom<Region>(1, 2, 3, 4),
    scheme: fc.constantFrom<Scheme>('enterprise', 'state', 'foreign'),
    rounding: fc.constantFrom<Rounding>('half-up', 'half-even', 'down'),
  });
  const wages = fc.oneof(
    fc.integer({ min: 0, max: 200_000_000 }),
    fc.integer({ min: 0, max: 1_000_000_000_000 }),
  );

  test('sums are exact, amounts whole and never negative, and lines say the same as amounts', () => {
    fc.assert(
      fc.property(choices, wages, (choice, wage) => {
        const opened = openContributionLaw(specifications, choice);
        const { lines, amounts, columns } = opened.explain(wage);
        const bySide = (side: string): number =>
          lines.filter((line) => line.side === side).reduce((sum, { amount }) => sum + amount, 0);
        expect(bySide('employer')).toBe(amounts.employer);
        expect(bySide('employee')).toBe(amounts.employee);
        expect(columns.total).toBe(amounts.total);
        expect(amounts).toEqual(opened.amounts(wage));
        for (const { base, ratePerMillion, amount } of lines) {
          expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
          const exact = BigInt(base) * BigInt(ratePerMillion);
          const distance = BigInt(amount) * 1_000_000n - exact;
          expect(distance < 1_000_000n && distance > -1_000_000n).toBe(true);
          if (choice.rounding === 'half-up') expect(BigInt(amount)).toBe((exact + 500_000n) / 1_000_000n);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('more wage is never less contribution, and beyond the highest ceiling nothing changes', () => {
    fc.assert(
      fc.property(choices, wages, fc.integer({ min: 1, max: 10_000_000 }), (choice, wage, more) => {
        const opened = openContributionLaw(specifications, choice);
        const less = opened.amounts(wage);
        const next = opened.amounts(wage + more > 1_000_000_000_000 ? wage : wage + more);
        for (const key of Object.keys(less) as (keyof typeof less)[])
          expect(next[key]).toBeGreaterThanOrEqual(less[key]);
        expect(opened.amounts(106_200_000)).toEqual(opened.amounts(1_000_000_000_000));
      }),
      { numRuns: 300 },
    );
  });

  test('a payroll is the sum of its people', () => {
    fc.assert(
      fc.property(choices, fc.array(wages, { maxLength: 8 }), (choice, all) => {
        const opened = openContributionLaw(specifications, choice);
        const payroll = calculatePayroll(
          specifications,
          all.map((wage, index) => ({ key: String(index), wage })),
          choice,
        );
        expect(payroll.amounts.total).toBe(all.reduce((sum, wage) => sum + opened.amounts(wage).total, 0));
      }),
      { numRuns: 100 },
    );
  });

  test('amounts and months that are none are refused', () => {
    for (const wage of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => law({ month: '2026-01' }).amounts(wage)).toThrow(
        expect.objectContaining({ code: 'ERR_AMOUNT_INVALID' }),
      );
    for (const month of ['2026', '2026-13', '01/2026'])
      expect(() => law({ month })).toThrow(expect.objectContaining({ code: 'ERR_MONTH_INVALID' }));
    expect(() => law({ month: '2017-12' })).toThrow(
      expect.objectContaining({ code: 'ERR_NO_LAW_FOR_MONTH' }),
    );
  });
});
