import type { Row } from './draft.ts';
import type { Wire } from './wire.ts';

/** Fields a check-in repeats from XML1. */
const repeated = [
  'MA_LK',
  'MA_BN',
  'HO_TEN',
  'SO_CCCD',
  'NGAY_SINH',
  'GIOI_TINH',
  'MA_DOITUONG_KCB',
  'NGAY_VAO',
  'NGAY_VAO_NOI_TRU',
  'LY_DO_VNT',
  'MA_LOAI_KCB',
  'MA_CSKCB',
];
/** Of several cards a check-in names the first. */
const ofFirstCard = ['MA_THE_BHYT', 'MA_DKBD', 'GT_THE_TU', 'GT_THE_DEN'];

/** The check-in of a claim: patient, visit and the first thing that cost money. Undefined for a claim without services. */
export function checkInRow(wire: Wire): Row | undefined {
  const table = wire.setting.ruleset.tables['XML0'];
  const first = (wire.tables['XML3'] ?? []).find((row) => (row['MA_DICH_VU'] ?? '') !== '');
  if (table === undefined || first === undefined) return undefined;
  const values: Row = { STT: '1' };
  for (const code of repeated) values[code] = wire.summary[code] ?? '';
  for (const code of ofFirstCard) values[code] = (wire.summary[code] ?? '').split(';')[0] ?? '';
  for (const code of ['MA_DICH_VU', 'TEN_DICH_VU', 'NGAY_YL']) values[code] = first[code] ?? '';
  return Object.fromEntries(table.fields.map(({ code }) => [code, values[code] ?? '']));
}
