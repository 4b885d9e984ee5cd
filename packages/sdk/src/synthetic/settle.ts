import { divideRounded, formatDecimal, parseDecimal } from '../claims/exact-decimal.ts';
import { computeSummary } from '../claims/compute-summary.ts';
import type { Draft, Row } from './draft.ts';

const otherSources = ['T_NGUONKHAC_NSNN', 'T_NGUONKHAC_VTNN', 'T_NGUONKHAC_VTTN', 'T_NGUONKHAC_CL'];

function decimal(row: Row, field: string, places: number): bigint {
  return parseDecimal(row[field] ?? '0', places) ?? 0n;
}

function money(row: Row, field: string): bigint {
  return decimal(row, field, 2);
}

function setMoney(row: Row, field: string, hundredths: bigint): void {
  row[field] = formatDecimal(hundredths, 2);
}

/** Quantity and price have three places each, so their product is in millionths; claim money is in hundredths. */
const productToMoney = 10_000n;

/** Fills the two amounts of a line from its quantity, prices and ratios. */
export function priceLine(table: 'XML2' | 'XML3', row: Row): void {
  const quantity = decimal(row, 'SO_LUONG', 3);
  const hospitalPrice = decimal(row, table === 'XML2' ? 'DON_GIA' : 'DON_GIA_BV', 3);
  const insuredPrice = decimal(row, table === 'XML2' ? 'DON_GIA' : 'DON_GIA_BH', 3);
  const serviceRatio = table === 'XML2' ? 100n : decimal(row, 'TYLE_TT_DV', 0);
  const benefitRatio = decimal(row, 'TYLE_TT_BH', 0);
  setMoney(
    row,
    'THANH_TIEN_BV',
    divideRounded(quantity * hospitalPrice * serviceRatio, 100n * productToMoney),
  );
  setMoney(
    row,
    'THANH_TIEN_BH',
    divideRounded(quantity * insuredPrice * serviceRatio * benefitRatio, 100n * 100n * productToMoney),
  );
}

/**
 * Shares a line's cost between fund, patient and other sources: the benefit level splits the insured amount, and other
 * sources relieve first what the patient pays outside the benefit, then the co-payment, then the fund.
 */
export function shareLine(row: Row): void {
  const hospital = money(row, 'THANH_TIEN_BV');
  const insured = money(row, 'THANH_TIEN_BH');
  let left = 0n;
  for (const field of otherSources) left += money(row, field);
  setMoney(row, 'T_NGUONKHAC', left);

  let fund = divideRounded(insured * decimal(row, 'MUC_HUONG', 2), 10_000n);
  let coPayment = insured - fund;
  let own = hospital - insured;
  const relieve = (amount: bigint): bigint => {
    const used = left < amount ? left : amount;
    left -= used;
    return amount - used;
  };
  own = relieve(own);
  coPayment = relieve(coPayment);
  fund = relieve(fund);
  setMoney(row, 'T_BNTT', own);
  setMoney(row, 'T_BNCCT', coPayment);
  setMoney(row, 'T_BHTT', fund);
}

function eachLine(draft: Draft, act: (table: 'XML2' | 'XML3', row: Row) => void): void {
  for (const table of ['XML2', 'XML3'] as const) {
    for (const row of draft.tables[table] ?? []) act(table, row);
  }
}

/** Adds the lines up into XML1. */
export function sumUp(draft: Draft): void {
  const { claim } = computeSummary(draft.tables, draft.setting.ruleset);
  Object.assign(draft.summary, claim['XML1']?.[0]);
}

/** Prices every line, decides the benefit level from the total, shares the costs and adds them up. */
export function settle(draft: Draft): void {
  let insured = 0n;
  eachLine(draft, (table, row) => {
    priceLine(table, row);
    insured += money(row, 'THANH_TIEN_BH');
  });
  const isLowCost = insured < BigInt(draft.setting.lowCost) * 100n;
  const level = isLowCost && draft.fullWhenLowCost ? '100' : draft.benefit;
  eachLine(draft, (_, row) => {
    row['MUC_HUONG'] = level;
    shareLine(row);
  });
  sumUp(draft);
}
