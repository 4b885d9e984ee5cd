import { accepted, isDigits, refused, withoutSeparators } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** The 15-character number that claims carry (QĐ 1351/QĐ-BHXH): object code, benefit level, province, BHXH number. */
export interface Card15 {
  readonly kind: 'card15';
  readonly text: string;
  /** Two letters, e.g. `DN`. */
  readonly objectCode: string;
  /** The printed digit; what is paid depends on the date too, see `cardLevel` in code-lists. */
  readonly printedLevel: number;
  /** Province of issue by the codes of before 2025-07-01; 97 is the Ministry of Defence. */
  readonly province: string;
  readonly socialInsuranceNumber: string;
  /** Newborn (TE1) and donor (HG4) cards that a facility issues look the same as others of their code. */
  readonly mayBeTemporary: boolean;
}

/** What a patient shows today may be any of the three; only `card15` can stand in a claim, the others need a look-up first. */
export type Card =
  | Card15
  /** Card form of 2021: the BHXH number alone. */
  | { readonly kind: 'bhxh10'; readonly text: string }
  /** Personal id used as card. */
  | { readonly kind: 'pid12'; readonly text: string };

/** Reads a card number as people write it: case and separators do not matter. */
export function parseCard(input: string): Outcome<Card> {
  const text = withoutSeparators(input).toUpperCase();
  if (isDigits(text)) {
    if (text.length === 10) return accepted({ kind: 'bhxh10', text });
    if (text.length === 12) return accepted({ kind: 'pid12', text });
    return refused('BHYT_LENGTH');
  }
  return parseCard15(text);
}

/** Reads exactly what a claim field must hold: 15 characters, upper case, nothing between them. */
export function parseCard15(text: string): Outcome<Card15> {
  if (text.length !== 15) return refused('BHYT_LENGTH');
  if (!/^[A-Z]{2}/.test(text)) return refused('BHYT_OBJECT_SHAPE');
  if (!isDigits(text.slice(2))) return refused('BHYT_CHARSET');
  const printedLevel = Number(text[2]);
  if (printedLevel < 1 || printedLevel > 5) return refused('BHYT_LEVEL');
  const province = text.slice(3, 5);
  if (province === '00') return refused('BHYT_PROVINCE');
  const objectCode = text.slice(0, 2);
  return accepted({
    kind: 'card15',
    text,
    objectCode,
    printedLevel,
    province,
    socialInsuranceNumber: text.slice(5),
    mayBeTemporary:
      (objectCode === 'TE' && printedLevel === 1) || (objectCode === 'HG' && printedLevel === 4),
  });
}
