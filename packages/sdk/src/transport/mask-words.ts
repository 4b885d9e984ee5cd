import { maskValue } from '../messages/mask.ts';

/** Cards, citizen ids, old identity cards, phones and mã số BHXH. Moments and transaction ids are longer or begin otherwise. */
const NUMBERS = /(?<![0-9A-Za-z])(?:[A-Z]{2}[1-5]\d{12}|0\d{11}|\d{9,10})(?![0-9A-Za-z])/g;

/**
 * Two and more words in a row that begin with a capital letter are a name, three and more where all is in capitals:
 * official sentences begin with one and use short forms in twos. A number before them makes an address of them.
 */
const WORDS = String.raw`(?:\p{Lu}[\p{Ll}\p{M}]+(?: \p{Lu}[\p{Ll}\p{M}]*)+|\p{Lu}[\p{Lu}\p{M}]*(?: \p{Lu}[\p{Lu}\p{M}]*){2,})`;
const NAMES = new RegExp(
  String.raw`(?<![\p{L}\p{M}\p{N}_-])(?:\d[\d/]*[A-Za-z]? )?${WORDS}(?![\p{L}\p{M}\p{N}_-])`,
  'gu',
);

/**
 * A gateway's own words without the people in them: it may repeat what stands in the document. Field names, codes, moments
 * and amounts stay; names keep the first letter of each word.
 */
export function maskWords(text: string): string {
  return text
    .replaceAll(NAMES, (name) => name.replaceAll(/\d/g, '0').replaceAll(/(\p{Lu})[\p{L}\p{M}]*/gu, '$1…'))
    .replaceAll(NUMBERS, (value) => maskValue(value));
}
