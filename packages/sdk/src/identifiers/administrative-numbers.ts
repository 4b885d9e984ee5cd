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

/** Mã cơ quan BHXH: `0` and the two-digit province of before 2025-07-01, then two digits of the office. The list since the reform is not public. */
export interface AgencyCode {
  readonly kind: 'central' | 'province' | 'office';
  readonly text: string;
}

export function parseAgencyCode(text: string): Outcome<AgencyCode> {
  if (!/^[0-9]+$/u.test(text)) return refused('AGENCY_CHARSET');
  if (!text.startsWith('0')) return refused('AGENCY_PREFIX');
  if (text.length === 4)
    return text === '0003' ? accepted({ kind: 'central', text }) : refused('AGENCY_LENGTH');
  if (text.length === 3) return accepted({ kind: 'province', text });
  return text.length === 5 ? accepted({ kind: 'office', text }) : refused('AGENCY_LENGTH');
}

/** Mã đơn vị: differs by province and is being numbered anew, so it is opaque; unique only together with its agency. */
export function parseUnitCode(text: string): Outcome<{ readonly text: string }> {
  return /^[A-Z0-9-]{1,20}$/u.test(text) ? accepted({ text }) : refused('UNIT_CODE_SHAPE', '[A-Z0-9-]{1,20}');
}

/** Mã hộ gia đình: ten digits, as far as is known. */
export function parseHouseholdCode(text: string): Outcome<{ readonly text: string }> {
  return /^[0-9]{10}$/u.test(text) ? accepted({ text }) : refused('HOUSEHOLD_CODE_SHAPE');
}
