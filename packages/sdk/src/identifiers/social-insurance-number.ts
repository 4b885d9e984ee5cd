import { accepted, isDigits, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** Mã số BHXH: ten digits kept as text, no published check digit, so only the shape can be checked. Twelve digits are the personal id that replaces it since 2026-09-01. */
export function parseSocialInsuranceNumber(
  text: string,
): Outcome<{ readonly kind: 'bhxh10' | 'pid12'; readonly text: string }> {
  if (/^[A-Z]{2}[1-5]/.test(text)) return refused('BHXH_IS_CARD');
  if (!isDigits(text)) return refused('BHXH_CHARSET');
  if (text.length !== 10 && text.length !== 12) return refused('BHXH_LENGTH');
  if (/^0+$/.test(text)) return refused('BHXH_ZEROS');
  return accepted({ kind: text.length === 10 ? 'bhxh10' : 'pid12', text });
}
