import { rowsOf } from '../wire.ts';
import { settle, sumUp } from '../settle.ts';
import type { Wire } from '../wire.ts';
import type { Defect } from './defect.ts';
import { addDong, hasArv } from './line-money.ts';

const off = 5;

function wrongTotal(rule: string, field: string, alsoFund = 0): Defect {
  return {
    rule,
    isLater: alsoFund !== 0,
    spoil: ({ summary }) => {
      addDong(summary, field, off);
      if (alsoFund !== 0) {
        if (Number(summary['T_BHTT']) < off) return false;
        addDong(summary, 'T_BHTT', alsoFund * off);
      }
      return true;
    },
  };
}

/** Another source relieves a co-payment: the fund's total no longer is T_TONGCHI_BH less T_BNCCT. */
function relieveCoPayment(wire: Wire): boolean {
  const row = rowsOf(wire, 'XML2').find(
    (line) => line['T_NGUONKHAC'] === '0' && line['TYLE_TT_BH'] === '100' && Number(line['T_BNCCT']) > 200,
  );
  if (row === undefined || hasArv(wire)) return false;
  row['T_NGUONKHAC_CL'] = '100';
  settle(wire);
  sumUp(wire);
  return true;
}

/** Totals of XML1. */
export const summaryMoneyDefects: readonly Defect[] = [
  wrongTotal('R080', 'T_THUOC'),
  wrongTotal('R081', 'T_VTYT'),
  wrongTotal('R082', 'T_TONGCHI_BV'),
  // T_BHTT follows, so that it still is T_TONGCHI_BH less T_BNCCT.
  wrongTotal('R083', 'T_TONGCHI_BH', 1),
  wrongTotal('R084', 'T_BNTT'),
  wrongTotal('R085', 'T_BNCCT', -1),
  wrongTotal('R086', 'T_NGUONKHAC'),
  { rule: 'R087', isLater: true, spoil: relieveCoPayment },
  wrongTotal('R088', 'T_BHTT_GDV'),
  {
    rule: 'R089',
    spoil: (wire) => {
      if (!relieveCoPayment(wire)) return false;
      addDong(wire.summary, 'T_BHTT', 100);
      return true;
    },
  },
  {
    rule: 'R090',
    spoil: ({ summary }) => {
      const total = summary['T_THUOC'] ?? '';
      if (!/^\d+$/.test(total)) return false;
      summary['T_THUOC'] = `${total}.5`;
      return true;
    },
  },
];
