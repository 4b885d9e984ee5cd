import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDecimal } from '../claims/exact-decimal.ts';
import type { Row } from './draft.ts';
import { priceLine, shareLine } from './settle.ts';

function drugLine(changes: Row): Row {
  const row: Row = { SO_LUONG: '1', DON_GIA: '0', TYLE_TT_BH: '100', MUC_HUONG: '80', ...changes };
  priceLine('XML2', row);
  shareLine(row);
  return row;
}

const money = (row: Row, field: string): bigint => parseDecimal(row[field] ?? '', 2) ?? -1n;

describe('line money', () => {
  test("the annex's example: a drug of 10,000,000 at ratio 50 with 3,000,000 support to the facility", () => {
    const row = drugLine({ DON_GIA: '10000000', TYLE_TT_BH: '50', T_NGUONKHAC_NSNN: '3000000' });
    expect(row).toMatchObject({
      THANH_TIEN_BV: '10000000',
      THANH_TIEN_BH: '3500000',
      T_BHTT: '2800000',
      T_BNCCT: '700000',
      T_BNTT: '3500000',
      T_NGUONKHAC: '3000000',
    });
  });

  test('support to the patient relieves what is outside the benefit, then the co-payment, then the fund', () => {
    const base = { DON_GIA: '1000', TYLE_TT_BH: '50' };
    const shares = (support: string): readonly (string | undefined)[] => {
      const row = drugLine({ ...base, T_NGUONKHAC_CL: support });
      return [row['T_BNTT'], row['T_BNCCT'], row['T_BHTT']];
    };
    expect(shares('0')).toEqual(['500', '100', '400']);
    expect(shares('200')).toEqual(['300', '100', '400']);
    expect(shares('550')).toEqual(['0', '50', '400']);
    expect(shares('700')).toEqual(['0', '0', '300']);
  });

  test('amounts are rounded half up to two decimals, and shares always add up', () => {
    expect(drugLine({ SO_LUONG: '3', DON_GIA: '123.335' })['THANH_TIEN_BV']).toBe('370.01');
    expect(drugLine({ SO_LUONG: '0.5', DON_GIA: '0.03' })['THANH_TIEN_BV']).toBe('0.02');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999 }),
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom('100', '95', '80', '47.5', '32', '0'),
        (quantity, price, ratio, level) => {
          const row = drugLine({
            SO_LUONG: `${Math.floor(quantity / 1000)}.${String(quantity % 1000).padStart(3, '0')}`,
            DON_GIA: `${Math.floor(price / 1000)}.${String(price % 1000).padStart(3, '0')}`,
            TYLE_TT_BH: String(ratio),
            MUC_HUONG: level,
          });
          const exact = BigInt(quantity) * BigInt(price);
          const difference = money(row, 'THANH_TIEN_BV') * 10_000n - exact;
          expect(difference >= -5_000n && difference <= 5_000n).toBe(true);
          expect(money(row, 'T_BHTT') + money(row, 'T_BNCCT') + money(row, 'T_BNTT')).toBe(
            money(row, 'THANH_TIEN_BV'),
          );
        },
      ),
    );
  });
});
