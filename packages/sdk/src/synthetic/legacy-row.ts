import type { Row } from './draft.ts';

/** Names of QĐ 4210 → names of the later standards. */
const laterNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  XML1: {
    MA_THE: 'MA_THE_BHYT',
    MIEN_CUNG_CT: 'NGAY_MIEN_CCT',
    TEN_BENH: 'CHAN_DOAN_RV',
    MA_BENH: 'MA_BENH_CHINH',
    MA_BENHKHAC: 'MA_BENH_KT',
    MA_NOI_CHUYEN: 'MA_NOI_DI',
    T_TONGCHI: 'T_TONGCHI_BV',
  },
  XML2: { TYLE_TT: 'TYLE_TT_BH', THANH_TIEN: 'THANH_TIEN_BV', T_NGUON_KHAC: 'T_NGUONKHAC' },
  XML3: { DON_GIA: 'DON_GIA_BH', TYLE_TT: 'TYLE_TT_DV', THANH_TIEN: 'THANH_TIEN_BV' },
  XML5: { DIEN_BIEN: 'DIEN_BIEN_LS', NGAY_YL: 'THOI_DIEM_DBLS' },
};

const always: Readonly<Record<string, Row>> = {
  XML1: { T_NGOAIDS: '0' },
  XML2: { T_NGOAIDS: '0' },
  XML3: { T_NGOAIDS: '0' },
};

/** MA_LYDO_VVIEN: 1 right route, 2 emergency, 3 off route. */
function reasonOf(category: string): string {
  return category === '2' ? '2' : category.startsWith('3') ? '3' : '1';
}

/** TINH_TRANG_RV knows one kind of referral. */
function stateOf(leaving: string): string {
  return leaving === '5' ? '2' : leaving;
}

/** A row under the names of QĐ 4210, where they differ. */
export function asLegacyRow(table: string, row: Row): Row {
  const legacy: Row = { ...row, ...always[table] };
  for (const [name, later] of Object.entries(laterNames[table] ?? {})) legacy[name] = row[later] ?? '';
  if (table === 'XML1') {
    legacy['MA_LYDO_VVIEN'] = reasonOf(row['MA_DOITUONG_KCB'] ?? '');
    legacy['TINH_TRANG_RV'] = stateOf(row['MA_LOAI_RV'] ?? '');
    legacy['MA_LOAI_KCB'] = String(Number(row['MA_LOAI_KCB'] ?? '1'));
  }
  return legacy;
}
