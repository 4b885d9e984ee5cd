import type { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';

/**
 * Leaves a host alone that fails for everybody. Closed, everything goes; after several failures in a row it opens and
 * nothing goes for a while; then one call may try, whose outcome closes it or opens it for twice as long.
 */
export interface Circuit {
  readonly host: string;
  /** Undefined when a call may leave now; otherwise why not and when to come back. */
  refusal(): BhxhError | undefined;
  /**
   * A call leaves now. The result is called when it has ended, whatever came of it: one that tried and told nothing about
   * the host (its document had changed, say) leaves the try to another.
   */
  begin(): () => void;
  succeeded(): void;
  /** Returns the refusal when this failure opened the circuit. */
  failed(error: BhxhError): BhxhError | undefined;
}

export interface CircuitOptions {
  readonly host: string;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Failures in a row that open it; 5 by default. */
  readonly failureLimit?: number;
  /** Milliseconds of the first opening; 30 s by default. */
  readonly openFor?: number;
  /** No opening lasts longer; 5 minutes by default. */
  readonly longest?: number;
  /** Uniform in [0, 1); spreads the returns of several processes. */
  readonly random?: () => number;
}

export function createCircuit(options: CircuitOptions): Circuit {
  const { host, now, elapsed, failureLimit = 5, openFor = 30_000, longest = 5 * 60_000 } = options;
  const random = options.random ?? Math.random;
  let failures = 0;
  let opening = openFor;
  let openUntil: number | undefined;
  let trial: object | undefined;
  let reason: BhxhError | undefined;

  const refused = (wait: number): BhxhError => {
    const moment = new Date(now().getTime() + wait).toISOString();
    const why = reason?.sentences ?? { vi: '', en: '' };
    return gatewayError('ERR_CIRCUIT_OPEN', {
      category: reason?.category === 'network' ? 'network' : 'unavailable',
      retry: 'safe',
      values: { host, failures, why },
      hint: gatewaySentence('TRY_AFTER', { moment }),
      cause: reason,
      ...(reason?.official ? { official: reason.official } : {}),
    });
  };

  return {
    host,
    refusal() {
      if (openUntil === undefined) return undefined;
      const left = openUntil - elapsed();
      if (left > 0) return refused(left);
      return trial === undefined ? undefined : refused(0);
    },
    begin() {
      if (openUntil === undefined) return () => {};
      const own = {};
      trial = own;
      return () => {
        if (trial === own) trial = undefined;
      };
    },
    succeeded() {
      failures = 0;
      opening = openFor;
      openUntil = undefined;
      trial = undefined;
    },
    failed(error) {
      failures++;
      reason = error;
      // What was on its way when the circuit opened says nothing new.
      if (openUntil !== undefined && trial === undefined) return refused(Math.max(0, openUntil - elapsed()));
      if (trial === undefined && failures < failureLimit) return undefined;
      if (trial !== undefined) opening = Math.min(longest, opening * 2);
      trial = undefined;
      const wait = Math.round(opening * (1 + random() * 0.2));
      openUntil = elapsed() + wait;
      return refused(wait);
    },
  };
}
