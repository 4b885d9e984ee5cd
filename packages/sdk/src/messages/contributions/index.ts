import type { Bilingual } from '../../errors/bhxh-error.ts';
import { en } from './en.ts';
import type { ContributionSentenceCode } from './en.ts';
import { vi } from './vi.ts';

export type { ContributionSentenceCode } from './en.ts';

/** Codes of errors; each has a sentence and a hint of the same name. */
export type ContributionErrorCode = Exclude<
  Extract<ContributionSentenceCode, `ERR_${string}`>,
  `${string}_HINT`
>;

/** A sentence about contributions in both languages. */
export function contributionSentence(
  code: ContributionSentenceCode,
  values: Readonly<Record<string, string>> = {},
): Bilingual {
  const fill = (template: string): string =>
    template.replace(/\{([a-zA-Z]+)\}/g, (all, name: string) => values[name] ?? all);
  return { vi: fill(vi[code]), en: fill(en[code]) };
}
