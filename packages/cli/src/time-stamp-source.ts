import type { TimeStampSource } from '@bhxh/signing';
import { SigningError } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { textOption, type CommandContext } from './command-context.ts';
import { revocationFetcher } from './revocation-fetcher.ts';

const timeout = 30_000;
const maxBytes = 128 * 1024;

/** The time-stamping authority of `--tsa`, asked at that address and nowhere else. Throws ERR_OPTION_INVALID for what is no web address. */
export function timeStampSource(context: CommandContext, command: string): TimeStampSource | undefined {
  const url = textOption(context.options, 'tsa');
  if (url === undefined) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '')
    throw cliError('ERR_OPTION_INVALID', { option: '--tsa', value: url, why: 'https://…', command });
  const ask = revocationFetcher([parsed.host]);
  return async (body) => {
    try {
      return await ask({
        url,
        method: 'POST',
        contentType: 'application/timestamp-query',
        body,
        maxBytes,
        signal: AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]),
      });
    } catch (error) {
      context.signal.throwIfAborted();
      throw new SigningError('ERR_TIME_STAMP', { part: 'no answer' }, error);
    }
  };
}
