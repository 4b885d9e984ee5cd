import { BhxhError, type ErrorCategory } from '../errors/bhxh-error.ts';
import { declarationSentence, type DeclarationErrorCode } from '../messages/declarations/index.ts';

/** What cannot be built, read or compared. */
export function declarationError(
  code: DeclarationErrorCode,
  category: ErrorCategory,
  values: Readonly<Record<string, string>> = {},
  cause?: unknown,
): BhxhError {
  return new BhxhError({
    code,
    category,
    retry: 'never',
    message: declarationSentence(code, values),
    hint: declarationSentence(`${code}_HINT`, values),
    ...(cause === undefined ? {} : { cause }),
  });
}
