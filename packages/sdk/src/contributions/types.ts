import type { Confidence } from '../specifications/types.ts';

/** Whole đồng, a safe integer. */
export type AmountVnd = number;

/** `yyyy-MM`. */
export type Month = string;

/** The five funds; the column BHXH of C12 is the first two together. */
export type Fund = 'sickness-maternity' | 'retirement-death' | 'occupational' | 'unemployment' | 'health';

export type Side = 'employer' | 'employee';

/** Whose rates hold: a worker of an enterprise, of the public sector, a foreign worker, or part-time staff of a commune. */
export type Scheme = 'enterprise' | 'state' | 'foreign' | 'commune';

/** Region of the minimum wage, I to IV. */
export type Region = 1 | 2 | 3 | 4;

/** 14 working days or more of the month without wages, and why. */
export type Absence = 'unpaid' | 'sickness' | 'maternity';

/** How a fraction of a đồng is settled, for each fund and side before anything is added up. */
export type Rounding = 'half-up' | 'half-even' | 'down';

/** What decides the law of one month for a group of people. */
export interface LawChoice {
  readonly month: Month;
  readonly region: Region;
  readonly scheme?: Scheme;
  /** The unit holds an approval of the lower occupational rate (NĐ 58/2020/NĐ-CP). */
  readonly hasReducedOccupational?: boolean;
  /** Funds that this person does not pay. */
  readonly without?: readonly Fund[];
  readonly rounding?: Rounding;
}

/** A dated value that was applied, with the text behind it. */
export interface AppliedParameter {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly from: string;
  /** Id of the legal text in `specs/legal`. */
  readonly legal: string;
  readonly confidence: Confidence;
}

/** Amounts of one person and month by side and fund. */
export interface ContributionAmounts {
  readonly employerSicknessMaternity: AmountVnd;
  readonly employerRetirementDeath: AmountVnd;
  readonly employerOccupational: AmountVnd;
  readonly employerUnemployment: AmountVnd;
  readonly employerHealth: AmountVnd;
  readonly employeeRetirementDeath: AmountVnd;
  readonly employeeUnemployment: AmountVnd;
  readonly employeeHealth: AmountVnd;
  readonly employer: AmountVnd;
  readonly employee: AmountVnd;
  readonly total: AmountVnd;
}

/** The columns of form C12-TS. */
export interface FundColumns {
  readonly bhxh: AmountVnd;
  readonly bhyt: AmountVnd;
  readonly bhtn: AmountVnd;
  readonly tnld: AmountVnd;
  readonly total: AmountVnd;
}

/** One line of an explained calculation. */
export interface ContributionLine {
  readonly fund: Fund;
  readonly side: Side;
  /** Wage after ceiling and floor. */
  readonly base: AmountVnd;
  /** What bounded the wage; null where the wage itself is the base. */
  readonly bound: 'ceiling' | 'floor' | null;
  /** Per million of the base: 5,000 is 0.5 %. */
  readonly ratePerMillion: number;
  readonly amount: AmountVnd;
  /** Why nothing is due although the fund has a rate. */
  readonly exempt: Absence | null;
  /** The rate first, then what bounded the base. */
  readonly parameters: readonly AppliedParameter[];
}

/** The contributions of one person and month with a line for every fund and side that has a rate. */
export interface Contribution {
  readonly month: Month;
  readonly wage: AmountVnd;
  readonly lines: readonly ContributionLine[];
  readonly amounts: ContributionAmounts;
  readonly columns: FundColumns;
}
