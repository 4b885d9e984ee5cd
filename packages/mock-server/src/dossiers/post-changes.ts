import { isoDay } from '../clock/vietnam-time.ts';
import {
  addFunds,
  isPosted,
  noAmounts,
  obligationsOf,
  periodOf,
  postObligation,
  workingIn,
  type FundAmounts,
} from '../ledger/obligations.ts';
import { monthAfter, type Stretch } from '../register/stretches.ts';
import { cycleOfUnit, lawOf, type DecisionChoice } from './decision-choice.ts';
import type { RegisterView } from './register-view.ts';

/**
 * Posts what the changes make of every month up to the period: a month that was posted gets the difference, the period
 * itself is posted whole. Gives the period that was posted, none where nothing of contributions changed.
 */
export function postChanges(
  choice: DecisionChoice,
  view: RegisterView,
  members: ReadonlyMap<string, readonly Stretch[]>,
  extra: ReadonlyMap<string, FundAmounts>,
): string | undefined {
  if (members.size === 0 && extra.size === 0) return undefined;
  const { specifications, unit, dossierId } = choice;
  const { ledger } = view.unitLedger;
  const law = lawOf(unit);
  const cycle = cycleOfUnit(unit);
  const on = isoDay(choice.at);
  const posted = [...ledger.entries()].map((entry) => periodOf(entry) ?? '').toSorted();
  const last = posted.at(-1) ?? '';
  const open = view.closings.at(-1) === undefined ? '' : monthAfter(view.closings.at(-1)?.month ?? '');
  // What arrives after a later month was posted, or its own was closed, is booked in the one that is open.
  const period = [choice.period, last, open].toSorted().at(-1) as string;
  if (last !== '')
    for (let month = monthAfter(last); month < period; month = monthAfter(month))
      postObligation(ledger, {
        unit: unit.code,
        period: month,
        month,
        on,
        source: dossierId,
        cycle,
        amounts: obligationsOf(specifications, view.members, law, month),
      });
  const oldStretches = new Map([...members.keys()].map((number) => [number, view.members.get(number) ?? []]));
  const starts = [...members, ...oldStretches].flatMap(([, stretches]) => stretches.map(({ from }) => from));
  const first = [...starts, ...extra.keys(), period].reduce((a, b) => (a < b ? a : b));
  // A row may name months to come; they are collected with the period, and their own obligations follow without them.
  const lastNamed = [...extra.keys(), period].reduce((a, b) => (a > b ? a : b));
  const after = new Map([...view.members, ...members]);
  // Whom the unit was last told to pay for, against whom it pays for now.
  const known = last === '' ? new Set<string>() : workingIn(view.members, last < period ? last : period);
  const working = workingIn(after, period);
  const workers = {
    joined: [...working].filter((number) => !known.has(number)).length,
    left: [...known].filter((number) => !working.has(number)).length,
  };
  for (let month = first; month <= lastNamed; month = monthAfter(month)) {
    const isWhole = month === period && !isPosted(ledger, month);
    const change =
      month > period
        ? noAmounts
        : isWhole
          ? obligationsOf(specifications, after, law, month)
          : addFunds(
              obligationsOf(specifications, members, law, month),
              obligationsOf(specifications, oldStretches, law, month),
              -1,
            );
    postObligation(ledger, {
      unit: unit.code,
      period,
      month,
      on,
      source: dossierId,
      cycle,
      amounts: addFunds(change, extra.get(month) ?? noAmounts),
      ...(month === period ? { workers } : {}),
    });
  }
  return period;
}
