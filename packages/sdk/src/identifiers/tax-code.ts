import { accepted, isDigits, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** Mã số thuế: 10 digits of an organisation, 13 of its branch, 12 of a natural person since 2025-07-01 (TT 86/2024/TT-BTC). */
export interface TaxCode {
  readonly kind: 'organisation' | 'branch' | 'person';
  /** `0300000177`, `0300000177-001` or the 12-digit personal id. */
  readonly text: string;
  /** The ten digits of the organisation; absent for a person. */
  readonly base?: string;
}

const weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/** Check digit of nine leading digits, or null where such a base is never issued (weighted sum divisible by 11). */
export function taxCodeCheckDigit(nineDigits: string): number | null {
  if (!/^[0-9]{9}$/.test(nineDigits)) return null;
  const sum = weights.reduce((total, weight, index) => total + weight * Number(nineDigits[index]), 0);
  const digit = 10 - (sum % 11);
  return digit === 10 ? null : digit;
}

/** Reads a tax code; 13 digits without a dash are read as a branch. */
export function parseTaxCode(text: string): Outcome<TaxCode> {
  const digits = text.replace('-', '');
  if (digits === '' || !isDigits(digits)) return refused('MST_CHARSET');
  const dash = text.indexOf('-');
  if (dash >= 0 && (dash !== 10 || text.length !== 14)) return refused('MST_LENGTH');
  if (digits.length === 12 && dash < 0) return accepted({ kind: 'person', text: digits });
  if (digits.length !== 10 && digits.length !== 13) return refused('MST_LENGTH');
  const base = digits.slice(0, 10);
  if (base.startsWith('00')) return refused('MST_PREFIX_00');
  const expected = taxCodeCheckDigit(base.slice(0, 9));
  if (expected === null) return refused('MST_CHECK_DIGIT');
  if (expected !== Number(base[9])) return refused('MST_CHECK_DIGIT', String(expected));
  if (digits.length === 10) return accepted({ kind: 'organisation', text: base, base });
  const branch = digits.slice(10);
  return branch === '000'
    ? refused('MST_BRANCH')
    : accepted({ kind: 'branch', text: `${base}-${branch}`, base });
}
