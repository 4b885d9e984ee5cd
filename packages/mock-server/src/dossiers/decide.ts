import { openContributionLaw, type Region } from '@bhxh/sdk/contributions';
import { declarationSpecs, type Dossier } from '@bhxh/sdk/declarations/read';
import type { Specifications } from '@bhxh/sdk/specifications';
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
  type UnitLaw,
} from '../ledger/obligations.ts';
import { statementForm } from '../ledger/statement.ts';
import { issuedNumber } from '../register/people.ts';
import {
  addWage,
  cutStretches,
  monthAfter,
  putStretch,
  stretchIn,
  type Stretch,
} from '../register/stretches.ts';
import type { UnitTable } from '../store/declaration-tables.ts';
import type { PersonTable } from '../store/tables.ts';
import { cardNumber, OPEN_END, type CardChange } from './card-change.ts';
import { compactBirth } from './compact-birth.ts';
import { declaredWage } from './declared-wage.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { NamedPerson, RegisterView } from './register-view.ts';
import type { FormContent } from './write-form.ts';

export interface Household {
  readonly headName: string;
  readonly members: readonly {
    readonly fullName: string;
    readonly birthDate: string;
    readonly relation: string;
    readonly bhxhNumber: string | null;
  }[];
}

/** What a decided dossier does to the registers and what it gives back. The ledger of the view is posted to already. */
export interface Decision {
  /** New people and changed ones, as they now are. */
  readonly people: readonly PersonTable[];
  /** How many mã số BHXH were issued. */
  readonly issued: number;
  readonly members: ReadonlyMap<string, readonly Stretch[]>;
  readonly households: readonly Household[];
  readonly unit: Partial<Pick<UnitTable, 'name' | 'address' | 'phone'>>;
  readonly cardChanges: readonly CardChange[];
  readonly documents: readonly FormContent[];
}

export interface DecisionChoice {
  readonly specifications: Specifications;
  readonly lifecycle: Lifecycle;
  readonly unit: UnitTable;
  readonly dossierId: string;
  readonly number: string;
  readonly period: string;
  readonly at: Date;
}

/** Decides a dossier that was accepted. Pure but for the view's ledger, which is posted to. */
export function decide(choice: DecisionChoice, dossier: Dossier, view: RegisterView): Decision {
  const people = settlePeople(choice, view);
  const members = new Map<string, readonly Stretch[]>();
  const extra = new Map<string, FundAmounts>();
  for (const person of view.named)
    if (person.form === 'D02-TS') applyRow(choice, view, person, people.numberOf(person), members, extra);
  const periodPosted = postChanges(choice, view, members, extra);
  const cardChanges = cardsOf(choice, dossier, view, people.numberOf);
  const documents: FormContent[] = [];
  if (periodPosted !== undefined)
    documents.push(statementForm(choice.specifications, choice.unit, view.unitLedger.ledger, periodPosted));
  if (cardChanges.length > 0) documents.push(cardForm(choice, view, people, cardChanges));
  const benefits = benefitForm(choice, view, people.numberOf);
  if (benefits !== undefined) documents.push(benefits);
  return {
    people: [...people.changed.values()],
    issued: people.issued,
    members,
    households: householdsOf(view, people.numberOf),
    unit: unitChange(dossier),
    cardChanges,
    documents,
  };
}

interface SettledPeople {
  readonly changed: ReadonlyMap<string, PersonTable>;
  readonly issued: number;
  readonly newNumbers: ReadonlySet<string>;
  numberOf(person: NamedPerson): string;
  personOf(number: string): PersonTable | undefined;
}

/** Gives every person named a mã số BHXH: the one written, the one of the personal id, or a new one. */
function settlePeople({ specifications }: DecisionChoice, view: RegisterView): SettledPeople {
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
    // A list of benefits names members; it never makes one.
    if (number === '' && form === 'M01B-HSB') continue;
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
  void specifications;
  return {
    changed,
    issued: newNumbers.size,
    newNumbers,
    numberOf,
    personOf: (number) => changed.get(number) ?? view.people.byNumber.get(number),
  };
}

const ABSENCES: ReadonlyMap<string, Stretch['absence']> = new Map([
  ['TS', 'maternity'],
  ['OF', 'sickness'],
  ['KL', 'unpaid'],
]);

const monthOfField = (text: string | undefined): string | undefined => {
  const [, month, year] = /^(0[1-9]|1[0-2])\/(\d{4})$/.exec(text ?? '') ?? [];
  return month === undefined ? undefined : `${year}-${month}`;
};

