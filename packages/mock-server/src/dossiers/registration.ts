import type { Dossier } from '@bhxh/sdk/declarations/read';
import type { UnitTable } from '../store/declaration-tables.ts';
import { isoDayOfField } from './decision-choice.ts';

/** The dossiers by which a unit begins, changes and ends its electronic transactions through a provider. */
const BEGINS = '04_DK-IVAN';
const CHANGES = '05_SD-IVAN';
const ENDS = '06_NG-IVAN';

/** Whether a dossier asks for the registration and for nothing that needs one. */
export function asksToRegister({ forms }: Dossier): boolean {
  return forms.length === 1 && forms[0]?.form === BEGINS;
}

/** What a registration dossier makes of its unit; beside other forms, in a dossier for something else, it makes nothing. */
export function registrationChange(
  { forms }: Dossier,
  decidedOn: string,
): Partial<Pick<UnitTable, 'address' | 'phone' | 'provider' | 'status' | 'files_until'>> {
  const [form] = forms;
  if (form === undefined || forms.length > 1 || ![BEGINS, CHANGES, ENDS].includes(form.form)) return {};
  const { header, rows } = form;
  const values = rows[0]?.values ?? {};
  if (form.form === ENDS) return { files_until: isoDayOfField(values['NgayNgung']) ?? decidedOn };
  const phone = header['DienThoaiLienHe'] || header['DienThoai'];
  const address = header['DiaChiLienHe'] || header['DiaChi'];
  return {
    ...(phone ? { phone } : {}),
    ...(address ? { address } : {}),
    ...(form.form === BEGINS
      ? { status: 'registered' as const, files_until: null, provider: values['MaIVAN'] || null }
      : {}),
  };
}
