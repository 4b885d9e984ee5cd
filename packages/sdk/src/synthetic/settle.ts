import { divideRounded, formatDecimal, parseDecimal } from '../claims/exact-decimal.ts';
import type { Row } from './draft.ts';
import type { Setting } from './setting.ts';

/** A claim's rows with what decides how they are paid. */
export interface Account {
  readonly setting: Setting;
  readonly tables: Record<string, Row[]>;
  readonly summary: Row;
  /** MUC_HUONG of the lines unless the visit costs little. */
  readonly benefit: string;
  readonly fullWhenLowCost: boolean;
}

/** Here the state budget supports the facility; the other sources support the patient. */
const facilitySupport = 'T_NGUONKHAC_NSNN';
const patientSupport = ['T_NGUONKHAC_VTNN', 'T_NGUONKHAC_VTTN', 'T_NGUONKHAC_CL'];

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
  const support = money(row, facilitySupport);
  if (support > 0n) {
    setMoney(
      row,
      'THANH_TIEN_BH',
      divideRounded((money(row, 'THANH_TIEN_BV') - support) * benefitRatio, 100n),
    );
  }
}

/**
 * Shares a line's cost between fund, patient and other sources. Support to the facility came off the cost before the
 * ratio applied (`priceLine`); the benefit level splits the insured amount; support to the patient relieves first what
 * the patient pays outside the benefit, then the co-payment, then the fund.
 */
export function shareLine(row: Row): void {
  const hospital = money(row, 'THANH_TIEN_BV');
  const insured = money(row, 'THANH_TIEN_BH');
  const support = money(row, facilitySupport);
  let left = 0n;
  for (const field of patientSupport) left += money(row, field);
  setMoney(row, 'T_NGUONKHAC', left + support);

  let fund = divideRounded(insured * decimal(row, 'MUC_HUONG', 2), 10_000n);
  let coPayment = insured - fund;
  let own = hospital - support - insured;
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

export function eachLine(account: Account, act: (table: 'XML2' | 'XML3', row: Row) => void): void {
  for (const table of ['XML2', 'XML3'] as const) {
    for (const row of account.tables[table] ?? []) act(table, row);
  }
}

/** Adds the lines up into XML1. */
export function sumUp(account: Account): void {
  const { summary } = account;
  const totals = {
    T_THUOC: 0n,
    T_VTYT: 0n,
    T_TONGCHI_BV: 0n,
    T_TONGCHI_BH: 0n,
    T_BNTT: 0n,
    T_BNCCT: 0n,
    T_BHTT: 0n,
    T_NGUONKHAC: 0n,
    T_BHTT_GDV: 0n,
  };
  eachLine(account, (table, row) => {
    const cost = money(row, 'THANH_TIEN_BV');
    const fund = money(row, 'T_BHTT');
    if (table === 'XML2') totals.T_THUOC += cost;
    else if ((row['MA_VAT_TU'] ?? '') !== '') totals.T_VTYT += cost;
    totals.T_TONGCHI_BV += cost;
    totals.T_TONGCHI_BH += money(row, 'THANH_TIEN_BH');
    totals.T_BNTT += money(row, 'T_BNTT');
    totals.T_BNCCT += money(row, 'T_BNCCT');
    totals.T_BHTT += fund;
    totals.T_NGUONKHAC += money(row, 'T_NGUONKHAC');
    if (row['MA_PTTT'] === '1') totals.T_BHTT_GDV += fund;
  });
  for (const [field, total] of Object.entries(totals)) setMoney(summary, field, total);
}

/** Gives every line this benefit level, and shares and adds up again. */
export function payAt(account: Account, level: string): void {
  eachLine(account, (_, row) => {
    row['MUC_HUONG'] = level;
    shareLine(row);
  });
  sumUp(account);
}

/** Prices every line, decides the benefit level from the total, shares the costs and adds them up. */
export function settle(account: Account): void {
  let insured = 0n;
  eachLine(account, (table, row) => {
    priceLine(table, row);
    insured += money(row, 'THANH_TIEN_BH');
  });
  const isLowCost = insured < BigInt(account.setting.lowCost) * 100n;
  payAt(account, isLowCost && account.fullWhenLowCost ? '100' : account.benefit);
}
