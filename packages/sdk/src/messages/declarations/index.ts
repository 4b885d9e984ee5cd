import type { Bilingual } from '../../errors/bhxh-error.ts';
import { en } from './en.ts';
import type { DeclarationSentenceCode } from './en.ts';
import { vi } from './vi.ts';

export type { DeclarationSentenceCode } from './en.ts';

/** Codes of errors; each has a sentence and a hint of the same name. */
export type DeclarationErrorCode = Exclude<
  Extract<DeclarationSentenceCode, `ERR_${string}`>,
  `${string}_HINT`
>;

/** Codes of findings, of reasons and of problems of rows. */
export type FindingSentenceCode = Exclude<DeclarationSentenceCode, `ERR_${string}`>;

/** A sentence about dossiers in both languages. */
export function declarationSentence(
  code: DeclarationSentenceCode,
  values: Readonly<Record<string, string>> = {},
): Bilingual {
  const fill = (template: string): string =>
    template.replace(/\{([a-zA-Z]+)\}/g, (all, name: string) => values[name] ?? all);
  return { vi: fill(vi[code]), en: fill(en[code]) };
}
