import type { Bilingual } from '../../errors/bhxh-error.ts';
import { en } from './en.ts';
import type { ClaimSentenceCode } from './en.ts';
import { vi } from './vi.ts';

export type { ClaimSentenceCode } from './en.ts';

/** A sentence about building or reading claims, in both languages. */
export function claimSentence(
  code: ClaimSentenceCode,
  values: Readonly<Record<string, string>> = {},
): Bilingual {
  const fill = (template: string): string =>
    template.replace(/\{([a-z]+)\}/g, (all, name: string) => values[name] ?? all);
  return { vi: fill(vi[code]), en: fill(en[code]) };
}
