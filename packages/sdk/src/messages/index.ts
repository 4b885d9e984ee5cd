import type { Finding } from '../validation/finding.ts';
import { checkSentences as checksEn } from './checks/en.ts';
import { checkSentences as checksVi } from './checks/vi.ts';
import { en } from './en.ts';
import type { LabelOf } from './labels.ts';
import { maskValue } from './mask.ts';
import type { Sentence, Sentences } from './sentences.ts';
import { vi } from './vi.ts';

export { fieldLabels, type LabelOf } from './labels.ts';
export { maskValue } from './mask.ts';
export type { Sentence, Sentences, SentenceValues } from './sentences.ts';
export { signatureReason, signingError, type SigningFailure } from './signing/index.ts';

export type Language = 'vi' | 'en';

const sentences: Readonly<Record<Language, Sentences>> = {
  vi: { ...vi, ...checksVi },
  en: { ...en, ...checksEn },
};

const unknown: Readonly<Record<Language, (code: string) => Sentence>> = {
  vi: (code) => ({ message: `Không đạt: ${code}` }),
  en: (code) => ({ message: `Not met: ${code}` }),
};

export interface SentenceOptions {
  /** Show personal values in full; masked otherwise. */
  readonly reveal?: boolean;
  /** Adds the official label behind a column's name. */
  readonly labelOf?: LabelOf;
}

/** Values named `field`, `earlierField` … hold the name of a column. */
const COLUMN_VALUE = /^(?:field|[a-z]\w*Field)$/u;

/** The codes that have a sentence, for tests. */
export function knownCodes(language: Language): readonly string[] {
  return Object.keys(sentences[language]);
}

/** What is wrong, the value and what to do, in one language. Personal values are masked unless `reveal`. */
export function sentenceOf(finding: Finding, language: Language, options: SentenceOptions = {}): Sentence {
  const { reveal = false, labelOf } = options;
  const values: Record<string, string> = {};
  for (const { name, value, personal } of finding.values) {
    if (COLUMN_VALUE.test(name)) {
      const label = labelOf?.(finding, value)?.[language];
      values[name] = label === undefined ? `\`${value}\`` : `\`${value}\` (${label})`;
    } else {
      values[name] = personal && !reveal ? maskValue(value) : value;
    }
  }
  const made = (sentences[language][finding.code] ?? (() => unknown[language](finding.code)))(values);
  const message = finding.message?.[language] ?? made.message;
  const hint = finding.hint?.[language] ?? made.hint;
  return hint === undefined ? { message } : { message, hint };
}

/** The sentence of a code that is no finding, such as why a standard was chosen (`RULESET_BY_DATE`). */
export function sentenceOfCode(
  code: string,
  values: Readonly<Record<string, string>>,
  language: Language,
): Sentence {
  return (sentences[language][code] ?? (() => unknown[language](code)))(values);
}
