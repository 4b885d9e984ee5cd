import { payAt, sumUp } from '../settle.ts';
import { rowsOf } from '../wire.ts';
import type { Wire } from '../wire.ts';
import type { Defect } from './defect.ts';

function isLowCost(wire: Wire): boolean {
  return Number(wire.summary['T_TONGCHI_BH']) < wire.setting.lowCost;
}

/** Every line is paid at another level. */
function paidAt(
  rule: string,
  kinds: NonNullable<Defect['kinds']>,
  level: (wire: Wire) => string | undefined,
): Defect {
  return {
    rule,
    kinds,
    spoil: (wire) => {
      const wrong = level(wire);
      if (wrong === undefined) return false;
      payAt(wire, wrong);
      return true;
    },
  };
}

/** MUC_HUONG. */
export const benefitDefects: readonly Defect[] = [
  {
    rule: 'R100',
    kinds: ['uninsured'],
    spoil: (wire) => {
      const row = rowsOf(wire, 'XML3')[0];
      if (row === undefined) return false;
      row['MUC_HUONG'] = '120';
      return true;
    },
  },
  paidAt('R101', ['inpatient', 'emergency', 'referral', 'delivery'], (wire) =>
    isLowCost(wire) || wire.benefit !== '80' ? undefined : '95',
  ),
  paidAt('R102', ['inpatient-off-route'], (wire) => (wire.benefit === '32' ? '35' : undefined)),
  paidAt('R103', ['outpatient', 'referred'], (wire) =>
    isLowCost(wire) && wire.benefit === '80' && rowsOf(wire, 'XML3').length > 0 ? '80' : undefined,
  ),
  paidAt('R104', ['primary-care'], (wire) => (wire.summary['MA_DOITUONG_KCB'] === '1.2' ? '80' : undefined)),
  paidAt('R105', ['inpatient-off-route'], (wire) =>
    wire.summary['MA_DOITUONG_KCB'] === '3.1' ? '80' : undefined,
  ),
  paidAt('R106', ['self-referred'], (wire) =>
    wire.summary['MA_DOITUONG_KCB'] === '1.13' ? '80' : undefined,
  ),
  {
    rule: 'R107',
    kinds: ['uninsured'],
    spoil: ({ summary, setting, draft }) => {
      const year = setting.date.slice(0, 4);
      summary['MA_THE_BHYT'] = `GD4${setting.province}${draft.person.insuranceNumber}`;
      summary['MA_DKBD'] = setting.vocabulary.facilities.commune;
      summary['GT_THE_TU'] = `${year}0101`;
      summary['GT_THE_DEN'] = `${year}1231`;
      return true;
    },
  },
  {
    rule: 'R108',
    kinds: ['drug-pickup'],
    spoil: (wire) => {
      const rows = rowsOf(wire, 'XML2');
      const last = rows.at(-1);
      if (last === undefined || rows.length < 2) return false;
      const other = last['MUC_HUONG'] === '80' ? '100' : '80';
      payAt({ ...wire, tables: { XML1: [wire.summary], XML2: [last] } }, other);
      sumUp(wire);
      return true;
    },
  },
];
