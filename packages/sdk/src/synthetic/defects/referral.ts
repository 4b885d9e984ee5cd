import { rowsOf } from '../wire.ts';
import type { Defect } from './defect.ts';
import { plainVisits } from './defect.ts';

/** How the patient came and left. */
export const referralDefects: readonly Defect[] = [
  {
    rule: 'R110',
    kinds: ['referred'],
    spoil: ({ summary }) => {
      summary['MA_NOI_DI'] = '';
      return true;
    },
  },
  {
    rule: 'R110',
    kinds: ['referred'],
    spoil: ({ summary }) => {
      summary['MA_NOI_DI'] = '9901';
      return true;
    },
  },
  {
    rule: 'R111',
    kinds: ['self-referred'],
    spoil: ({ summary }) => {
      if (!['1.12', '1.13', '3.3'].includes(summary['MA_DOITUONG_KCB'] ?? '')) return false;
      summary['MA_NOI_DI'] = summary['MA_DKBD'] ?? '';
      return true;
    },
  },
  {
    rule: 'R112',
    kinds: ['primary-care', 'child'],
    spoil: ({ summary, setting }) => {
      const { commune, higher } = setting.vocabulary.facilities;
      summary['MA_DKBD'] = setting.facility === commune ? higher : commune;
      return summary['MA_DOITUONG_KCB'] === '1.1' || summary['MA_DOITUONG_KCB'] === '1.2';
    },
  },
  {
    rule: 'R113',
    kinds: plainVisits,
    spoil: ({ summary, setting }) => {
      summary['MA_NOI_DEN'] = setting.vocabulary.facilities.higher;
      return true;
    },
  },
  {
    rule: 'R114',
    kinds: ['referral'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML13')[0];
      if (row === undefined) return false;
      row['MA_LYDO_CT'] = '4';
      return true;
    },
  },
  {
    rule: 'R115',
    kinds: ['drug-pickup'],
    spoil: ({ summary }) => {
      summary['MA_LOAI_KCB'] = '01';
      return true;
    },
  },
];
