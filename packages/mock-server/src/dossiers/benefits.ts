import { monthAfter, stretchIn } from '../register/stretches.ts';
import { monthOfField, type DecisionChoice } from './decision-choice.ts';
import type { NamedPerson, RegisterView } from './register-view.ts';
import type { FormContent } from './write-form.ts';

/** C70a-HD: sickness by wage, rate and days; the other kinds are listed without an amount, which other rules decide. */
export function benefitForm(
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
