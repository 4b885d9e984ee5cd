import type { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { type Classified, classify, type Judge, type ReplyShape } from './classify.ts';
import { failureOf, gaveUp, interrupted } from './failures.ts';
import { gatewayError } from './gateway-error.ts';
import type { RateLimit } from './rate-limit.ts';
import { longestWait } from './retry-after.ts';
import { jitteredDelay, type RetryBudget, type RetryPolicy } from './retry-policy.ts';
import type { Session, Token } from './session.ts';
import type { Sleep } from './sleep.ts';
import { WireFailure, type WireReply } from './wire.ts';

/** What a call reports about itself; nothing personal and no secret is in it. */
export type CallEvent =
  | { readonly kind: 'send'; readonly operation: string; readonly attempt: number; readonly bytes: number }
  | {
      readonly kind: 'answer';
      readonly operation: string;
      readonly attempt: number;
      readonly status: number;
      readonly code?: string;
      readonly milliseconds: number;
    }
  | { readonly kind: 'lost'; readonly operation: string; readonly attempt: number; readonly reason: string }
  | {
      readonly kind: 'wait';
      readonly operation: string;
      readonly attempt: number;
      readonly milliseconds: number;
      readonly error: string;
    }
  | { readonly kind: 'login'; readonly operation: string };

export interface CallContext {
  readonly judge: Judge;
  readonly rateLimit: RateLimit;
  readonly retryPolicy: RetryPolicy;
  readonly retryBudget: RetryBudget;
  readonly session: Session;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly onEvent?: (event: CallEvent) => void;
}

export interface Call {
  readonly operation: string;
  readonly shape: ReplyShape;
  readonly needsToken: boolean;
  /** Bytes of the body, for the record only. */
  readonly bytes: number;
  /** Builds and sends one request; called again for every attempt. */
  send(token: Token | undefined): Promise<WireReply>;
  readonly signal?: AbortSignal;
  /** The server or the line refused this send and it may be repeated: whoever sends many should slow down. */
  readonly onPushBack?: (error: BhxhError) => void;
  /** Overrides the policy's number of sends. */
  readonly attempts?: number;
}

export type Done = Extract<Classified, { kind: 'done' }> & { readonly attempts: number };

/**
 * One call through the documented order: redact → rate limit → token → idempotency → send → classify → retry.
 * Redaction comes first because everything reported from here on is made from the redacted view; the idempotency key
 * is part of what `send` builds and is the same for every attempt.
 *
 * @throws BhxhError; `unknown-outcome` when a write may have been stored
 */
export async function perform(call: Call, context: CallContext): Promise<Done> {
  const { judge, retryPolicy, retryBudget } = context;
  const { operation } = call;
  const most = call.attempts ?? retryPolicy.attempts;
  let loggedInAgain = false;
  let attempt = 0;
  retryBudget.deposit();

  for (;;) {
    await interruptible(context.rateLimit.take(call.signal));
    const token = call.needsToken ? await context.session.token() : undefined;
    attempt++;
    context.onEvent?.({ kind: 'send', operation, attempt, bytes: call.bytes });
    const outcome = await attemptOnce(call, token, attempt, context);
    if (outcome.kind === 'done') return { ...outcome, attempts: attempt };

    if (outcome.kind === 'session-expired') {
      if (token === undefined || loggedInAgain) throw sessionLost(operation, outcome.official);
      // The token was refused, so nothing was stored: one new login, one more send.
      loggedInAgain = true;
      context.session.expire(token);
      context.onEvent?.({ kind: 'login', operation });
      continue;
    }

    const { error, wait } = outcome;
    if (wait !== undefined) context.rateLimit.holdUntil(judge.now().getTime() + Math.min(wait, longestWait));
    if (error.retry !== 'safe') throw error;
    if (wait !== undefined && wait > longestWait) {
      const values = { wait: Math.ceil(wait / 1000), limit: longestWait / 1000 };
      throw gaveUp(error, attempt, 'wait', values);
    }
    if (call.signal?.aborted) throw error;
    call.onPushBack?.(error);
    if (attempt >= most) throw gaveUp(error, attempt, 'attempts');
    if (!retryBudget.withdraw(isTimeout(error))) {
      const moment = new Date(judge.now().getTime() + longestWait).toISOString();
      throw gaveUp(error, attempt, 'budget', {}, gatewaySentence('TRY_AFTER', { moment }));
    }
    const delay = wait ?? jitteredDelay(retryPolicy, attempt, context.random);
    context.onEvent?.({ kind: 'wait', operation, attempt, milliseconds: delay, error: error.code });
    await interruptible(context.sleep(delay, call.signal));
  }
}

function isTimeout({ code }: BhxhError): boolean {
  return code === 'ERR_TIMEOUT' || code === 'ERR_TIMEOUT_BEFORE_SEND';
}

async function attemptOnce(
  call: Call,
  token: Token | undefined,
  attempt: number,
  { judge, onEvent }: CallContext,
): Promise<Classified> {
  const { operation, shape } = call;
  const start = judge.now().getTime();
  let reply: WireReply;
  try {
    reply = await call.send(token);
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    onEvent?.({ kind: 'lost', operation, attempt, reason: `${error.reason} ${error.phase}` });
    return { kind: 'failed', error: failureOf(error, shape.effect, judge.host) };
  }
  const outcome = classify(reply, shape, judge);
  onEvent?.({
    kind: 'answer',
    operation,
    attempt,
    status: reply.status,
    milliseconds: judge.now().getTime() - start,
    ...(outcome.kind === 'done' ? { code: outcome.code } : {}),
  });
  return outcome;
}

function sessionLost(operation: string, official: { code: string; text: string }): BhxhError {
  const code = operation === 'takeToken' ? 'ERR_CREDENTIALS' : 'ERR_SESSION_EXPIRED';
  return gatewayError(code, { category: 'auth', retry: 'never', official });
}

async function interruptible(wait: Promise<void>): Promise<void> {
  try {
    await wait;
  } catch (cause) {
    throw interrupted(cause);
  }
}
