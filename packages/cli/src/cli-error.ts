import { BhxhError, type ErrorCategory, type RetryClass } from '@bhxh/sdk/errors';
import { en } from './messages/en.ts';
import type { CliErrorCode } from './messages/messages.ts';
import { vi } from './messages/vi.ts';

const categories: Readonly<Record<CliErrorCode, ErrorCategory>> = {
  ERR_OPTION_INVALID: 'usage',
  ERR_OPTION_MISSING: 'usage',
  ERR_COMMAND_UNKNOWN: 'usage',
  ERR_CONFIGURATION: 'usage',
  ERR_OUTPUT_UNWRITABLE: 'input',
  ERR_OUTPUT_EXISTS: 'usage',
  ERR_INPUT_NOTHING: 'input',
  ERR_INPUT_UNREADABLE: 'input',
  ERR_JOURNAL_MISSING: 'input',
  ERR_QR_UNREADABLE: 'input',
  ERR_PIN_MISSING: 'signing',
  ERR_ACCOUNT_MISSING: 'usage',
  ERR_SENDER_UNCLEAR: 'input',
  ERR_SERVER_UNREACHABLE: 'network',
  ERR_SERVER_REFUSED: 'usage',
  ERR_INTERRUPTED: 'internal',
  ERR_BUG: 'internal',
};

/** An error of the command line itself, with its sentences from the catalogue in both languages. */
export function cliError(
  code: CliErrorCode,
  values: Readonly<Record<string, string>> = {},
  cause?: unknown,
): BhxhError {
  const spoken = { vi: vi.errors[code](values), en: en.errors[code](values) };
  const retry: RetryClass = 'never';
  return new BhxhError({
    code,
    category: categories[code],
    retry,
    message: { vi: spoken.vi.message, en: spoken.en.message },
    ...(spoken.vi.hint !== undefined && spoken.en.hint !== undefined
      ? { hint: { vi: spoken.vi.hint, en: spoken.en.hint } }
      : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}
