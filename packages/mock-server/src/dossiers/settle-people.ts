import { issuedNumber } from '../register/people.ts';
import type { PersonTable } from '../store/tables.ts';
import { compactBirth } from './compact-birth.ts';
import { BENEFIT_FORMS, type NamedPerson, type RegisterView } from './register-view.ts';

export interface Household {
  readonly headName: string;
  readonly members: readonly {
    readonly fullName: string;
    readonly birthDate: string;
    readonly relation: string;
    readonly bhxhNumber: string | null;
  }[];
}

export interface SettledPeople {
  readonly changed: ReadonlyMap<string, PersonTable>;
  readonly issued: number;
  readonly newNumbers: ReadonlySet<string>;
  numberOf(person: NamedPerson): string;
  personOf(number: string): PersonTable | undefined;
}

/** Gives every person named a mã số BHXH: the one written, the one of the personal id, or a new one. */
export function settlePeople(view: RegisterView): SettledPeople {
  const changed = new Map<string, PersonTable>();
  const byCitizenId = new Map<string, string>();
  const byName = new Map<string, string>();
  const newNumbers = new Set<string>();
  for (const [citizenId, person] of view.people.byCitizenId) byCitizenId.set(citizenId, person.bhxh_number);
  const nameOf = ({ fullName, birth }: NamedPerson): string => `${fullName} ${birth}`;
  const numberOf = (person: NamedPerson): string =>
    person.number ||
    (person.citizenId === '' ? byName.get(nameOf(person)) : byCitizenId.get(person.citizenId)) ||
    '';
  for (const person of view.named) {
    const { form, row, citizenId, fullName, birth, sex, address } = person;
    let number = numberOf(person);
    if (number === '' && BENEFIT_FORMS.has(form)) continue;
    if (number === '') {
      number = issuedNumber(view.lastIssued + newNumbers.size + 1);
      newNumbers.add(number);
      if (citizenId === '') byName.set(nameOf(person), number);
      else byCitizenId.set(citizenId, number);
    }
    const known =
      changed.get(number) ?? view.people.byNumber.get(number) ?? view.people.byCitizenId.get(citizenId);
    // A declaration of personal data of somebody who has a number asks for their correction.
    const corrects = form === 'TK1-TS' && (row.values['MaSoBhxh'] ?? '') !== '';
    if (known !== undefined && !corrects) {
      if (address !== '' && known.address === '') changed.set(number, { ...known, address });
      continue;
    }
    changed.set(number, {
      bhxh_number: number,
      full_name: fullName,
      birth_date: birth === '' ? (known?.birth_date ?? '00000000') : compactBirth(birth),
      sex: sex === '1' ? 1 : 2,
      address: address === '' ? (known?.address ?? '') : address,
      cccd: /^\d{12}$/.test(citizenId) ? citizenId : (known?.cccd ?? null),
    });
  }
  return {
    changed,
    issued: newNumbers.size,
    newNumbers,
    numberOf,
    personOf: (number) => changed.get(number) ?? view.people.byNumber.get(number),
  };
}

/** The household of everybody who gets a number with the appendix of his TK1-TS. */
export function householdsOf(
  view: RegisterView,
  numberOf: (person: NamedPerson) => string,
): readonly Household[] {
  return view.named.flatMap((person): Household[] => {
    const appendix = person.form === 'TK1-TS' ? (person.row.appendix ?? []) : [];
    const head = appendix.find((member) => member['QuanHe'] === '00');
    if (head === undefined) return [];
    return [
      {
        headName: head['HoTen'] ?? '',
        members: appendix.map((member) => ({
          fullName: member['HoTen'] ?? '',
          birthDate: compactBirth(member['NgaySinh'] ?? ''),
          relation: member['QuanHe'] ?? '',
          bhxhNumber:
            member['MaSoBhxh'] || (member['HoTen'] === person.fullName ? numberOf(person) : '') || null,
        })),
      },
    ];
  });
}
