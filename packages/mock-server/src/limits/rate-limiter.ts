import { Refused } from '../problem.ts';
import type { Call } from '../routes/gateway-call.ts';

/** A bucket that holds `burst` calls and gains `perSecond` of them. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateLimits {
  /** Of each facility, whatever address and account it calls from. */
  readonly facility: Rate;
  /** Of each calling address, before anything else of a call is looked at. */
  readonly address: Rate;
}

/** Where limits are wanted and nobody says which; the real gateway's are not known. */
export const defaultRateLimits: RateLimits = {
  facility: { perSecond: 20, burst: 100 },
  address: { perSecond: 50, burst: 50 },
};

/** What a call has left of one limit. */
export interface Share {
  readonly kind: keyof RateLimits;
  readonly isAllowed: boolean;
  readonly left: number;
  /** Whole seconds until the bucket is full again. */
  readonly fullIn: number;
  /** Whole seconds until the next call is allowed; 0 when this one was. */
  readonly wait: number;
}

export interface RateLimiter {
  readonly limits: RateLimits;
  take(kind: keyof RateLimits, name: string): Share;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Whoever calls from invented addresses must not fill the memory; what is forgotten first was used longest ago. */
const MOST_BUCKETS = 10_000;

/**
 * Token buckets of this process. `seconds` is a clock that nobody moves or freezes: load is real even where the
 * server's time is not.
 */
export function createRateLimiter(limits: RateLimits, seconds: () => number): RateLimiter {
  const buckets = { facility: new Map<string, Bucket>(), address: new Map<string, Bucket>() };
  return {
    limits,
    take(kind, name) {
      const { perSecond, burst } = limits[kind];
      const known = buckets[kind];
      const now = seconds();
      const before = known.get(name) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, before.tokens + (now - before.at) * perSecond);
      const isAllowed = tokens >= 1;
      const rest = isAllowed ? tokens - 1 : tokens;
      known.delete(name);
      if (known.size >= MOST_BUCKETS) known.delete(known.keys().next().value as string);
      known.set(name, { tokens: rest, at: now });
      return {
        kind,
        isAllowed,
        left: Math.floor(rest),
        fullIn: Math.ceil((burst - rest) / perSecond),
        wait: isAllowed ? 0 : Math.max(1, Math.ceil((1 - rest) / perSecond)),
      };
    },
  };
}

/** Counts the call against one limit; throws 429 with Retry-After when nothing is left. */
export function takeShare(
  limiter: RateLimiter | undefined,
  call: Call,
  kind: keyof RateLimits,
  name: string,
): void {
  if (limiter === undefined) return;
  const share = limiter.take(kind, name);
  call.set('shares', [...(call.get('shares') ?? []), share]);
  if (share.isAllowed) return;
  throw new Refused({
    status: 429,
    code: 'RATE_LIMITED',
    title: kind === 'facility' ? 'Too many calls of this facility' : 'Too many calls from this address',
    headers: { 'Retry-After': String(share.wait) },
  });
}

/** The RateLimit and RateLimit-Policy fields of the limits that a call was counted against. */
export function rateLimitHeaders(
  limiter: RateLimiter | undefined,
  shares: readonly Share[],
): Record<string, string> {
  if (limiter === undefined || shares.length === 0) return {};
  const policy = shares.map(({ kind }) => {
    const { perSecond, burst } = limiter.limits[kind];
    return `"${kind}";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`;
  });
  return {
    'RateLimit-Policy': policy.join(', '),
    RateLimit: shares.map(({ kind, left, fullIn }) => `"${kind}";r=${left};t=${fullIn}`).join(', '),
  };
}
