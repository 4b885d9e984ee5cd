import type { Row } from '../draft.ts';
import { settle } from '../settle.ts';
import { rowsOf } from '../wire.ts';
import type { Wire } from '../wire.ts';
import type { Defect } from './defect.ts';
import { plainVisits } from './defect.ts';

/** Changes the first row of a table that fits. */
function change(
  rule: string,
  table: string,
  fits: (row: Row) => boolean,
  apply: (row: Row, wire: Wire) => void,
  kinds?: Defect['kinds'],
): Defect {
  return {
    rule,
    ...(kinds === undefined ? {} : { kinds }),
    spoil: (wire) => {
      const row = rowsOf(wire, table).find(fits);
      if (row === undefined) return false;
      apply(row, wire);
      return true;
    },
  };
}

const any = (): boolean => true;
const ofGroup =
  (...groups: readonly string[]) =>
  (row: Row): boolean =>
    groups.includes(row['MA_NHOM'] ?? '');
const isFilled =
  (field: string) =>
  (row: Row): boolean =>
    (row[field] ?? '') !== '';

function set(field: string, value: string): (row: Row) => void {
  return (row) => {
    row[field] = value;
  };
}

/** Adds a copy of a row to its table, changed. */
function copyRow(wire: Wire, table: string, row: Row, changes: Row): void {
  const rows = wire.tables[table] ?? [];
  rows.push({ ...row, STT: String(rows.length + 1), ...changes });
  wire.tables[table] = rows;
}

/** Diseases, services, tenders, beds, tests. */
export const clinicalDefects: readonly Defect[] = [
  change('R120', 'XML1', any, set('MA_BENH_CHINH', 'J2'), plainVisits),
  change(
    'R121',
    'XML1',
    any,
    (row) => {
      row['MA_BENH_KT'] = row['MA_BENH_CHINH'] ?? '';
    },
    plainVisits,
  ),
  change('R122', 'XML3', ofGroup('18'), set('MA_BENH_YHCT', 'YHCT-1')),
  change('R123', 'XML3', isFilled('MA_PTTT_QT'), set('MA_PTTT_QT', '8949')),
  change('R124', 'XML3', (row) => ofGroup('13')(row), set('MA_DICH_VU', '')),
  change('R125', 'XML2', any, set('MA_NHOM', '3')),
  change('R126', 'XML3', ofGroup('12'), set('MA_XANG_DAU', ''), ['referral']),
  change('R126', 'XML3', ofGroup('12'), set('MA_DICH_VU', '01.0000.0001'), ['referral']),
  change('R127', 'XML3', ofGroup('10'), set('TT_THAU', '')),
  change('R127', 'XML2', ofGroup('4'), set('TT_THAU', '')),
  change('R128', 'XML2', ofGroup('4'), (row) => {
    row['TT_THAU'] = `${(row['TT_THAU'] ?? '').split(';')[0]};G1`;
  }),
  change('R129', 'XML3', ofGroup('1', '2', '3', '18'), set('NGUOI_THUC_HIEN', '')),
  change('R130', 'XML3', ofGroup('10'), set('GOI_VTYT', 'G0')),
  change('R130', 'XML3', (row) => ofGroup('10')(row) && row['GOI_VTYT'] === '', set('GOI_VTYT', 'G7')),
  change('R131', 'XML3', isFilled('MA_GIUONG'), set('MA_GIUONG', 'X12')),
  change(
    'R132',
    'XML3',
    ofGroup('15'),
    (row, wire) => {
      row['SO_LUONG'] = String(Number(wire.summary['SO_NGAY_DTRI']) + 2);
      settle(wire);
    },
    ['inpatient', 'child', 'delivery', 'newborn'],
  ),
  change(
    'R133',
    'XML3',
    ofGroup('13'),
    (row, wire) => {
      copyRow(wire, 'XML3', row, { TYLE_TT_DV: '30' });
      settle(wire);
    },
    ['inpatient', 'child', 'short-stay'],
  ),
  {
    rule: 'R134',
    kinds: ['chronic-services'],
    spoil: (wire) => {
      wire.summary['MA_LOAI_KCB'] = '05';
      return true;
    },
  },
  change('R135', 'XML3', isFilled('PP_VO_CAM'), set('PP_VO_CAM', '7')),
  change('R136', 'XML2', any, set('VET_THUONG_TP', '2')),
  change('R137', 'XML2', isFilled('SO_DANG_KY'), set('SO_DANG_KY', 'VD 99001 22')),
  change('R138', 'XML3', isFilled('MA_MAY'), set('MA_MAY', 'ZZ.1.99001.TN1')),
  change('R140', 'XML4', isFilled('GIA_TRI'), set('NGAY_KQ', '')),
  change('R141', 'XML4', any, set('MA_DICH_VU', '22.9999.9999')),
  {
    rule: 'R141',
    spoil: (wire) => {
      const imaging = rowsOf(wire, 'XML3').find(ofGroup('2'));
      const result = rowsOf(wire, 'XML4').find((row) => row['MA_DICH_VU'] === imaging?.['MA_DICH_VU']);
      if (imaging === undefined || result === undefined) return false;
      result['KET_LUAN'] = '';
      return true;
    },
  },
  change('R143', 'XML5', any, (row) => {
    row['DIEN_BIEN_LS'] = (row['DIEN_BIEN_LS'] ?? '').replace('_HA', '_HUYETAP');
  }),
];
