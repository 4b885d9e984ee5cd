import { accepted, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** Số hồ sơ `NNNNN/YYYY/CCCCC`: running number, year, agency that received the dossier. */
export interface DossierNumber {
  readonly text: string;
  readonly running: number;
  readonly year: number;
  /** Agency code; it must be the one of the unit. */
  readonly agency: string;
}

export function parseDossierNumber(text: string): Outcome<DossierNumber> {
  const match = /^([0-9]{5})\/([0-9]{4})\/([0-9]{5})$/u.exec(text);
  if (match === null) return refused('DOSSIER_NUMBER_SHAPE', 'NNNNN/YYYY/CCCCC');
  const [, running = '', year = '', agency = ''] = match;
  if (Number(running) === 0) return refused('DOSSIER_NUMBER_ZERO');
  return accepted({ text, running: Number(running), year: Number(year), agency });
}

/**
 * Mã cơ quan BHXH. The list since the reform of 2025 is not public, so only digits are asked for; the shape tells the
 * kind as it was before: `0` and the two-digit province of before 2025-07-01, then two digits of an office.
 */
export interface AgencyCode {
  readonly kind: 'province' | 'office' | 'other';
  readonly text: string;
}

export function parseAgencyCode(text: string): Outcome<AgencyCode> {
  if (!/^[0-9]{1,10}$/u.test(text)) return refused('AGENCY_CHARSET');
  const kind = /^0[0-9]{2}$/u.test(text) ? 'province' : /^0[0-9]{4}$/u.test(text) ? 'office' : 'other';
  return accepted({ kind, text });
}

/** Mã đơn vị: differs by province and is being numbered anew, so it is opaque; unique only together with its agency. */
export function parseUnitCode(text: string): Outcome<{ readonly text: string }> {
  return /^[A-Z0-9-]{1,20}$/u.test(text) ? accepted({ text }) : refused('UNIT_CODE_SHAPE', '[A-Z0-9-]{1,20}');
}

/** Mã hộ gia đình: ten digits as far as is known, which is too little to refuse another length. */
export function parseHouseholdCode(
  text: string,
): Outcome<{ readonly text: string; readonly isUsual: boolean }> {
  return /^[0-9A-Z]{1,20}$/u.test(text)
    ? accepted({ text, isUsual: /^[0-9]{10}$/u.test(text) })
    : refused('HOUSEHOLD_CODE_SHAPE');
}
