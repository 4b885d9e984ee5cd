import type { PayrollRow } from './read-payroll.ts';
import type { Dossier, FormDocument } from './types.ts';

/** A synthetic person of a payroll; the numbers are of the reserved ranges. */
export function person(index: number, own: Partial<PayrollRow> = {}): PayrollRow {
  const isWoman = index % 2 === 0;
  return {
    identity: `099${isWoman ? '1' : '0'}90${String(index).padStart(6, '0')}`,
    number: `99${String(index).padStart(8, '0')}`,
    name: `Person ${index}`,
    birth: '02/03/1990',
    sex: isWoman ? '0' : '1',
    position: 'Clerk',
    wage: 6_000_000 + index * 1000,
    status: 'working',
    decision: '',
    decisionDate: '',
    contractFrom: '',
    contractTo: '',
    effective: '',
    without: [],
    ...own,
  };
}

export const header = {
  TenDonVi: 'Synthetic Company',
  MaDonVi: 'ZZ0001A',
  MaSoThue: '9900000009',
  NgayLap: '10/07/2026',
};

/** A dossier of procedure 600 around some forms. */
export function dossierOf(forms: readonly FormDocument[], attachments: Dossier['attachments'] = []): Dossier {
  return {
    provider: { MaIVAN: '99999', TenIVAN: 'Synthetic Provider' },
    unit: {
      TenDoiTuong: 'Synthetic Company',
      MaSoBHXH: 'ZZ0001A',
      MaSoThue: '9900000009',
      LoaiDoiTuong: '1',
      NguoiKy: 'A Director',
      DienThoai: '0990000001',
      CoQuanQuanLy: '09901',
    },
    dossier: {
      TenThuTuc: 'Increase and decrease',
      MaThuTuc: '600',
      KyKeKhai: '07/2026',
      NgayLap: '10/07/2026',
      QuyTrinhISO: '',
    },
    forms,
    attachments,
  };
}

/** A TK1-TS for somebody without a number, with the household appendix. */
export function newPerson(row: PayrollRow): FormDocument {
  return {
    form: 'TK1-TS',
    header: { ...header, KyKeKhai: '07/2026' },
    rows: [
      {
        values: {
          stt: '1',
          HoTen: row.name,
          GioiTinh: row.sex,
          NgaySinh: row.birth,
          QuocTich: 'VN',
          DanToc: '01',
          SoCccd: row.identity,
          KhaiSinhXa: '99001',
          KhaiSinhTinh: '99',
          DiaChiNhan: '1 Synthetic Street',
          DiaChiXa: '99001',
          DiaChiTinh: '99',
          CoPhuLuc: '1',
        },
        appendix: [{ HoTen: row.name, NgaySinh: row.birth, GioiTinh: row.sex, QuanHe: '00' }],
      },
    ],
  };
}
