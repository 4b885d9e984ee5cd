import type { SigningErrorCode } from '@bhxh/signing';
import { BhxhError, type Bilingual, type ErrorCategory } from '../../errors/bhxh-error.ts';
import { en } from './errors-en.ts';
import type { SigningSentence } from './sentence.ts';
import { vi } from './errors-vi.ts';
import { en as reasonsEn } from './reasons-en.ts';
import { vi as reasonsVi } from './reasons-vi.ts';

/** The part of a `SigningError` that sentences are made from. */
export interface SigningFailure {
  readonly code: SigningErrorCode;
  readonly category: 'usage' | 'input' | 'auth' | 'network' | 'unavailable' | 'signing' | 'internal';
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** A failure of a token's PIN concerns the key, not the gateway account. */
const categories: Readonly<Record<SigningFailure['category'], ErrorCategory>> = {
  usage: 'usage',
  input: 'input',
  auth: 'signing',
  network: 'network',
  unavailable: 'unavailable',
  signing: 'signing',
  internal: 'internal',
};

/** A failure of the signing library as an error with sentences in both languages. */
export function signingError(failure: SigningFailure, cause?: unknown): BhxhError {
  const spoken = { vi: filled(vi[failure.code], failure), en: filled(en[failure.code], failure) };
  return new BhxhError({
    code: failure.code,
    category: categories[failure.category],
    retry: failure.category === 'network' || failure.category === 'unavailable' ? 'safe' : 'never',
    message: { vi: spoken.vi.message, en: spoken.en.message },
    hint: { vi: spoken.vi.hint, en: spoken.en.hint },
    ...(cause === undefined ? {} : { cause }),
  });
}

function filled(sentence: SigningSentence, { details }: SigningFailure): SigningSentence {
  const fill = (text: string): string =>
    text.replaceAll(
      /( ?)(?:\(\{(\w+)\}\)|\{(\w+)\})/g,
      (_, space: string, bracketed: string | undefined, plain: string | undefined) => {
        const value = details[bracketed ?? plain ?? ''];
        if (value === undefined) return '';
        return bracketed === undefined ? `${space}${String(value)}` : `${space}(${String(value)})`;
      },
    );
  return { message: fill(sentence.message), hint: fill(sentence.hint) };
}

/** Why a signature is not valid, in both languages; the code itself where there is no sentence for it yet. */
export function signatureReason(code: string): Bilingual {
  return { vi: sentenceFor(reasonsVi, code), en: sentenceFor(reasonsEn, code) };
}

function sentenceFor(sentences: Readonly<Record<string, string | undefined>>, code: string): string {
  return Object.hasOwn(sentences, code) ? (sentences[code] ?? code) : code;
}
