import { shiftedDay } from '../calendar.ts';
import type { EpisodeKind, Row } from '../draft.ts';
import { checkInRow } from '../check-in-row.ts';
import { rowsOf } from '../wire.ts';
import type { Wire } from '../wire.ts';
import type { Defect } from './defect.ts';

function change(
  rule: string,
  table: string,
  kinds: readonly EpisodeKind[],
  apply: (row: Row, wire: Wire) => void,
): Defect {
  return {
    rule,
    kinds,
    spoil: (wire) => {
      const row = rowsOf(wire, table)[0];
      if (row === undefined) return false;
      apply(row, wire);
      return true;
    },
  };
}

/** A row that only its key ties to the claim. */
function addRow(wire: Wire, table: string, values: Row): boolean {
  const spec = wire.setting.ruleset.tables[table];
  if (spec === undefined) return false;
  wire.tables[table] = [Object.fromEntries(spec.fields.map(({ code }) => [code, values[code] ?? '']))];
  return true;
}

const stays: readonly EpisodeKind[] = ['inpatient', 'child', 'newborn', 'multi-card', 'inpatient-off-route'];

function spoilCheckIn(kinds: readonly EpisodeKind[], apply: (row: Row) => void): Defect {
  return {
    rule: 'R163',
    kinds,
    spoil: (wire) => {
      const row = checkInRow(wire);
      if (row === undefined) return false;
      apply(row);
      wire.checkIn = row;
      return true;
    },
  };
}

/** Papers inside the claim, and the check-in before it. */
export const certificateDefects: readonly Defect[] = [
  {
    rule: 'R150',
    kinds: ['short-stay'],
    spoil: (wire) => {
      const { summary } = wire;
      const phrase = wire.setting.vocabulary.cases.phrases.history;
      return addRow(wire, 'XML8', {
        ...summary,
        QT_BENHLY: phrase,
        TOMTAT_KQ: phrase,
        PP_DIEUTRI: summary['PP_DIEU_TRI'] ?? '',
        NGAY_CT: (summary['NGAY_RA'] ?? '').slice(0, 8),
      });
    },
  },
  {
    rule: 'R151',
    kinds: stays,
    spoil: (wire) => {
      delete wire.tables['XML7'];
      return true;
    },
  },
  {
    rule: 'R152',
    kinds: ['drug-pickup'],
    spoil: (wire) =>
      addRow(wire, 'XML5', {
        MA_LK: wire.summary['MA_LK'] ?? '',
        STT: '1',
        DIEN_BIEN_LS: wire.draft.story.name,
        THOI_DIEM_DBLS: wire.summary['NGAY_VAO'] ?? '',
        NGUOI_THUC_HIEN: wire.draft.doctor.licence,
      }),
  },
  change('R153', 'XML7', ['miscarriage'], (row) => {
    row['NGUYENNHAN_DINHCHI'] = '';
  }),
  change('R154', 'XML7', stays, (row) => {
    row['SO_NGAY_NGHI'] = '3';
  }),
  change('R155', 'XML11', ['outpatient'], (row) => {
    row['MA_BHXH'] = '0000000000';
  }),
  change('R155', 'XML11', ['outpatient'], (row) => {
    row['MAU_SO'] = 'CT08';
  }),
  change('R156', 'XML11', ['outpatient'], (row) => {
    row['SO_NGAY_NGHI'] = '45';
    row['DEN_NGAY'] = shiftedDay(row['TU_NGAY'] ?? '', 44);
  }),
  change('R157', 'XML10', ['pregnancy-rest'], (row) => {
    row['SO_NGAY'] = String(Number(row['SO_NGAY']) + 3);
  }),
  change('R158', 'XML11', ['outpatient'], (row) => {
    row['PP_DIEUTRI'] = 'x';
  }),
  change('R159', 'XML9', ['delivery'], (row) => {
    row['SINHCON_DUOI32TUAN'] = '1';
    row['GHI_CHU'] = row['HO_TEN_NND'] ?? '';
  }),
  change('R160', 'XML9', ['delivery'], (row) => {
    row['CAN_NANG_CON'] = String(Number(row['CAN_NANG_CON']) + 111);
  }),
  change('R161', 'XML6', ['hiv'], (row) => {
    row['NGAY_BAT_DAU_XU_TRI'] = '';
  }),
  change('R161', 'XML6', ['hiv'], (row) => {
    row['LOAI_DTRI_LAO'] = '2';
  }),
  spoilCheckIn(['outpatient', 'referred', 'inpatient'], (row) => {
    row['TEN_DICH_VU'] = '';
  }),
  spoilCheckIn(['inpatient', 'child'], (row) => {
    row['LY_DO_VNT'] = '';
  }),
];
