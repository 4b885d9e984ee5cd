import { createHash } from 'node:crypto';
import type { BhxhError } from '../errors/bhxh-error.ts';

export interface Credentials {
  readonly username: string;
  /** The password itself or where to get it; it is asked for at every login and kept nowhere. */
  readonly password: string | (() => string | Promise<string>);
}

export interface Token {
  readonly accessToken: string;
  readonly idToken: string;
  /** Milliseconds since the epoch, by our clock. */
  readonly expiresAt: number;
}

/** The gateway's limit; a token also dies when the calling address changes. */
export const tokenLife: number = 10 * 60_000;
export const refreshEarly: number = 60_000;

/** The token of one account of one facility. */
export interface Session {
  /** A live token; callers that arrive together share one login. */
  token(): Promise<Token>;
  /** The server refused this token. A newer one, taken meanwhile by another call, is kept. */
  expire(token: Token): void;
  /** Forgets token and refusal, for a login that a person asks for again. */
  reset(): void;
}

/**
 * A refused login is remembered and answers every later call without asking again, because repeated wrong passwords
 * lock accounts.
 */
export function createSession(login: () => Promise<Token>, now: () => Date): Session {
  let current: Token | undefined;
  let pending: Promise<Token> | undefined;
  let refusal: BhxhError | undefined;

  return {
    async token() {
      if (refusal) throw refusal;
      if (current && current.expiresAt - refreshEarly > now().getTime()) return current;
      pending ??= login()
        .then(
          (token) => (current = token),
          (error: BhxhError) => {
            if (error.category === 'auth') refusal = error;
            throw error;
          },
        )
        .finally(() => (pending = undefined));
      return pending;
    },
    expire(token) {
      if (current === token) current = undefined;
    },
    reset() {
      current = undefined;
      refusal = undefined;
    },
  };
}

/** Sessions by server, facility and account: two facilities of one process never share a token. */
export interface SessionCache {
  open(origin: string, facility: string, username: string, create: () => Session): Session;
}

export function createSessionCache(): SessionCache {
  const sessions = new Map<string, Session>();
  return {
    open(origin, facility, username, create) {
      const key = JSON.stringify([origin, facility, username]);
      let session = sessions.get(key);
      if (!session) sessions.set(key, (session = create()));
      return session;
    },
  };
}

/** What the gateway calls the password: MD5 in upper case. It is as good as the password, so it lives only in a request. */
export function passwordHash(password: string): string {
  return createHash('md5').update(password, 'utf8').digest('hex').toUpperCase();
}

/**
 * When a token dies, by our clock. `expires_in` is a UTC date and time; against the server's own `Date` header the
 * difference of the two clocks cancels out. Never later than the ten minutes of the rule.
 */
export function expiryOf(expiresIn: unknown, serverDate: string | undefined, now: Date): number {
  const start = now.getTime();
  if (typeof expiresIn !== 'string') return start + tokenLife;
  const text = /(?:Z|[+-]\d\d:?\d\d)$/.test(expiresIn) ? expiresIn : `${expiresIn}Z`;
  const end = Date.parse(text);
  const server = serverDate === undefined ? Number.NaN : Date.parse(serverDate);
  const life = end - (Number.isNaN(server) ? start : server);
  return start + (life > 0 ? Math.min(life, tokenLife) : tokenLife);
}
