import { openContributionLaw, type Fund } from '@bhxh/sdk/contributions';
import { declarationSpecs, type PlanSpec } from '@bhxh/sdk/declarations/read';
import { addFunds, noAmounts, type FundAmounts } from '../ledger/obligations.ts';
import { allBut } from '../register/exceptions.ts';
import {
  addWage,
  changeFund,
  cutStretches,
  monthAfter,
  putStretch,
  stretchIn,
  type Stretch,
} from '../register/stretches.ts';
import { declaredWage } from './declared-wage.ts';
import { lawOf, monthOfField, type DecisionChoice } from './decision-choice.ts';
import type { NamedPerson, RegisterView } from './register-view.ts';

const ABSENCES: ReadonlyMap<string, Stretch['absence']> = new Map([
  ['TS', 'maternity'],
  ['OF', 'sickness'],
  ['KL', 'unpaid'],
]);

/** Plans of D02-TS by which somebody joins or leaves one fund. */
const FUNDS: ReadonlyMap<string, Fund> = new Map([
  ['TN', 'unemployment'],
  ['GN', 'unemployment'],
  ['TL', 'occupational'],
  ['GL', 'occupational'],
  ['TV', 'retirement-death'],
  ['GV', 'retirement-death'],
]);

/** The fund that somebody joins by a plan; whom the unit did not know pays that one and no other. */
export function fundJoined(plan: PlanSpec | undefined): Fund | undefined {
  return plan?.group === 'increase-fund' ? FUNDS.get(plan.code) : undefined;
}

/** Back at work: what the person paid before the leave, he pays again. */
const BACK = 'ON';

/** Applies one row of D02-TS to the stretches of its person, or adds to the health fund of its months. */
export function applyRow(
  choice: DecisionChoice,
  view: RegisterView,
  { row }: NamedPerson,
  number: string,
  members: Map<string, readonly Stretch[]>,
  extra: Map<string, FundAmounts>,
): void {
  const { specifications, dossierId, unit } = choice;
  const { values } = row;
  const code = values['pa'] ?? '';
  const plan = declarationSpecs(specifications).plan('D02-TS', code);
  const from = monthOfField(values['tuThang']);
  if (plan === undefined || from === undefined || number === '') return;
  const to = monthOfField(values['denThang']) ?? from;
  const before = members.get(number) ?? view.members.get(number) ?? [];
  const wage = declaredWage(specifications, values, from);
  const position = values['chucVu'] ?? '';
  const put = (own: Partial<Stretch>): readonly Stretch[] =>
    putStretch(before, {
      from,
      to: null,
      wage,
      absence: null,
      without: null,
      position,
      dossier: dossierId,
      ...own,
    });
  const known = stretchIn(before, from) ?? before.at(-1);
  switch (plan.group) {
    case 'increase':
      if (wage > 0) members.set(number, put({ without: code === BACK ? (known?.without ?? null) : null }));
      return;
    case 'adjustment':
      if (wage > 0) members.set(number, put({ without: known?.without ?? null }));
      return;
    case 'decrease':
      members.set(number, cutStretches(before, from, null));
      return;
    case 'decrease-temporary': {
      members.set(
        number,
        put({
          wage: known?.wage ?? wage,
          absence: ABSENCES.get(code) ?? 'unpaid',
          without: known?.without ?? null,
          position: known?.position ?? position,
        }),
      );
      return;
    }
    case 'supplement-increase':
    case 'supplement-decrease': {
      const sign = plan.group === 'supplement-increase' ? 1 : -1;
      members.set(number, addWage(before, { from, to, wage: sign * wage, position, dossier: dossierId }));
      return;
    }
    default: {
      const fund = FUNDS.get(code);
      if (fund !== undefined) {
        const last = monthOfField(values['denThang']) ?? null;
        const isPaid = plan.group === 'increase-fund';
        if (last !== null && last < from) return;
        if (!isPaid || stretchIn(before, from) !== undefined)
          members.set(number, changeFund(before, { from, to: last, fund, isPaid, dossier: dossierId }));
        else if (wage > 0) members.set(number, put({ to: last, without: allBut(fund) }));
        return;
      }
      // Health insurance alone, collected (TT) or given back (TU), for the months named and never for those that follow.
      const sign = code === 'TT' ? 1 : code === 'TU' ? -1 : 0;
      if (sign === 0) return;
      const base = wage > 0 ? wage : (stretchIn(before, from)?.wage ?? 0);
      for (let month = from; month <= to; month = monthAfter(month)) {
        const { employerHealth, employeeHealth } = openContributionLaw(specifications, {
          month,
          ...lawOf(unit),
        }).amounts(base);
        const amounts = { ...noAmounts, BHYT: sign * (employerHealth + employeeHealth) };
        extra.set(month, addFunds(extra.get(month) ?? noAmounts, amounts));
      }
    }
  }
}
