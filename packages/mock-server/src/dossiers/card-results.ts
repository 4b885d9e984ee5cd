import { declarationSpecs, type Dossier } from '@bhxh/sdk/declarations/read';
import { monthAfter } from '../register/stretches.ts';
import { cardNumber, OPEN_END, type CardChange } from './card-change.ts';
import { monthOfField, type DecisionChoice } from './decision-choice.ts';
import type { NamedPerson, RegisterView } from './register-view.ts';
import type { SettledPeople } from './settle-people.ts';
import type { FormContent } from './write-form.ts';

const compact = (day: string): string => day.replaceAll('-', '');

/** Last day before a month, `yyyyMMdd`. */
const endBefore = (month: string): string =>
  compact(new Date(Date.parse(`${month}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10));

/** What a dossier does to cards: given with who joins, ended with who leaves, given again when asked for. */
export function cardsOf(
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

/** THE-BHYT: numbers and cards that a dossier gave or ended. */
export function cardForm(
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
