const plain = /^[\u0020-\u007E]*$/;
const dropped = /[\p{Mn}\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * A text as it looks on bank rails: compatibility forms resolved, diacritics taken off (đ too), upper case, without
 * control and zero-width characters. Linear in the length of the text.
 */
export function normalizeText(text: string): string {
  if (plain.test(text)) return text.toUpperCase();
  return text
    .normalize('NFKC')
    .normalize('NFD')
    .replace(dropped, '')
    .replaceAll('\u0111', 'd')
    .replaceAll('\u0110', 'D')
    .toUpperCase();
}
