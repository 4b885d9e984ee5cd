import { shifted, shiftedDay } from '../calendar.ts';
import { rowsOf } from '../wire.ts';
import type { Defect } from './defect.ts';
import { plainStays, plainVisits } from './defect.ts';

/** Papers, birth, cards and address of the patient. */
export const identityDefects: readonly Defect[] = [
  {
    rule: 'R014',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      if (summary['SO_CCCD'] === '') return false;
      summary['SO_CCCD'] = (summary['SO_CCCD'] ?? '').slice(0, 8);
      return true;
    },
  },
  {
    rule: 'R015',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['GIOI_TINH'] = '4';
      return true;
    },
  },
  {
    rule: 'R016',
    kinds: ['newborn'],
    spoil: ({ summary }) => {
      summary['NGAY_SINH'] = `${(summary['NGAY_SINH'] ?? '').slice(0, 8)}0000`;
      return true;
    },
  },
  {
    rule: 'R017',
    kinds: ['newborn'],
    spoil: ({ summary }) => {
      summary['NGAY_SINH'] = shifted(summary['NGAY_VAO'] ?? '', 20);
      return true;
    },
  },
  {
    rule: 'R018',
    kinds: ['referred', ...plainStays],
    spoil: ({ summary }) => {
      summary['MA_DKBD'] = `${summary['MA_DKBD']};99021`;
      return true;
    },
  },
  {
    rule: 'R019',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['MA_THE_BHYT'] = (summary['MA_THE_BHYT'] ?? '').slice(0, 14);
      return true;
    },
  },
  {
    rule: 'R020',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['GT_THE_TU'] = shiftedDay((summary['NGAY_VAO'] ?? '').slice(0, 8), -400);
      summary['GT_THE_DEN'] = shiftedDay((summary['NGAY_VAO'] ?? '').slice(0, 8), -40);
      return true;
    },
  },
  {
    rule: 'R021',
    kinds: ['referred'],
    spoil: ({ summary }) => {
      summary['MA_DKBD'] = '9901';
      return true;
    },
  },
  {
    rule: 'R022',
    spoil: ({ summary }) => {
      summary['MA_KHUVUC'] = 'K4';
      return true;
    },
  },
  {
    rule: 'R023',
    spoil: (wire) => {
      const field = wire.setting.ruleset.tables['XML1']?.fields.find(({ code }) => code === 'MA_TTDV');
      wire.summary['MA_TTDV'] = field?.maxLength === 10 ? '99A0000011' : '9900000011';
      return true;
    },
  },
  {
    rule: 'R025',
    kinds: ['chronic-drugs', 'chronic-services'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML14')[0];
      if (row === undefined) return false;
      row['DIA_CHI'] = `${row['DIA_CHI']} 2`;
      return true;
    },
  },
  {
    rule: 'R025',
    kinds: ['referral'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML13')[0];
      if (row === undefined) return false;
      row['MA_BENH_CHINH'] = 'I20.0';
      return true;
    },
  },
  {
    rule: 'R026',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['MAXA_CU_TRU'] = '99999';
      return true;
    },
  },
];
