import { BhxhError } from '../errors/bhxh-error.ts';
import type { ErrorCategory } from '../errors/bhxh-error.ts';
import { claimSentence } from '../messages/claims/index.ts';
import type { ClaimSentenceCode } from '../messages/claims/index.ts';

/** Errors that have a sentence and a hint of the same name. */
type ErrorCode = Extract<ClaimSentenceCode, `ERR_${string}`> &
  (Extract<ClaimSentenceCode, `${string}_HINT`> extends `${infer Code}_HINT` ? Code : never);

/** What cannot be built or read, with its sentence and hint from the catalogue of messages. */
export function claimError(
  code: ErrorCode,
  category: ErrorCategory,
  values: Readonly<Record<string, string>>,
  cause?: unknown,
): BhxhError {
  return new BhxhError({
    code,
    category,
    retry: 'never',
    message: claimSentence(code, values),
    hint: claimSentence(`${code}_HINT`, values),
    ...(cause === undefined ? {} : { cause }),
  });
}
