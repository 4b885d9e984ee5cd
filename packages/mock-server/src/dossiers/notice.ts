import type { Specifications } from '@bhxh/sdk/specifications';
import { compactTime, isoDay } from '../clock/vietnam-time.ts';
import type { StoredDossier, UnitTable } from '../store/declaration-tables.ts';
import { openLifecycle } from './lifecycle.ts';
import type { Reason } from './reason.ts';
import type { FormContent } from './write-form.ts';

const slash = (day: string): string => day.split('-').toReversed().join('/');

/** The id of a notice: the dossier, which notice, and the place of its step. */
export const noticeId = (dossierId: string, name: string, place: number): string =>
  `${dossierId}-${place}-${name}`;

/** A notice to the unit as a form; reasons stand in its rows. */
export function noticeForm(
  specifications: Specifications,
  choice: {
    readonly name: string;
    readonly id: string;
    readonly dossier: StoredDossier;
    readonly unit: UnitTable;
    readonly number: string | null;
    readonly dueDay: string | null;
    readonly at: Date;
    readonly reasons: readonly Reason[];
  },
): FormContent {
  const { name, id, dossier, unit, number, dueDay, at, reasons } = choice;
  const title = openLifecycle(specifications).notices.find((notice) => notice.id === name)?.label.vi ?? name;
  const period = dossier.period;
  return {
    form: 'THONG-BAO',
    header: {
      LoaiThongBao: name,
      SoThongBao: id,
      TieuDe: title,
      ThoiDiem: `${isoDay(at)}T${compactTime(at)
        .slice(8)
        .replace(/(..)(..)(..)/, '$1:$2:$3')}+07:00`,
      MaGiaoDich: dossier.id,
      SoHoSo: number ?? '',
      MaThuTuc: dossier.procedure_code ?? '',
      KyKeKhai: period === null ? '' : `${period.slice(5)}/${period.slice(0, 4)}`,
      MaDonVi: unit.code,
      TenDonVi: unit.name,
      CoQuan: dossier.agency,
      NgayHenTra: dueDay === null ? '' : slash(dueDay),
      Sha256: dossier.sha256,
    },
    rows: reasons.map(({ code, label, at: place }) => ({
      ma: code,
      noiDung: label.vi,
      viTri: (place ?? '').slice(0, 255),
    })),
  };
}
