import { accepted, isDigits, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** Số căn cước: 12 digits without a check digit. */
export interface CitizenId {
  readonly text: string;
  /** `0` and the two-digit province code of before 2025-07-01, or a country code. Never today's address. */
  readonly province: string;
  readonly birthYear: number;
  readonly sex: 'male' | 'female';
}

export interface CitizenIdOptions {
  /** Known three-digit prefixes; without it any prefix passes. */
  readonly provinces?: ReadonlySet<string>;
  /** `yyyy-MM-dd`; births after this year are refused. */
  readonly today?: string;
}

/** Reads a citizen id; blanks between digit groups are dropped. */
export function parseCitizenId(
  input: string,
  { provinces, today }: CitizenIdOptions = {},
): Outcome<CitizenId> {
  const text = input.replaceAll(' ', '');
  if (!isDigits(text)) return refused('CCCD_CHARSET');
  if (text.length !== 12) return refused('CCCD_LENGTH');
  const province = text.slice(0, 3);
  if (provinces === undefined ? province === '000' : !provinces.has(province))
    return refused('CCCD_PROVINCE');
  const century = Number(text[3]);
  const birthYear = 1900 + 100 * Math.trunc(century / 2) + Number(text.slice(4, 6));
  if (today !== undefined && birthYear > Number(today.slice(0, 4))) return refused('CCCD_BIRTH_IN_FUTURE');
  return accepted({ text, province, birthYear, sex: century % 2 === 0 ? 'male' : 'female' });
}

/**
 * What the id says against what a document says; both mismatches are warnings, because papers are corrected late.
 * `sex` is GIOI_TINH (1, 2 or 3), `birthDate` is NGAY_SINH (`yyyyMMdd…`).
 */
export function compareCitizenId(
  id: CitizenId,
  { sex, birthDate }: { readonly sex?: string; readonly birthDate?: string },
): readonly ('CCCD_SEX_MISMATCH' | 'CCCD_YEAR_MISMATCH')[] {
  const problems: ('CCCD_SEX_MISMATCH' | 'CCCD_YEAR_MISMATCH')[] = [];
  if ((sex === '1' && id.sex !== 'male') || (sex === '2' && id.sex !== 'female'))
    problems.push('CCCD_SEX_MISMATCH');
  const year = birthDate?.slice(0, 4);
  if (year !== undefined && isDigits(year) && Number(year) !== id.birthYear)
    problems.push('CCCD_YEAR_MISMATCH');
  return problems;
}
