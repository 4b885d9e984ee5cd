import { BhxhError, type ErrorCategory } from '../errors/bhxh-error.ts';
import { contributionSentence, type ContributionErrorCode } from '../messages/contributions/index.ts';

/** A calculation that cannot be made. */
export function contributionError(
  code: ContributionErrorCode,
  category: ErrorCategory,
  values: Readonly<Record<string, string>> = {},
  cause?: unknown,
): BhxhError {
  return new BhxhError({
    code,
    category,
    retry: 'never',
    message: contributionSentence(code, values),
    hint: contributionSentence(`${code}_HINT`, values),
    ...(cause === undefined ? {} : { cause }),
  });
}
