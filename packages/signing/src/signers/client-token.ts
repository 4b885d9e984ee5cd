import { SigningError } from '../errors.ts';
import { askService, checkServiceUrl, textOf } from './ask-service.ts';

/** Seconds before its end at which a token is not used any more. */
const margin = 30;

export interface ClientTokenOptions {
  readonly service: string;
  /** The token endpoint, `https://…/oauth2/token`. */
  readonly url: string;
  readonly clientId: string;
  readonly secret: () => Promise<string>;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

/** Access tokens of a client that shows its own secret (OAuth 2.0, client_credentials); kept until they end or are refused. */
export function clientToken(options: ClientTokenOptions): (isRefused: boolean) => Promise<string> {
  const { service, now } = options;
  const url = checkServiceUrl(options.url, service);
  let kept: { readonly token: string; readonly until: number } | undefined;
  return async (isRefused) => {
    if (kept !== undefined && !isRefused && now().getTime() < kept.until) return kept.token;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: options.clientId,
      client_secret: await options.secret(),
    });
    const answer = await askService({ fetch: options.fetch, service, url }, form, undefined);
    const token = textOf(answer['access_token']);
    if (token === undefined) throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'access_token' });
    const seconds = Number(answer['expires_in'] ?? 0);
    const lives = Number.isFinite(seconds) ? Math.max(0, seconds - margin) * 1000 : 0;
    kept = { token, until: now().getTime() + lives };
    return token;
  };
}
