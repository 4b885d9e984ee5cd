import type { Sleep } from './sleep.ts';

/** Spaces calls out and holds all of them while the server asks for time. */
export interface RateLimit {
  /** Resolves when a call may leave. */
  take(signal?: AbortSignal): Promise<void>;
  /** Nothing leaves before this moment (milliseconds since the epoch). */
  holdUntil(moment: number): void;
}

export interface RateLimitOptions {
  /** Calls a second; absent means no limit of our own. */
  readonly perSecond?: number;
  readonly burst?: number;
  readonly now: () => Date;
  readonly sleep: Sleep;
}

export function createRateLimit({ perSecond, burst, now, sleep }: RateLimitOptions): RateLimit {
  let heldUntil = 0;
  // The moment at which the bucket would be full again; each call moves it by one interval.
  let fullAt = 0;
  const interval = perSecond === undefined ? 0 : 1000 / perSecond;
  let last = 0;
  const allowance = interval * Math.max(1, burst ?? 1);

  return {
    async take(signal) {
      const moment = now().getTime();
      // A clock that was set back must not turn a pause of seconds into one of days.
      if (moment < last) {
        heldUntil -= last - moment;
        fullAt -= last - moment;
      }
      last = moment;
      let wait = Math.max(0, heldUntil - moment);
      if (interval > 0) {
        fullAt = Math.max(fullAt, moment) + interval;
        wait = Math.max(wait, fullAt - moment - allowance);
      }
      if (wait > 0) await sleep(wait, signal);
    },
    holdUntil(moment) {
      heldUntil = Math.max(heldUntil, moment);
    },
  };
}
