import type { Dossier } from '@bhxh/sdk/declarations/read';
import { declarationSpecs } from '@bhxh/sdk/declarations/read';
import type { Specifications } from '@bhxh/sdk/specifications';
import { isoDay } from '../clock/vietnam-time.ts';
import { plainName, sameBirthDate } from '../register/find-card.ts';
import type { Population, PopulationOutcome } from '../register/population.ts';
import type { UnitTable } from '../store/declaration-tables.ts';
import type { PersonTable } from '../store/tables.ts';
import { fundJoined } from './apply-row.ts';
import { compactBirth } from './compact-birth.ts';
import { reasonOf, type Reason, type ReasonCode } from './reason.ts';
import { BENEFIT_FORMS, type NamedPerson, type RegisterView } from './register-view.ts';

export interface OfficeChoice {
  readonly specifications: Specifications;
  readonly unit: UnitTable;
  readonly dossier: Dossier;
  readonly now: Date;
  readonly population: Population;
  /** People whom no register knows are taken as they are told. */
  readonly learns: boolean;
}

/** What the office holds against its registers and against the simulated population database. */
export function checkAtOffice(choice: OfficeChoice, view: RegisterView): readonly Reason[] {
  const { specifications, unit, dossier, learns } = choice;
  const specs = declarationSpecs(specifications);
  const reasons: Reason[] = [];
  const refuse = (code: ReasonCode, at: string): void => {
    reasons.push(reasonOf(specifications, code, at));
  };
  if ((dossier.unit['CoQuanQuanLy'] ?? '') !== unit.agency) refuse('agency-differs', 'unit.CoQuanQuanLy');

  const joining = new Set(
    view.named
      .filter(({ form, row }) => {
        const plan = specs.plan(form, row.values['pa'] ?? '');
        return plan?.group === 'increase' || (form === 'D02-TS' && fundJoined(plan) !== undefined);
      })
      .map(({ number, citizenId }) => number || citizenId),
  );
  for (const person of view.named) {
    const { form, at, number, citizenId, row } = person;
    const known = view.people.byNumber.get(number) ?? view.people.byCitizenId.get(citizenId);
    const identity = identityReason(person, known, choice);
    if (identity !== undefined) refuse(identity, at);
    if (known === undefined ? number !== '' && !learns : !agrees(person, known))
      refuse('personal-data-differ', at);
    const ownNumber = known?.bhxh_number ?? number;
    if (form === 'D02-TS') {
      const plan = specs.plan(form, row.values['pa'] ?? '');
      const isIncrease = plan?.group === 'increase';
      const isMember = view.members.has(ownNumber) || joining.has(number || citizenId);
      if (!isIncrease && !isMember) refuse('member-unknown', at);
      if (isIncrease && view.elsewhere.has(ownNumber)) refuse('book-not-closed', at);
    }
    if (BENEFIT_FORMS.has(form)) {
      if (!view.members.has(ownNumber)) refuse('member-unknown', at);
      const serial = row.values['SoSeri'] ?? '';
      if (serial !== '' && view.papers.get(serial) !== ownNumber)
        refuse('certificate-not-found', `${at}.SoSeri`);
    }
  }
  return reasons;
}

const REASONS: Readonly<Record<PopulationOutcome, ReasonCode | undefined>> = {
  confirmed: undefined,
  'not-synchronised': 'identity-not-verified',
  'not-found': 'identity-not-found',
  differs: 'identity-differs',
  deceased: 'person-deceased',
  unavailable: 'population-unavailable',
};

/** Why the population database does not let a person through. Passports pass. */
function identityReason(
  { citizenId, birth, sex }: NamedPerson,
  known: PersonTable | undefined,
  { population, now }: OfficeChoice,
): ReasonCode | undefined {
  if (!/^\d{12}$/.test(citizenId)) return undefined;
  const outcome = population.ask(
    {
      citizenId,
      ...(sex === '' ? {} : { sex: sex === '1' ? '1' : '2' }),
      ...(birth === '' ? {} : { birthDate: compactBirth(birth) }),
    },
    isoDay(now),
  );
  // What the register holds was verified when it came in; a form that differs from it is held against the register.
  if (known?.cccd === citizenId && (outcome === 'differs' || outcome === 'not-found')) return undefined;
  return REASONS[outcome];
}

function agrees({ fullName, birth, citizenId, number }: NamedPerson, known: PersonTable): boolean {
  return (
    plainName(fullName) === plainName(known.full_name) &&
    (birth === '' || sameBirthDate(birth, known.birth_date)) &&
    (number === '' || number === known.bhxh_number) &&
    (citizenId === '' || known.cccd === null || citizenId === known.cccd)
  );
}