/** Applies one row of D02-TS to the stretches of its person, or adds to the health fund of its months. */
function applyRow(
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
    putStretch(before, { from, to: null, wage, absence: null, position, dossier: dossierId, ...own });
  switch (plan.group) {
    case 'increase':
    case 'adjustment':
      if (wage > 0) members.set(number, put({}));
      return;
    case 'decrease':
      members.set(number, cutStretches(before, from, null));
      return;
    case 'decrease-temporary': {
      const known = stretchIn(before, from) ?? before.at(-1);
      members.set(
        number,
        put({
          wage: known?.wage ?? wage,
          absence: ABSENCES.get(code) ?? 'unpaid',
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
      // Health insurance alone, collected (TT) or given back (TU); the other funds of a single person are not kept apart.
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

const lawOf = ({ region, scheme }: UnitTable): UnitLaw => ({ region: region as Region, scheme });

/**
 * Posts what the changes make of every month up to the period: a month that was posted gets the difference, the period
 * itself is posted whole. Gives the period that was posted, none where nothing of contributions changed.
 */
function postChanges(
  choice: DecisionChoice,
  view: RegisterView,
  members: ReadonlyMap<string, readonly Stretch[]>,
  extra: ReadonlyMap<string, FundAmounts>,
): string | undefined {
  if (members.size === 0 && extra.size === 0) return undefined;
  const { specifications, unit, dossierId } = choice;
  const { ledger } = view.unitLedger;
  const law = lawOf(unit);
  const on = isoDay(choice.at);
  const posted = [...ledger.entries()].map((entry) => periodOf(entry) ?? '').toSorted();
  const last = posted.at(-1) ?? '';
  // What arrives after a later month was closed is booked in that one.
  const period = last > choice.period ? last : choice.period;
  if (last !== '')
    for (let month = monthAfter(last); month < period; month = monthAfter(month))
      postObligation(ledger, {
        unit: unit.code,
        period: month,
        month,
        on,
        source: dossierId,
        amounts: obligationsOf(specifications, view.members, law, month),
      });
  const oldStretches = new Map([...members.keys()].map((number) => [number, view.members.get(number) ?? []]));
  const starts = [...members, ...oldStretches].flatMap(([, stretches]) => stretches.map(({ from }) => from));
  const first = [...starts, ...extra.keys(), period].reduce((a, b) => (a < b ? a : b));
  const after = new Map([...view.members, ...members]);
  // Whom the unit was last told to pay for, against whom it pays for now.
  const known = last === '' ? new Set<string>() : workingIn(view.members, last < period ? last : period);
  const working = workingIn(after, period);
  const workers = {
    joined: [...working].filter((number) => !known.has(number)).length,
    left: [...known].filter((number) => !working.has(number)).length,
  };
  for (let month = first; month <= period; month = monthAfter(month)) {
    const isWhole = month === period && !isPosted(ledger, month);
    const change = isWhole
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
      amounts: addFunds(change, extra.get(month) ?? noAmounts),
      ...(month === period ? { workers } : {}),
    });
  }
  return period;
}

const compact = (day: string): string => day.replaceAll('-', '');

/** Last day before a month, `yyyyMMdd`. */
const endBefore = (month: string): string =>
  compact(new Date(Date.parse(`${month}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10));

function cardsOf(
  choice: DecisionChoice,
  dossier: Dossier,
  view: RegisterView,
  numberOf: (person: NamedPerson) => string,
): readonly CardChange[] {
  const { specifications, lifecycle } = choice;
  const specs = declarationSpecs(specifications);
  const procedure = dossier.dossier['MaThuTuc'] ?? '';
  const object = lifecycle.cardObjects.find((one) => procedure.startsWith(one.procedure));
  const facilities = new Map(
    view.named
      .filter(({ form }) => form === 'TK1-TS')
      .map((person) => [numberOf(person), person.row.values['NoiKcb'] ?? '']),
  );
  const changes: CardChange[] = [];
  for (const person of view.named) {
    const { form, row } = person;
    const bhxhNumber = numberOf(person);
    const facility = row.values['NoiKcb'] || facilities.get(bhxhNumber) || lifecycle.defaultFacility;
    if (bhxhNumber === '') continue;
    if (form === 'TK1-TS' && ['610', '612', '613'].includes(procedure)) {
      changes.push({ kind: 'reissue', bhxhNumber, facility: row.values['NoiKcb'] || null });
      continue;
    }
    if (object === undefined || (form !== 'D02-TS' && form !== 'D03-TS')) continue;
    const group = specs.plan(form, row.values[form === 'D02-TS' ? 'pa' : 'PhuongAn'] ?? '')?.group;
    const day = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(row.values['TuNgay'] ?? '');
    const month =
      form === 'D02-TS'
        ? monthOfField(row.values['tuThang'])
        : day === null
          ? undefined
          : `${day[3]}-${day[2]}`;
    if (month === undefined) continue;
    if (group === 'increase') {
      const months = Number(row.values['SoThang'] ?? '');
      const from = day === null ? `${compact(month)}01` : `${day[3]}${day[2]}${day[1]}`;
      changes.push({
        kind: 'give',
        bhxhNumber,
        card: cardNumber(object.object, object.level, bhxhNumber),
        from,
        to: months > 0 ? endBefore(monthAfter(month, months)) : OPEN_END,
        facility,
      });
    } else if (group === 'decrease')
      changes.push({ kind: 'end', bhxhNumber, object: object.object, on: endBefore(month) });
  }
  return changes;
}

const slash = (day: string): string => `${day.slice(6)}/${day.slice(4, 6)}/${day.slice(0, 4)}`;

function cardForm(
  { unit, number }: DecisionChoice,
  view: RegisterView,
  people: SettledPeople,
  changes: readonly CardChange[],
): FormContent {
  const nameOf = new Map(view.named.map((person) => [people.numberOf(person), person.fullName]));
  return {
    form: 'THE-BHYT',
    header: { TenDonVi: unit.name, MaDonVi: unit.code, SoHoSo: number },
    rows: changes.map((change, index) => {
      const person = people.personOf(change.bhxhNumber);
      return {
        stt: String(index + 1),
        HoTen: person?.full_name ?? nameOf.get(change.bhxhNumber) ?? '',
        MaSoBhxh: change.bhxhNumber,
        CapMoi: people.newNumbers.has(change.bhxhNumber) ? '1' : '',
        SoCccd: person?.cccd ?? '',
        ...(change.kind === 'give'
          ? {
              SoThe: change.card,
              GtTu: slash(change.from),
              GtDen: change.to === OPEN_END ? '' : slash(change.to),
              NoiKcb: change.facility,
            }
          : change.kind === 'end'
            ? { GtDen: slash(change.on) }
            : { NoiKcb: change.facility ?? '' }),
      };
    }),
  };
}

/** C70a-HD: sickness by wage, rate and days; the other kinds are listed without an amount, which other rules decide. */
function benefitForm(
  { specifications, unit, number, period }: DecisionChoice,
  view: RegisterView,
  numberOf: (person: NamedPerson) => string,
): FormContent | undefined {
  const rows = view.named.filter(({ form }) => form === 'M01B-HSB');
  if (rows.length === 0) return undefined;
  const parameter = (id: string): number => specifications.parameterOn(id, `${period}-01`)?.value ?? 0;
  const rate = parameter('sickness-benefit-rate');
  const divisor = parameter('sickness-benefit-days');
  return {
    form: 'C70A-HD',
    header: {
      TenDonVi: unit.name,
      MaDonVi: unit.code,
      KyKeKhai: `${period.slice(5)}/${period.slice(0, 4)}`,
      SoHoSo: number,
    },
    rows: rows.map((person, index) => {
      const { row, fullName } = person;
      const { values } = row;
      const bhxhNumber = numberOf(person);
      const days = Number(values['TongSoNgay'] ?? '');
      const month = monthOfField((values['TuNgay'] ?? '').slice(3)) ?? period;
      const stretches = view.members.get(bhxhNumber) ?? [];
      // The month before the leave is the base.
      const wage = (stretchIn(stretches, monthAfter(month, -1)) ?? stretchIn(stretches, month))?.wage;
      const isSickness = (values['NhomHuong'] ?? '').startsWith('om');
      const amount =
        isSickness && wage !== undefined && divisor > 0
          ? Number(
              (2n * BigInt(wage) * BigInt(rate) * BigInt(days) + 100n * BigInt(divisor)) /
                (200n * BigInt(divisor)),
            )
          : undefined;
      return {
        stt: String(index + 1),
        HoTen: fullName,
        MaSoBhxh: bhxhNumber,
        NhomHuong: values['NhomHuong'] ?? '',
        SoSeri: values['SoSeri'] ?? '',
        TuNgay: values['TuNgay'] ?? '',
        DenNgay: values['DenNgay'] ?? '',
        SoNgay: String(days),
        TienLuong: wage === undefined ? '' : String(wage),
        SoTien: amount === undefined ? '' : String(amount),
      };
    }),
  };
}

/** The household of everybody who gets a number with the appendix of his TK1-TS. */
function householdsOf(view: RegisterView, numberOf: (person: NamedPerson) => string): readonly Household[] {
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

/** TK3-TS: what a unit says of itself. */
function unitChange(dossier: Dossier): Decision['unit'] {
  const values = dossier.forms.find(({ form }) => form === 'TK3-TS')?.rows[0]?.values;
  if (values === undefined) return {};
  return {
    ...(values['TenDonVi'] ? { name: values['TenDonVi'] } : {}),
    ...(values['DiaChiLienHe'] ? { address: values['DiaChiLienHe'] } : {}),
    ...(values['DienThoai'] ? { phone: values['DienThoai'] } : {}),
  };
}
