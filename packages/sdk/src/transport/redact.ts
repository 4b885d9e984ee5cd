import { maskWords } from './mask-words.ts';

/** Replaces secrets in any text before it can reach an event, an error or a support excerpt. */
export interface Redactor {
  /** From now on this value never passes. Values shorter than four characters are ignored: they would hide everything. */
  hide(secret: string): void;
  text(value: string): string;
  /** A gateway's own words: secrets gone, and the people it may repeat masked. */
  words(value: string): string;
  /** Text for support: secrets gone, then digits and the insides of words masked, so that no person is in it. */
  excerpt(value: string): string;
}

const mark = '•••';
const remembered = 256;
const excerptLength = 400;

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  const hide = (secret: string): void => {
    if (secret.length < 4) return;
    secrets.delete(secret);
    secrets.add(secret);
    // Tokens change every ten minutes; the oldest ones are long dead.
    if (secrets.size > remembered) secrets.delete(secrets.values().next().value!);
  };
  const text = (value: string): string => {
    let clean = value;
    for (const secret of secrets) {
      for (const form of new Set([secret, encodeURIComponent(secret)])) {
        if (clean.includes(form)) clean = clean.replaceAll(form, mark);
      }
    }
    return clean.replaceAll(/\b[0-9A-Fa-f]{32}\b/g, mark);
  };
  return {
    hide,
    text,
    words: (value) => maskWords(text(value)),
    excerpt: (value) =>
      text(value)
        .slice(0, excerptLength)
        .replaceAll(/\p{Nd}/gu, '0')
        .replaceAll(/(?<![<\p{L}/!])(\p{L})\p{L}+/gu, '$1…')
        .replaceAll(/\p{Cc}+/gu, ' '),
  };
}
