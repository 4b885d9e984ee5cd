import { benefitAmount } from '@bhxh/sdk/declarations/read';
import { monthAfter, stretchIn } from '../register/stretches.ts';
import { monthOfField, type DecisionChoice } from './decision-choice.ts';
import type { NamedPerson, RegisterView } from './register-view.ts';
import type { FormContent } from './write-form.ts';

const MOST_MONTHS = 6;

/** C70a-HD: every kind of benefit by the rates of its first day; without a known wage a row has no amount. */
export function benefitForm(
  { specifications, unit, number, period }: DecisionChoice,
  view: RegisterView,
  numberOf: (person: NamedPerson) => string,
): FormContent | undefined {
  const rows = view.named.filter(({ form }) => form === 'M01B-HSB');
  if (rows.length === 0) return undefined;
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
      const before = Array.from({ length: MOST_MONTHS }, (_, back) =>
        stretchIn(stretches, monthAfter(month, -1 - back)),
      ).flatMap((stretch) => (stretch === undefined ? [] : [stretch.wage]));
      const current = stretchIn(stretches, month)?.wage;
      const benefit = benefitAmount(specifications, {
        kind: values['NhomHuong'] ?? '',
        first: isoDay(values['TuNgay']),
        last: isoDay(values['DenNgay']),
        days,
        // Whoever joined with the month of the leave has its wage alone.
        wages: before.length > 0 || current === undefined ? before : [current],
        children: Number(values['SoCon'] ?? '1'),
      });
      return {
        stt: String(index + 1),
        HoTen: fullName,
        MaSoBhxh: bhxhNumber,
        NhomHuong: values['NhomHuong'] ?? '',
        SoSeri: values['SoSeri'] ?? '',
        TuNgay: values['TuNgay'] ?? '',
        DenNgay: values['DenNgay'] ?? '',
        SoNgay: String(days),
        TienLuong: benefit === undefined || benefit.wage === null ? '' : String(benefit.wage),
        SoTien: benefit === undefined ? '' : String(benefit.amount),
      };
    }),
  };
}

function isoDay(text: string | undefined): string {
  return (text ?? '').split('/').toReversed().join('-');
}
