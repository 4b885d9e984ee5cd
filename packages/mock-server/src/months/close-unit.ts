import type { AllocationPolicy, Ledger } from '@bhxh/sdk/payments/ledger';
import type { Specifications } from '@bhxh/sdk/specifications';
import { cycleOfUnit, lawOf } from '../dossiers/decision-choice.ts';
import type { Lifecycle } from '../dossiers/lifecycle.ts';
import { writeForm } from '../dossiers/write-form.ts';
import type { Closing } from '../ledger/closing.ts';
import { interestEntry } from '../ledger/interest.ts';
import {
  funds,
  isPosted,
  obligationsOf,
  periodOf,
  postObligation,
  workingIn,
} from '../ledger/obligations.ts';
import { settleOverpaid } from '../ledger/settle-overpaid.ts';
import { statementForm } from '../ledger/statement.ts';
import type { WageMembers } from '../register/members.ts';
import { monthAfter } from '../register/stretches.ts';
import type { UnitTable } from '../store/declaration-tables.ts';

export interface UnitToClose {
  readonly unit: UnitTable;
  readonly members: WageMembers;
  /** Is posted to. */
  readonly ledger: Ledger;
  /** Months closed before, in order. */
  readonly closings: readonly Closing[];
}

export interface ClosedUnit {
  /** The statement C12-TS, not signed. */
  readonly statement: Uint8Array;
  readonly workers: number;
  readonly principal: number;
  readonly interest: number;
}

/** Posts what a month still lacks, obligations and interest, settles what can be with what was paid too much, and makes its statement. Pure but for the ledger. */
export function closeUnit(
  specifications: Specifications,
  lifecycle: Lifecycle,
  { unit, members, ledger, closings }: UnitToClose,
  month: string,
  on: string,
  policy: AllocationPolicy,
): ClosedUnit {
  const source = `close:${month}`;
  const law = lawOf(unit);
  const last = [...ledger.entries()].reduce((latest, entry) => {
    const period = periodOf(entry) ?? '';
    return period > latest ? period : latest;
  }, '');
  const working = workingIn(members, month);
  // A dossier that was decided for a later period posted this month already, as far as there was anything.
  if (last <= month && !isPosted(ledger, month)) {
    const known = last === '' ? new Set<string>() : workingIn(members, last);
    const open = monthAfter(closings.at(-1)?.month ?? monthAfter(month, -1));
    const first = last === '' ? month : ([monthAfter(last), open].toSorted()[1] as string);
    for (let own = first; own <= month; own = monthAfter(own))
      postObligation(ledger, {
        unit: unit.code,
        period: own,
        month: own,
        on,
        source,
        cycle: cycleOfUnit(unit),
        amounts: obligationsOf(specifications, members, law, own),
        ...(own === month
          ? {
              workers: {
                joined: [...working].filter((number) => !known.has(number)).length,
                left: [...known].filter((number) => !working.has(number)).length,
              },
            }
          : {}),
      });
  }
  const interest = interestEntry(specifications, lifecycle, {
    ledger,
    unit: unit.code,
    month,
    closings,
    on,
    source,
  });
  if (interest !== undefined) ledger.post(interest);
  settleOverpaid(ledger, { unit: unit.code, month, on, source, policy });
  const amounts = obligationsOf(specifications, members, law, month);
  return {
    statement: writeForm(specifications, statementForm(specifications, unit, ledger, month, closings)),
    workers: working.size,
    principal: funds.reduce((sum, fund) => sum + amounts[fund], 0),
    interest: interest?.postings.reduce((sum, { debit }) => sum + debit, 0) ?? 0,
  };
}
