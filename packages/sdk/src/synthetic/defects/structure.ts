import { rowsOf } from '../wire.ts';
import type { Wire } from '../wire.ts';
import type { Defect } from './defect.ts';
import { plainVisits } from './defect.ts';

function edit(wire: Wire, table: string, change: (xml: string) => string): boolean {
  if (rowsOf(wire, table).length === 0) return false;
  wire.edits.set(table, change);
  return true;
}

/** Tables, elements, types, lengths, required fields and code lists. */
export const structureDefects: readonly Defect[] = [
  {
    rule: 'R001',
    spoil: (wire) => {
      wire.repeatedTable = 'XML1';
      return true;
    },
  },
  {
    rule: 'R002',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2').at(-1);
      if (row === undefined) return false;
      row['MA_LK'] = `${row['MA_LK']}x`;
      return true;
    },
  },
  {
    rule: 'R003',
    spoil: (wire) => {
      wire.isRepeated = true;
      wire.count = 2;
      return true;
    },
  },
  {
    rule: 'R004',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2').at(-1);
      if (row === undefined) return false;
      row['STT'] = String(Number(row['STT']) + 1);
      return true;
    },
  },
  {
    rule: 'R005',
    isLater: true,
    spoil: (wire) =>
      edit(wire, 'XML1', (xml) =>
        xml.replace(/(<HO_TEN>[^<]*<\/HO_TEN>)(<SO_CCCD>[^<]*<\/SO_CCCD>)/, '$2$1'),
      ),
  },
  {
    rule: 'R006',
    isLater: true,
    spoil: ({ summary }) => {
      const paid = summary['NGAY_TTOAN'] ?? '';
      summary['NGAY_TTOAN'] = `${paid.slice(0, 4)}-${paid.slice(4, 6)}-${paid.slice(6, 8)}`;
      return true;
    },
  },
  {
    rule: 'R006',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2')[0];
      if (row === undefined) return false;
      row['SO_LUONG'] = `${row['SO_LUONG']},0`;
      return true;
    },
  },
  {
    rule: 'R007',
    isLater: true,
    spoil: ({ summary }) => {
      summary['NHOM_MAU'] = 'AB Rh+';
      return true;
    },
  },
  {
    rule: 'R008',
    kinds: ['outpatient', 'referred', 'self-referred'],
    spoil: ({ summary }) => {
      summary['MA_LOAI_KCB'] = '1';
      return true;
    },
  },
  {
    rule: 'R009',
    spoil: ({ summary }) => {
      summary['LY_DO_VV'] = '';
      return true;
    },
  },
  {
    rule: 'R009',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2').at(-1);
      if (row === undefined) return false;
      row['LIEU_DUNG'] = '';
      return true;
    },
  },
  {
    rule: 'R010',
    isLater: true,
    spoil: (wire) => edit(wire, 'XML1', (xml) => xml.replace('<DU_PHONG></DU_PHONG>', '')),
  },
  {
    rule: 'R010',
    spoil: (wire) =>
      edit(wire, 'XML1', (xml) => xml.replace('</TONG_HOP>', '<THEM_MOI></THEM_MOI></TONG_HOP>')),
  },
  { rule: 'R011', spoil: (wire) => edit(wire, 'XML2', (xml) => `\uFEFF${xml}`) },
  {
    rule: 'R012',
    spoil: (wire) => {
      wire.count = 2;
      return true;
    },
  },
  {
    rule: 'R013',
    spoil: (wire) => {
      wire.facility =
        wire.draft.setting.vocabulary.facilities.others.find((code) => code !== wire.facility) ?? '';
      return wire.facility !== '';
    },
  },
  {
    rule: 'R024',
    kinds: plainVisits,
    spoil: ({ summary }) => {
      summary['MA_LOAI_KCB'] = '77';
      return true;
    },
  },
  {
    rule: 'R024',
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML2')[0];
      if (row === undefined) return false;
      row['MA_KHOA'] = 'K98';
      return true;
    },
  },
];
