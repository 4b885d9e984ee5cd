import {
  openContributionLaw,
  type ContributionAmounts,
  type ContributionLaw,
  type PaymentCycle,
  type Region,
  type Scheme,
} from '@bhxh/sdk/contributions';
import type { Fund, JournalEntry, Ledger, Posting } from '@bhxh/sdk/payments/ledger';
import type { Specifications } from '@bhxh/sdk/specifications';
import type { WageMembers } from '../register/members.ts';
import type { Exceptions } from '../register/exceptions.ts';
import { stretchIn } from '../register/stretches.ts';

/** What decides the law of a unit. */
export interface UnitLaw {
  readonly region: Region;
  readonly scheme: Scheme;
}

export type FundAmounts = Readonly<Record<Fund, number>>;

export const funds: readonly Fund[] = ['ODTS', 'HTTT', 'TNLD_BNN', 'BHTN', 'BHYT'];
export const noAmounts: FundAmounts = { ODTS: 0, HTTT: 0, TNLD_BNN: 0, BHTN: 0, BHYT: 0 };

/** Amounts by fund of the ledger, both sides together. */
export function fundsOf(amounts: ContributionAmounts): FundAmounts {
  return {
    ODTS: amounts.employerSicknessMaternity,
    HTTT: amounts.employerRetirementDeath + amounts.employeeRetirementDeath,
    TNLD_BNN: amounts.employerOccupational,
    BHTN: amounts.employerUnemployment + amounts.employeeUnemployment,
    BHYT: amounts.employerHealth + amounts.employeeHealth,
  };
}

export function addFunds(a: FundAmounts, b: FundAmounts, sign: 1 | -1 = 1): FundAmounts {
  return {
    ODTS: a.ODTS + sign * b.ODTS,
    HTTT: a.HTTT + sign * b.HTTT,
    TNLD_BNN: a.TNLD_BNN + sign * b.TNLD_BNN,
    BHTN: a.BHTN + sign * b.BHTN,
    BHYT: a.BHYT + sign * b.BHYT,
  };
}

const openedLaws = new WeakMap<Specifications, Map<string, ContributionLaw>>();

/** The law of a month, opened once for all units it holds for, and for all people with the same exceptions. */
function lawOfMonth(
  specifications: Specifications,
  { region, scheme }: UnitLaw,
  month: string,
  without: Exceptions = null,
): ContributionLaw {
  const laws = openedLaws.get(specifications) ?? new Map<string, ContributionLaw>();
  openedLaws.set(specifications, laws);
  const id = `${month} ${region} ${scheme} ${without === null ? '' : without.join()}`;
  const known = laws.get(id);
  if (known !== undefined) return known;
  const law = openContributionLaw(specifications, { month, region, scheme, without: without ?? [] });
  laws.set(id, law);
  return law;
}

/** What a unit owes for a month by the law of that month, from its members. */
export function obligationsOf(
  specifications: Specifications,
  members: WageMembers,
  law: UnitLaw,
  month: string,
): FundAmounts {
  const sum = { ...noAmounts };
  let ofMonth: ContributionLaw | undefined;
  for (const stretches of members.values()) {
    const stretch = stretchIn(stretches, month);
    if (stretch === undefined) continue;
    ofMonth ??= lawOfMonth(specifications, law, month);
    const lawOfOne =
      (stretch.without ?? null) === null ? ofMonth : lawOfMonth(specifications, law, month, stretch.without);
    const own = fundsOf(lawOfOne.amounts(stretch.wage, stretch.absence));
    for (const fund of funds) sum[fund] += own[fund];
  }
  return sum;
}

export const PERIOD = 'period:';
const MONTH = 'month:';
const JOINED = 'joined:';
const LEFT = 'left:';
const CYCLE = 'cycle:';

/** An obligation entry names the filing period it was booked in and the month it is for. */
export function periodOf(entry: JournalEntry): string | undefined {
  return entry.sources.find((source) => source.startsWith(PERIOD))?.slice(PERIOD.length);
}

export function monthOf(entry: JournalEntry): string | undefined {
  return entry.sources.find((source) => source.startsWith(MONTH))?.slice(MONTH.length);
}

/** How the unit paid when the entry was posted; a unit that changes to another cycle owes what it owed when it did. */
export function cycleOf(entry: JournalEntry): PaymentCycle {
  const named = entry.sources.find((source) => source.startsWith(CYCLE))?.slice(CYCLE.length);
  return named === '3' ? 3 : named === '6' ? 6 : 1;
}

/** Workers who joined and left with an entry. */
export function workersOf(entry: JournalEntry): { readonly joined: number; readonly left: number } {
  const count = (prefix: string): number =>
    Number(entry.sources.find((source) => source.startsWith(prefix))?.slice(prefix.length) ?? 0);
  return { joined: count(JOINED), left: count(LEFT) };
}

/** Workers whom a unit pays for in a month, by mã số BHXH. */
export function workingIn(members: WageMembers, month: string): ReadonlySet<string> {
  return new Set(
    [...members].flatMap(([number, stretches]) =>
      stretchIn(stretches, month)?.absence === null ? [number] : [],
    ),
  );
}

/** Whether the month itself was posted, in its own period. */
export function isPosted(ledger: Ledger, month: string): boolean {
  return [...ledger.entries()].some((entry) => periodOf(entry) === month && monthOf(entry) === month);
}

/** Posts what a unit owes more, or less where an amount is negative, for a month. Nothing is posted for no difference. */
export function postObligation(
  ledger: Ledger,
  choice: {
    readonly unit: string;
    readonly period: string;
    readonly month: string;
    readonly on: string;
    /** The dossier, or the run that closed the month. */
    readonly source: string;
    readonly cycle: PaymentCycle;
    readonly amounts: FundAmounts;
    readonly workers?: { readonly joined: number; readonly left: number };
  },
): void {
  const { unit, period, month, on, source, cycle, amounts, workers } = choice;
  const postings = funds.flatMap((fund): Posting[] => {
    const amount = amounts[fund];
    if (amount === 0) return [];
    const due = { account: `due:${unit}:${fund}:principal:${month}` };
    const income = { account: `fund:${fund}:principal` };
    return amount > 0
      ? [
          { ...due, debit: amount, credit: 0 },
          { ...income, debit: 0, credit: amount },
        ]
      : [
          { ...income, debit: -amount, credit: 0 },
          { ...due, debit: 0, credit: -amount },
        ];
  });
  if (postings.length === 0) return;
  ledger.post({
    id: `obligation:${unit}:${month}:${source}`,
    kind: 'obligation',
    on,
    postings,
    sources: [
      source,
      `${PERIOD}${period}`,
      `${MONTH}${month}`,
      ...(cycle === 1 ? [] : [`${CYCLE}${cycle}`]),
      ...(workers === undefined ? [] : [`${JOINED}${workers.joined}`, `${LEFT}${workers.left}`]),
    ],
  });
}
