export interface RetryPolicy {
  /** Sends of one call, the first included. */
  readonly attempts: number;
  readonly baseDelay: number;
  readonly maxDelay: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 6, baseDelay: 200, maxDelay: 20_000 };

/** Full jitter: anywhere between nothing and the doubled delay of this attempt, so that clients spread out. */
export function jitteredDelay(policy: RetryPolicy, attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(policy.maxDelay, policy.baseDelay * 2 ** (attempt - 1)));
}

/**
 * Limits retries to a share of the calls, so that a server which is down for everybody is not sent several times the
 * usual load. One budget is shared by all calls to a host.
 */
export interface RetryBudget {
  /** A first send was made. */
  deposit(): void;
  /** False when the budget is spent. */
  withdraw(): boolean;
  readonly left: number;
}

/** `reserve` retries are always there, then one for every `1 / share` calls; the stock never exceeds `most`. */
export function createRetryBudget(
  options: { readonly share?: number; readonly reserve?: number; readonly most?: number } = {},
): RetryBudget {
  const { share = 0.2, reserve = 10, most = 500 } = options;
  let stock = reserve;
  return {
    deposit() {
      stock = Math.min(most, stock + share);
    },
    withdraw() {
      if (stock < 1) return false;
      stock -= 1;
      return true;
    },
    get left() {
      return Math.floor(stock);
    },
  };
}
