import type { Specifications } from '../specifications/specifications.ts';
import { columnsOf, openContributionLaw, type ContributionLaw } from './law.ts';
import { monthsBetween } from './month.ts';
import type {
  Absence,
  AmountVnd,
  Contribution,
  ContributionAmounts,
  Fund,
  FundColumns,
  LawChoice,
  Month,
  Region,
  Rounding,
  Scheme,
} from './types.ts';

/** One person of a payroll. */
export interface PayrollPerson {
  /** BHXH number, personal id or the employer's own number; unique in the payroll. */
  readonly key: string;
  readonly name?: string;
  readonly wage: AmountVnd;
  readonly region?: Region;
  readonly scheme?: Scheme;
  readonly absence?: Absence | null;
  readonly hasReducedOccupational?: boolean;
  /** Funds that this person does not pay. */
  readonly without?: readonly Fund[];
}

/** What holds for everybody whose row says nothing else. */
export interface PayrollChoice {
  readonly month: Month;
  readonly region: Region;
  readonly scheme?: Scheme;
  readonly rounding?: Rounding;
  readonly hasReducedOccupational?: boolean;
}

export interface PayrollItem {
  readonly person: PayrollPerson;
  readonly contribution: Contribution;
}

export interface PayrollContributions {
  readonly month: Month;
  readonly items: readonly PayrollItem[];
  readonly amounts: ContributionAmounts;
  readonly columns: FundColumns;
}

/** Opens each law of a month once, however many people it holds for. */
function lawsOf(
  specifications: Specifications,
  choice: PayrollChoice,
): (person: PayrollPerson) => ContributionLaw {
  const laws = new Map<string, ContributionLaw>();
  return (person) => {
    const wanted: LawChoice = {
      month: choice.month,
      region: person.region ?? choice.region,
      scheme: person.scheme ?? choice.scheme ?? 'enterprise',
      hasReducedOccupational: person.hasReducedOccupational ?? choice.hasReducedOccupational ?? false,
      ...(person.without === undefined ? {} : { without: person.without }),
      ...(choice.rounding === undefined ? {} : { rounding: choice.rounding }),
    };
    const id = `${wanted.region} ${wanted.scheme} ${wanted.hasReducedOccupational} ${person.without === undefined ? '' : person.without.join()}`;
    let law = laws.get(id);
    if (law === undefined) {
      law = openContributionLaw(specifications, wanted);
      laws.set(id, law);
    }
    return law;
  };
}

/** Amounts of several people or months added fund by fund. */
export function sumAmounts(all: Iterable<ContributionAmounts>): ContributionAmounts {
  const sum = {
    employerSicknessMaternity: 0,
    employerRetirementDeath: 0,
    employerOccupational: 0,
    employerUnemployment: 0,
    employerHealth: 0,
    employeeRetirementDeath: 0,
    employeeUnemployment: 0,
    employeeHealth: 0,
    employer: 0,
    employee: 0,
    total: 0,
  };
  for (const one of all) {
    sum.employerSicknessMaternity += one.employerSicknessMaternity;
    sum.employerRetirementDeath += one.employerRetirementDeath;
    sum.employerOccupational += one.employerOccupational;
    sum.employerUnemployment += one.employerUnemployment;
    sum.employerHealth += one.employerHealth;
    sum.employeeRetirementDeath += one.employeeRetirementDeath;
    sum.employeeUnemployment += one.employeeUnemployment;
    sum.employeeHealth += one.employeeHealth;
    sum.employer += one.employer;
    sum.employee += one.employee;
    sum.total += one.total;
  }
  return sum;
}

/** The contributions of everybody in a payroll for one month, rounded by person, fund and side, then added. */
export function calculatePayroll(
  specifications: Specifications,
  people: readonly PayrollPerson[],
  choice: PayrollChoice,
): PayrollContributions {
  const lawOf = lawsOf(specifications, choice);
  const items = people.map((person) => ({
    person,
    contribution: lawOf(person).explain(person.wage, person.absence ?? null),
  }));
  const amounts = sumAmounts(items.map(({ contribution }) => contribution.amounts));
  return { month: choice.month, items, amounts, columns: columnsOf(amounts) };
}

/** One person over a range of months, each by its own law. */
export function calculateMonths(
  specifications: Specifications,
  wage: AmountVnd,
  choice: Omit<LawChoice, 'month'> & { readonly first: Month; readonly last: Month },
): readonly Contribution[] {
  const { first, last, ...rest } = choice;
  return monthsBetween(first, last).map((month) =>
    openContributionLaw(specifications, { ...rest, month }).explain(wage),
  );
}

/** What a wage that was declared wrongly leaves to be collected (positive) or given back (negative) in a month. */
export interface Adjustment {
  readonly month: Month;
  readonly before: ContributionAmounts;
  readonly after: ContributionAmounts;
  readonly columns: FundColumns;
}

/** Truy thu and thoái thu: the difference between two wages month by month, without interest. */
export function calculateAdjustment(
  specifications: Specifications,
  wages: { readonly before: AmountVnd; readonly after: AmountVnd },
  choice: Omit<LawChoice, 'month'> & { readonly first: Month; readonly last: Month },
): readonly Adjustment[] {
  const { first, last, ...rest } = choice;
  return monthsBetween(first, last).map((month) => {
    const law = openContributionLaw(specifications, { ...rest, month });
    const before = law.amounts(wages.before);
    const after = law.amounts(wages.after);
    const was = columnsOf(before);
    const is = columnsOf(after);
    return {
      month,
      before,
      after,
      columns: {
        bhxh: is.bhxh - was.bhxh,
        bhyt: is.bhyt - was.bhyt,
        bhtn: is.bhtn - was.bhtn,
        tnld: is.tnld - was.tnld,
        total: is.total - was.total,
      },
    };
  });
}
