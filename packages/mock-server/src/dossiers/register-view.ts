import type { Dossier, FormRow } from '@bhxh/sdk/declarations/read';
import type { ServerContext } from '../context.ts';
import type { Closing } from '../ledger/closing.ts';
import { readUnitLedger, type UnitLedger } from '../ledger/unit-ledger.ts';
import { closingsOf } from '../months/closings.ts';
import { readMembers, type Members } from '../register/members.ts';
import { lastIssued, readPeople, type People } from '../register/people.ts';
import type { UnitTable } from '../store/declaration-tables.ts';

/** A person as a form names him, whatever the form calls its fields. */
export interface NamedPerson {
  /** `D02-TS[3]`. */
  readonly at: string;
  readonly form: string;
  readonly row: FormRow;
  /** Mã số BHXH, empty where there is none. */
  readonly number: string;
  readonly citizenId: string;
  readonly fullName: string;
  /** As written: `dd/MM/yyyy`, `MM/yyyy` or `yyyy`. */
  readonly birth: string;
  /** `1` man, `0` woman; empty where the form does not say. */
  readonly sex: string;
  readonly address: string;
}

/** Field codes of the forms that name people: number, personal id, name, birth date, sex, address. */
const FIELDS: ReadonlyMap<string, readonly [string, string, string, string, string, string]> = new Map([
  ['D02-TS', ['Masobhxh', 'Cmnd', 'Hoten', 'Ngaysinh', 'Gioitinh', '']],
  ['D03-TS', ['MaSoBhxh', '', 'HoTen', 'NgaySinh', 'GioiTinh', 'DiaChi']],
  ['TK1-TS', ['MaSoBhxh', 'SoCccd', 'HoTen', 'NgaySinh', 'GioiTinh', 'DiaChiNhan']],
  ['M01B-HSB', ['MaSoBhxh', 'SoCccd', 'HoTen', '', '', '']],
  ['M05A-HSB', ['MaSoBhxh', 'SoCccd', 'HoTen', '', '', '']],
]);

/** Requests of benefits: they name members of the unit and make nobody one. */
export const BENEFIT_FORMS: ReadonlySet<string> = new Set(['M01B-HSB', 'M05A-HSB']);

export function namedPeople(dossier: Dossier): readonly NamedPerson[] {
  return dossier.forms.flatMap(({ form, rows }) => {
    const fields = FIELDS.get(form);
    if (fields === undefined) return [];
    return rows.map((row, index): NamedPerson => {
      const [number = '', citizenId = '', fullName = '', birth = '', sex = '', address = ''] = fields.map(
        (code) => row.values[code] ?? '',
      );
      // From September 2026 the personal id may stand where the number stood.
      const isId = number.length === 12;
      return {
        at: `${form}[${index + 1}]`,
        form,
        row,
        number: isId ? '' : number,
        citizenId: isId && citizenId === '' ? number : citizenId,
        fullName,
        birth,
        sex,
        address,
      };
    });
  });
}

/** What the registers say of a dossier's unit and people, read once. */
export interface RegisterView {
  readonly named: readonly NamedPerson[];
  readonly people: People;
  readonly members: Members;
  readonly unitLedger: UnitLedger;
  /** Months closed for the unit, in order. */
  readonly closings: readonly Closing[];
  /** Running number before the next mã số BHXH. */
  readonly lastIssued: number;
  /** Units in which a person has a stretch that goes on, by mã số BHXH. */
  readonly elsewhere: ReadonlyMap<string, readonly string[]>;
  /** Serial numbers of papers that hospitals sent, with the mã số BHXH each names. */
  readonly papers: ReadonlyMap<string, string>;
}

const KEYS = 200;

export async function readRegisters(
  { store }: ServerContext,
  unit: UnitTable,
  dossier: Dossier,
): Promise<RegisterView> {
  const named = namedPeople(dossier);
  const numbers = [...new Set(named.map(({ number }) => number).filter((number) => number !== ''))];
  const citizenIds = [...new Set(named.map(({ citizenId }) => citizenId).filter((id) => id !== ''))];
  const people = await readPeople(store.read, numbers, citizenIds);
  const known = [...people.byNumber.keys()];
  const elsewhere = new Map<string, string[]>();
  for (let at = 0; at < known.length; at += KEYS) {
    const rows = await store.read
      .selectFrom('membership')
      .select(['unit', 'bhxh_number'])
      .where('unit', '!=', unit.code)
      .where('to_month', 'is', null)
      .where('bhxh_number', 'in', known.slice(at, at + KEYS))
      .execute();
    for (const row of rows)
      elsewhere.set(row.bhxh_number, [...(elsewhere.get(row.bhxh_number) ?? []), row.unit]);
  }
  const serials = [...new Set(named.map(({ row }) => row.values['SoSeri'] ?? ''))].filter(
    (serial) => serial !== '',
  );
  const papers = new Map<string, string>();
  for (let at = 0; at < serials.length; at += KEYS)
    for (const paper of await store.read
      .selectFrom('paper')
      .select(['serial', 'bhxh_number'])
      .where('serial', 'in', serials.slice(at, at + KEYS))
      .execute())
      papers.set(paper.serial, paper.bhxh_number);
  return {
    named,
    people,
    members: await readMembers(store.read, unit.code),
    unitLedger: await readUnitLedger(store.read, unit.code),
    closings: await closingsOf(store.read, unit.code),
    lastIssued: await lastIssued(store.read),
    elsewhere,
    papers,
  };
}
