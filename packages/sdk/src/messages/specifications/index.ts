import type { Bilingual } from '../../errors/bhxh-error.ts';
import { en } from './en.ts';
import type { SpecificationCode } from './en.ts';
import { vi } from './vi.ts';

export type { SpecificationCode } from './en.ts';

/** A sentence in both languages; a value may differ by language (labels). */
export function specificationSentence(
  code: SpecificationCode,
  values: Readonly<Record<string, string | Bilingual>> = {},
): Bilingual {
  const fill = (template: string, language: 'vi' | 'en'): string =>
    template.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'string' ? value : value[language];
    });
  return { vi: fill(vi[code], 'vi'), en: fill(en[code], 'en') };
}
