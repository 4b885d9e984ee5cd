import { SigningError } from '@bhxh/signing';
import { signingError } from '@bhxh/sdk/messages';

/** An error of the signing library as one with sentences; anything else as it is. */
export function signingFailure(error: unknown, path?: string): unknown {
  if (!(error instanceof SigningError)) return error;
  return signingError(
    path === undefined
      ? error
      : { code: error.code, category: error.category, details: { ...error.details, path } },
    error,
  );
}
