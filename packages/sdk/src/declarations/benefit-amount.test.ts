import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { benefitAmount, declarationSpecs } from './index.ts';
import type { BenefitQuestion } from './index.ts';

const specifications = openSpecifications();
const wages = [12_000_000, 12_000_000, 12_000_000, 6_000_000, 6_000_000, 6_000_000, 1_000_000];
const amount = (kind: string, own: Partial<BenefitQuestion> = {}): number | undefined =>
  benefitAmount(specifications, {
    kind,
    first: '2026-01-05',
    last: '2026-07-04',
    days: 2,
    wages,
    children: 1,
    ...own,
  })?.amount;

test.each([
  // 12,000,000 x 75 % / 24 x 2 days
  ['om-thuong', {}, 750_000],
  ['om-dai-ngay', {}, 750_000],
  ['con-om', {}, 750_000],
  // an average of 9,000,000 / 24 x 2 days
  ['kham-thai', {}, 750_000],
  ['nam-nghi-viec', {}, 750_000],
  // an average of 9,000,000 / 30 x 2 days
  ['say-thai', {}, 600_000],
  ['khhgd', {}, 600_000],
  // six months of 9,000,000 and twice the reference level of 2,340,000 for each child
  ['sinh-con', {}, 58_680_000],
  ['sinh-con', { children: 2, last: '2026-08-04' }, 72_360_000],
  ['nuoi-con-nuoi', {}, 58_680_000],
  ['mang-thai-ho', {}, 58_680_000],
  // six months and ten odd days
  ['nho-mang-thai-ho', { last: '2026-07-14' }, 57_000_000],
  ['nam-tro-cap', {}, 4_680_000],
  // 30 % of the reference level a day, 2,340,000 and then 2,530,000
  ['ds-om-dau', {}, 1_404_000],
  ['ds-thai-san', {}, 1_404_000],
  ['ds-tnld', { first: '2026-07-01' }, 1_518_000],
] as const)('%s %o comes to %i', (kind, own, expected) => {
  expect(amount(kind, own)).toBe(expected);
});

test('every kind of benefit has an amount, and without a wage it says nothing', () => {
  for (const { code, pays } of declarationSpecs(specifications).benefits.kinds) {
    expect([code, amount(code)]).toEqual([code, expect.any(Number)]);
    expect([code, amount(code, { wages: [] }) === undefined]).toEqual([code, pays.rate !== undefined]);
  }
  expect(amount('constructor')).toBeUndefined();
});

test('the wage is that of the month before a sickness, and the average before a birth', () => {
  const wageOf = (kind: string): number | null | undefined =>
    benefitAmount(specifications, {
      kind,
      first: '2026-01-05',
      last: '2026-01-06',
      days: 2,
      wages,
      children: 1,
    })?.wage;
  expect([wageOf('om-thuong'), wageOf('sinh-con'), wageOf('nam-tro-cap')]).toEqual([
    12_000_000,
    9_000_000,
    null,
  ]);
});
