import { formatDecimal, parseDecimal } from '../../claims/exact-decimal.ts';
import type { Row } from '../draft.ts';
import { settle, shareLine, sumUp } from '../settle.ts';
import { rowsOf } from '../wire.ts';
import type { Wire } from '../wire.ts';
import type { Defect } from './defect.ts';

function dong(row: Row, field: string): bigint {
  return parseDecimal(row[field] ?? '0', 2) ?? 0n;
}

/** Moves an amount by whole đồng. */
export function addDong(row: Row, field: string, amount: number): void {
  row[field] = formatDecimal(dong(row, field) + BigInt(amount) * 100n, 2);
}

function line(wire: Wire, table: string, fits: (row: Row) => boolean): Row | undefined {
  return rowsOf(wire, table).find((row) => row['PHAM_VI'] === '1' && row['T_NGUONKHAC'] === '0' && fits(row));
}

const isWorth =
  (field: string, atLeast: number) =>
  (row: Row): boolean =>
    dong(row, field) >= BigInt(atLeast) * 100n;

/** Any line of the claim. */
function anyLine(wire: Wire, fits: (row: Row) => boolean): Row | undefined {
  return line(wire, 'XML2', fits) ?? line(wire, 'XML3', fits);
}

/** Half of a drug line is outside the benefit, and another source gives a part of it. */
function withSupport(wire: Wire, source: string): Row | undefined {
  const row = line(wire, 'XML2', isWorth('THANH_TIEN_BV', 4000));
  if (row === undefined) return undefined;
  row['TYLE_TT_BH'] = '50';
  row[source] = '1000';
  return row;
}

/** Support for drugs of a claim with XML6 has a rule of its own. */
export function hasArv(wire: Wire): boolean {
  return rowsOf(wire, 'XML6').length > 0;
}

/** Amounts of drugs, services and consumables. */
export const lineMoneyDefects: readonly Defect[] = [
  {
    rule: 'R050',
    spoil: (wire) => {
      const row = line(wire, 'XML2', () => true);
      if (row === undefined) return false;
      addDong(row, 'THANH_TIEN_BV', 100);
      shareLine(row);
      sumUp(wire);
      return true;
    },
  },
  {
    rule: 'R051',
    spoil: (wire) => {
      const row = line(wire, 'XML3', () => true);
      if (row === undefined) return false;
      addDong(row, 'THANH_TIEN_BV', 100);
      shareLine(row);
      sumUp(wire);
      return true;
    },
  },
  ...(['XML2', 'XML3'] as const).map((table): Defect => ({
    rule: table === 'XML2' ? 'R052' : 'R053',
    spoil: (wire) => {
      const row = line(wire, table, isWorth('THANH_TIEN_BH', 1000));
      if (row === undefined) return false;
      addDong(row, 'THANH_TIEN_BH', -1);
      shareLine(row);
      sumUp(wire);
      return true;
    },
  })),
  {
    rule: 'R054',
    spoil: (wire) => {
      const row = anyLine(wire, (candidate) => candidate['T_BNTT'] === '0');
      if (row === undefined || wire.summary['T_BNTT'] !== '0') return false;
      row['T_BNTT'] = '0.001';
      wire.summary['T_BNTT'] = '0.001';
      return true;
    },
  },
  {
    rule: 'R055',
    spoil: (wire) => {
      const row = anyLine(wire, isWorth('THANH_TIEN_BV', 100));
      if (row === undefined) return false;
      row['T_NGUONKHAC_CL'] = '50';
      return true;
    },
  },
  {
    rule: 'R056',
    spoil: (wire) => {
      const row = anyLine(
        wire,
        (candidate) =>
          candidate['T_TRANTT'] !== undefined &&
          candidate['T_TRANTT'] === '' &&
          isWorth('T_BHTT', 2000)(candidate),
      );
      if (row === undefined) return false;
      addDong(row, 'T_BHTT', -1000);
      addDong(row, 'T_BNCCT', 1000);
      sumUp(wire);
      return true;
    },
  },
  {
    rule: 'R057',
    spoil: (wire) => {
      const row = withSupport(wire, 'T_NGUONKHAC_VTTN');
      if (row === undefined || hasArv(wire)) return false;
      settle(wire);
      addDong(row, 'T_BHTT', -100);
      addDong(row, 'T_BNCCT', 100);
      sumUp(wire);
      return true;
    },
  },
  {
    rule: 'R058',
    spoil: (wire) => {
      const row = withSupport(wire, 'T_NGUONKHAC_NSNN');
      if (row === undefined || hasArv(wire)) return false;
      settle(wire);
      addDong(row, 'T_BHTT', -100);
      addDong(row, 'T_BNCCT', 100);
      sumUp(wire);
      return true;
    },
  },
  {
    rule: 'R059',
    kinds: ['hiv'],
    spoil: (wire) => {
      if (withSupport(wire, 'T_NGUONKHAC_VTTN') === undefined) return false;
      settle(wire);
      return true;
    },
  },
  {
    rule: 'R060',
    spoil: (wire) => {
      const [first, second] = [...rowsOf(wire, 'XML2'), ...rowsOf(wire, 'XML3')].filter(
        isWorth('T_BNCCT', 10),
      );
      if (first === undefined || second === undefined) return false;
      addDong(first, 'T_BNCCT', 5);
      addDong(second, 'T_BNCCT', -5);
      return true;
    },
  },
  {
    rule: 'R061',
    spoil: (wire) => {
      const row = line(
        wire,
        'XML3',
        (candidate) => candidate['MA_NHOM'] === '10' && isWorth('T_BHTT', 2000)(candidate),
      );
      if (row === undefined) return false;
      row['T_TRANTT'] = '1000';
      return true;
    },
  },
  {
    rule: 'R062',
    spoil: (wire) => {
      const row = anyLine(wire, isWorth('THANH_TIEN_BH', 1));
      if (row === undefined) return false;
      row['PHAM_VI'] = '2';
      return true;
    },
  },
  {
    rule: 'R063',
    spoil: (wire) => {
      const row = line(wire, 'XML2', isWorth('T_BHTT', 1));
      if (row === undefined) return false;
      row['NGUON_CTRA'] = '2';
      return true;
    },
  },
  {
    rule: 'R064',
    spoil: (wire) => {
      const row = line(wire, 'XML3', (candidate) => candidate['MA_NHOM'] === '1');
      if (row === undefined) return false;
      row['TYLE_TT_DV'] = '75';
      settle(wire);
      return true;
    },
  },
  {
    rule: 'R065',
    spoil: (wire) => {
      const row = line(wire, 'XML3', (candidate) => candidate['MA_NHOM'] === '13');
      if (row === undefined) return false;
      row['TYLE_TT_DV'] = '30';
      settle(wire);
      return true;
    },
  },
  {
    rule: 'R066',
    spoil: (wire) => {
      const row = anyLine(wire, () => true);
      if (row === undefined) return false;
      row['MA_PTTT'] = '4';
      sumUp(wire);
      return true;
    },
  },
  {
    rule: 'R067',
    spoil: (wire) => {
      const row = line(wire, 'XML3', (candidate) => candidate['MA_NHOM'] === '18');
      if (row === undefined) return false;
      row['MA_DICH_VU'] = `${row['MA_DICH_VU']}_TB`;
      return true;
    },
  },
  {
    rule: 'R068',
    spoil: (wire) => {
      const row = line(wire, 'XML3', (candidate) => candidate['MA_NHOM'] === '10');
      if (row === undefined) return false;
      row['TAI_SU_DUNG'] = '2';
      return true;
    },
  },
];
