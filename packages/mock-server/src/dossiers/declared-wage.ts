import type { Specifications } from '@bhxh/sdk/specifications';

/** Below this a wage is a coefficient, as rule D013 and the portal have it. */
const COEFFICIENT_BELOW = 14;
const SCALE = 10_000;

/** The wage a row of D02-TS declares, in whole đồng: amount with allowances, or coefficients times the base salary. */
export function declaredWage(
  specifications: Specifications,
  values: Readonly<Record<string, string>>,
  month: string,
): number {
  const number = (code: string): number => {
    const value = Number(values[code] ?? '');
    return Number.isFinite(value) && value > 0 ? value : 0;
  };
  const wage = number('tienLuong');
  if (wage >= COEFFICIENT_BELOW)
    return Math.round(wage) + Math.round(number('phuCapLuong')) + Math.round(number('phuCapBoSung'));
  const base = specifications.parameterOn('base-salary', `${month}-01`)?.value ?? 0;
  const scaled = (value: number): number => Math.round(value * SCALE);
  const seniority = number('phuCapTNVK') + number('phuCapTNNghe');
  const position = scaled(wage) + scaled(number('phuCapCV'));
  const coefficient = position + Math.round((scaled(wage) * seniority) / 100);
  return Math.round((coefficient * base) / SCALE);
}
