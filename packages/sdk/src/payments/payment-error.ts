import { BhxhError, type ErrorCategory } from '../errors/bhxh-error.ts';
import { paymentSentence, type PaymentErrorCode } from '../messages/payments/index.ts';

/** An operation of the bank side that could not be done. */
export function paymentError(
  code: PaymentErrorCode,
  category: ErrorCategory,
  values: Readonly<Record<string, string>> = {},
  cause?: unknown,
): BhxhError {
  return new BhxhError({
    code,
    category,
    retry: category === 'unknown-outcome' ? 'after-check' : 'never',
    message: paymentSentence(code, values),
    hint: paymentSentence(`${code}_HINT`, values),
    ...(cause === undefined ? {} : { cause }),
  });
}
