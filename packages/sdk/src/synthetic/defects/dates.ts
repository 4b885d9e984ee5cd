import { shifted, shiftedDay } from '../calendar.ts';
import { rowsOf } from '../wire.ts';
import type { Defect } from './defect.ts';
import { plainStays, plainVisits } from './defect.ts';

const day = 1440;

/** Dates of the stay, of orders and results, of appointments. */
export const dateDefects: readonly Defect[] = [
  {
    rule: 'R030',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['NGAY_RA'] = shifted(summary['NGAY_VAO'] ?? '', -60);
      return true;
    },
  },
  {
    rule: 'R031',
    kinds: plainStays,
    spoil: ({ summary }) => {
      summary['NGAY_VAO_NOI_TRU'] = shifted(summary['NGAY_VAO'] ?? '', -30);
      return true;
    },
  },
  {
    rule: 'R032',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2').at(-1);
      if (row === undefined) return false;
      row['NGAY_TH_YL'] = shifted(row['NGAY_YL'] ?? '', -5);
      return true;
    },
  },
  {
    rule: 'R033',
    isLater: true,
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML3').find((line) => line['MA_NHOM'] === '1');
      if (row === undefined) return false;
      row['NGAY_KQ'] = shifted(row['NGAY_TH_YL'] ?? '', -1);
      return true;
    },
  },
  {
    rule: 'R034',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2')[0];
      if (row === undefined) return false;
      row['NGAY_YL'] = shifted(wire.summary['NGAY_VAO'] ?? '', -day);
      return true;
    },
  },
  {
    rule: 'R035',
    spoil: ({ summary }) => {
      summary['NGAY_TTOAN'] = shifted(summary['NGAY_RA'] ?? '', -30);
      return true;
    },
  },
  {
    rule: 'R036',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML3').find((line) => line['MA_NHOM'] === '1');
      if (row === undefined) return false;
      row['NGAY_KQ'] = shifted(wire.summary['NGAY_RA'] ?? '', 9 * day);
      return true;
    },
  },
  {
    rule: 'R037',
    kinds: ['chronic-drugs', 'chronic-services'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML14')[0];
      if (row === undefined) return false;
      const before = shiftedDay((wire.summary['NGAY_RA'] ?? '').slice(0, 8), -2);
      row['NGAY_HEN_KL'] = `${before}${(row['NGAY_HEN_KL'] ?? '').slice(8)}`;
      wire.summary['NGAY_TAI_KHAM'] = '';
      return true;
    },
  },
  {
    rule: 'R038',
    kinds: ['chronic-drugs', 'chronic-services'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML14')[0];
      if (row === undefined) return false;
      row['NGAY_CT'] = shiftedDay((wire.summary['NGAY_VAO'] ?? '').slice(0, 8), -1);
      return true;
    },
  },
  {
    rule: 'R039',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['NGAY_TAI_KHAM'] = shiftedDay((summary['NGAY_RA'] ?? '').slice(0, 8), -1);
      return true;
    },
  },
  {
    rule: 'R040',
    kinds: ['outpatient', 'inpatient', 'child', 'emergency', 'day-treatment', 'outpatient-treatment'],
    spoil: ({ summary }) => {
      summary['SO_NGAY_DTRI'] = String(Number(summary['SO_NGAY_DTRI']) + 1);
      return true;
    },
  },
  {
    rule: 'R041',
    kinds: ['short-stay'],
    spoil: (wire) => {
      const { summary } = wire;
      const leaving = shifted(summary['NGAY_RA'] ?? '', 290);
      if (leaving.slice(0, 8) !== (summary['NGAY_RA'] ?? '').slice(0, 8)) return false;
      summary['NGAY_RA'] = leaving;
      summary['NGAY_TTOAN'] = shifted(leaving, 10);
      for (const row of rowsOf(wire, 'XML7')) row['NGAY_RA'] = leaving;
      return true;
    },
  },
  {
    rule: 'R042',
    spoil: ({ summary }) => {
      summary['NAM_QT'] = String(Number(summary['NAM_QT']) - 1);
      return true;
    },
  },
  {
    rule: 'R043',
    spoil: ({ summary }) => {
      summary['NAM_NAM_LIEN_TUC'] = shiftedDay((summary['NGAY_SINH'] ?? '').slice(0, 8), -400);
      return true;
    },
  },
  {
    rule: 'R044',
    kinds: ['inpatient', 'child', 'delivery', 'outpatient-treatment'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML5').at(-1);
      if (row === undefined) return false;
      row['THOI_DIEM_DBLS'] = shifted(wire.summary['NGAY_RA'] ?? '', day);
      return true;
    },
  },
  {
    rule: 'R045',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML3').find((line) => ['2', '3', '18'].includes(line['MA_NHOM'] ?? ''));
      if (row === undefined) return false;
      row['NGAY_KQ'] = row['NGAY_TH_YL'] ?? '';
      return true;
    },
  },
  {
    rule: 'R045',
    spoil: (wire) => {
      const [first, second] = rowsOf(wire, 'XML3').filter((line) =>
        ['2', '3', '18'].includes(line['MA_NHOM'] ?? ''),
      );
      if (first === undefined || second === undefined) return false;
      for (const field of ['NGUOI_THUC_HIEN', 'NGAY_YL', 'NGAY_TH_YL', 'NGAY_KQ'])
        second[field] = first[field] ?? '';
      return true;
    },
  },
];
