import type { RetryQuota } from '../specifications/types.ts';

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
  /** False when the budget is spent. A retry after a timeout costs more, because it holds the server's time twice. */
  withdraw(afterTimeout?: boolean): boolean;
  /** Tokens in stock. */
  readonly left: number;
}

/** With the quota of the specifications: ten retries at first, then one for every five calls. */
export function createRetryBudget(quota: Partial<RetryQuota> = {}): RetryBudget {
  const { capacity, atFirst, perCall, cost, timeoutCost } = { ...defaultQuota, ...quota };
  let stock = Math.min(capacity, atFirst);
  return {
    deposit() {
      stock = Math.min(capacity, stock + perCall);
    },
    withdraw(afterTimeout = false) {
      const price = afterTimeout ? timeoutCost : cost;
      if (stock < price) return false;
      stock -= price;
      return true;
    },
    get left() {
      return stock;
    },
  };
}

const defaultQuota: RetryQuota = { capacity: 500, atFirst: 50, perCall: 1, cost: 5, timeoutCost: 10 };
