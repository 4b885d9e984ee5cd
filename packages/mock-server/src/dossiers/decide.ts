import type { Dossier } from '@bhxh/sdk/declarations/read';
import { isoDay } from '../clock/vietnam-time.ts';
import type { FundAmounts } from '../ledger/obligations.ts';
import { statementForm } from '../ledger/statement.ts';
import type { Stretch } from '../register/stretches.ts';
import type { UnitTable } from '../store/declaration-tables.ts';
import type { PersonTable } from '../store/tables.ts';
import { applyRow } from './apply-row.ts';
import { benefitForm } from './benefits.ts';
import type { CardChange } from './card-change.ts';
import { cardForm, cardsOf } from './card-results.ts';
import type { DecisionChoice } from './decision-choice.ts';
import { postChanges } from './post-changes.ts';
import type { RegisterView } from './register-view.ts';
import { registrationChange } from './registration.ts';
import { householdsOf, settlePeople, type Household } from './settle-people.ts';
import type { FormContent } from './write-form.ts';

/** What a decided dossier does to the registers and what it gives back. The ledger of the view is posted to already. */
export interface Decision {
  /** New people and changed ones, as they now are. */
  readonly people: readonly PersonTable[];
  /** How many mã số BHXH were issued. */
  readonly issued: number;
  readonly members: ReadonlyMap<string, readonly Stretch[]>;
  readonly households: readonly Household[];
  readonly unit: Partial<
    Pick<UnitTable, 'name' | 'address' | 'phone' | 'provider' | 'status' | 'files_until' | 'payment_cycle'>
  >;
  readonly cardChanges: readonly CardChange[];
  readonly documents: readonly FormContent[];
}

/** Decides a dossier that was accepted. Pure but for the view's ledger, which is posted to. */
export function decide(choice: DecisionChoice, dossier: Dossier, view: RegisterView): Decision {
  const people = settlePeople(view);
  const members = new Map<string, readonly Stretch[]>();
  const extra = new Map<string, FundAmounts>();
  for (const person of view.named)
    if (person.form === 'D02-TS') applyRow(choice, view, person, people.numberOf(person), members, extra);
  const periodPosted = postChanges(choice, view, members, extra);
  const cardChanges = cardsOf(choice, dossier, view, people.numberOf);
  const documents: FormContent[] = [];
  if (periodPosted !== undefined)
    documents.push(
      statementForm(choice.specifications, choice.unit, view.unitLedger.ledger, periodPosted, view.closings),
    );
  if (cardChanges.length > 0) documents.push(cardForm(choice, view, people, cardChanges));
  const benefits = benefitForm(choice, view, people.numberOf);
  if (benefits !== undefined) documents.push(benefits);
  return {
    people: [...people.changed.values()],
    issued: people.issued,
    members,
    households: householdsOf(view, people.numberOf),
    unit: { ...unitChange(dossier), ...registrationChange(dossier, isoDay(choice.at)) },
    cardChanges,
    documents,
  };
}

/** TK3-TS: what a unit says of itself. */
function unitChange(dossier: Dossier): Decision['unit'] {
  const values = dossier.forms.find(({ form }) => form === 'TK3-TS')?.rows[0]?.values;
  if (values === undefined) return {};
  return {
    ...(values['TenDonVi'] ? { name: values['TenDonVi'] } : {}),
    ...(values['DiaChiLienHe'] ? { address: values['DiaChiLienHe'] } : {}),
    ...(values['DienThoai'] ? { phone: values['DienThoai'] } : {}),
    ...(values['PhuongThucDong'] ? { payment_cycle: Number(values['PhuongThucDong']) } : {}),
  };
}
