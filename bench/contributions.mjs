// P12: contributions of 100,000 employees, all funds, one month, against the same sums with plain numbers.
import { paired } from './measure.mjs';

const people = 100_000;

/** Wages that meet the ceilings and the floor as well, the same in every run. */
function wagesOf(count) {
  const wages = [];
  let state = 42;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    wages.push(1_000_000 + (state % 120_000_000));
  }
  return wages;
}

/** The same month written by hand with binary fractions: what a payroll macro does. */
function plainAmounts(wage) {
  const social = Math.min(Math.max(wage, 2_530_000), 50_600_000);
  const health = Math.min(wage, 50_600_000);
  const unemployment = Math.min(wage, 106_200_000);
  const employerSicknessMaternity = Math.round(social * 0.03);
  const employerRetirementDeath = Math.round(social * 0.14);
  const employerOccupational = Math.round(social * 0.005);
  const employerUnemployment = Math.round(unemployment * 0.01);
  const employerHealth = Math.round(health * 0.03);
  const employeeRetirementDeath = Math.round(social * 0.08);
  const employeeUnemployment = Math.round(unemployment * 0.01);
  const employeeHealth = Math.round(health * 0.015);
  const employer =
    employerSicknessMaternity +
    employerRetirementDeath +
    employerOccupational +
    employerUnemployment +
    employerHealth;
  const employee = employeeRetirementDeath + employeeUnemployment + employeeHealth;
  return {
    employerSicknessMaternity,
    employerRetirementDeath,
    employerOccupational,
    employerUnemployment,
    employerHealth,
    employeeRetirementDeath,
    employeeUnemployment,
    employeeHealth,
    employer,
    employee,
    total: employer + employee,
  };
}

export async function measureContributions({ small }) {
  const { openContributionLaw } = await import('@bhxh/sdk/contributions');
  const { openSpecifications } = await import('@bhxh/sdk/specifications');
  const wages = wagesOf(people);
  const specifications = openSpecifications();
  const seconds = (work) => {
    const begun = process.hrtime.bigint();
    const results = work();
    const taken = Number(process.hrtime.bigint() - begun) / 1e9;
    if (results.length !== people) throw new Error('a person is missing');
    return taken;
  };
  const ours = () =>
    seconds(() => {
      const law = openContributionLaw(specifications, { month: '2026-07', region: 1 });
      return wages.map((wage) => law.amounts(wage));
    });
  const theirs = () => seconds(() => wages.map(plainAmounts));
  const law = openContributionLaw(specifications, { month: '2026-07', region: 1 });
  const rates = [
    ['employerSicknessMaternity', 30_000n],
    ['employerRetirementDeath', 140_000n],
    ['employerOccupational', 5000n],
    ['employeeRetirementDeath', 80_000n],
  ];
  const isExact = wages.every((wage) => {
    const amounts = law.amounts(wage);
    const base = BigInt(Math.min(Math.max(wage, 2_530_000), 50_600_000));
    return rates.every(([name, rate]) => BigInt(amounts[name]) === (base * rate + 500_000n) / 1_000_000n);
  });
  for (let warm = 0; warm < 5; warm += 1) {
    ours();
    theirs();
  }
  const result = await paired(small ? 5 : 25, ours, theirs);
  return [
    {
      id: 'P12',
      work: 'contributions of 100,000 employees, all funds, one month, exact',
      peer: 'the same sums with plain numbers',
      figure: `${(result.ours * 1000).toFixed(1)} ms against ${(result.theirs * 1000).toFixed(1)} ms${isExact ? '' : ', NOT exact'}`,
      value: result.ratio,
      bound: '≤ 4 x its time',
      good: result.ratio <= 4 && isExact,
    },
  ];
}
