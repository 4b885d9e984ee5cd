/** No call waits longer than this for a server that asks for time; beyond it the caller stops and comes back. */
export const longestWait: number = 5 * 60_000;

/**
 * Milliseconds to wait according to a `Retry-After` header: seconds or an HTTP date. Negative numbers and past dates
 * are zero; what is neither is `undefined`. The value is not capped here: see {@link longestWait}.
 */
export function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Math.max(0, Math.ceil(Number(text) * 1000));
  if (!/[A-Za-z]{3}/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now.getTime());
}
