import type { Bilingual } from '../../errors/bhxh-error.ts';
import { en } from './en.ts';
import type { PaymentSentenceCode } from './en.ts';
import { vi } from './vi.ts';

export type { PaymentSentenceCode } from './en.ts';

/** Codes of errors; each has a sentence and a hint of the same name. */
export type PaymentErrorCode = Exclude<Extract<PaymentSentenceCode, `ERR_${string}`>, `${string}_HINT`>;

/** A sentence of the bank side in both languages. */
export function paymentSentence(
  code: PaymentSentenceCode,
  values: Readonly<Record<string, string>> = {},
): Bilingual {
  const fill = (template: string): string =>
    template.replace(/\{([a-zA-Z]+)\}/g, (all, name: string) => values[name] ?? all);
  return { vi: fill(vi[code]), en: fill(en[code]) };
}
