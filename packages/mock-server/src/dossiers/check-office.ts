import type { Dossier } from '@bhxh/sdk/declarations/read';
import { declarationSpecs } from '@bhxh/sdk/declarations/read';
import { compareCitizenId, parseCitizenId } from '@bhxh/sdk/identifiers';
import type { Specifications } from '@bhxh/sdk/specifications';
import { isoDay } from '../clock/vietnam-time.ts';
import { plainName, sameBirthDate } from '../register/find-card.ts';
import type { UnitTable } from '../store/declaration-tables.ts';
import type { PersonTable } from '../store/tables.ts';
import { compactBirth } from './compact-birth.ts';
import { reasonOf, type Reason, type ReasonCode } from './reason.ts';
import type { NamedPerson, RegisterView } from './register-view.ts';

export interface OfficeChoice {
  readonly specifications: Specifications;
  readonly unit: UnitTable;
  readonly dossier: Dossier;
  readonly now: Date;
  /** Personal ids that the population database does not have yet. */
  readonly notSynchronised: RegExp;
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
      .filter(({ form, row }) => specs.plan(form, row.values['pa'] ?? '')?.group === 'increase')
      .map(({ number, citizenId }) => number || citizenId),
  );
  for (const person of view.named) {
    const { form, at, number, citizenId, row } = person;
    const known = view.people.byNumber.get(number) ?? view.people.byCitizenId.get(citizenId);
    if (!isVerified(person, known, choice)) refuse('identity-not-verified', at);
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
    if (form === 'M01B-HSB') {
      if (!view.members.has(ownNumber)) refuse('member-unknown', at);
      const serial = row.values['SoSeri'] ?? '';
      if (serial !== '' && view.papers.get(serial) !== ownNumber)
        refuse('certificate-not-found', `${at}.SoSeri`);
    }
  }
  return reasons;
}

/** Whether the population database confirms the personal id, and it agrees with sex and birth year. Passports pass. */
function isVerified(
  { citizenId, birth, sex }: NamedPerson,
  known: PersonTable | undefined,
  { notSynchronised, now }: OfficeChoice,
): boolean {
  if (citizenId === '' || !/^\d{12}$/.test(citizenId)) return true;
  if (notSynchronised.test(citizenId)) return false;
  // What the register holds was verified when it came in.
  if (known?.cccd === citizenId) return true;
  const parsed = parseCitizenId(citizenId, { today: isoDay(now) });
  if (!parsed.ok) return false;
  const problems = compareCitizenId(parsed.value, {
    ...(sex === '' ? {} : { sex: sex === '1' ? '1' : '2' }),
    ...(birth === '' ? {} : { birthDate: compactBirth(birth) }),
  });
  return problems.length === 0;
}

function agrees({ fullName, birth, citizenId, number }: NamedPerson, known: PersonTable): boolean {
  return (
    plainName(fullName) === plainName(known.full_name) &&
    (birth === '' || sameBirthDate(birth, known.birth_date)) &&
    (number === '' || number === known.bhxh_number) &&
    (citizenId === '' || known.cccd === null || citizenId === known.cccd)
  );
}
