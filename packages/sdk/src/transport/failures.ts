import type { BhxhError, Bilingual } from '../errors/bhxh-error.ts';
import { gatewaySentence, type SentenceValues } from '../messages/gateway/index.ts';
import { gatewayError } from './gateway-error.ts';
import type { WireFailure } from './wire.ts';

/** What a call does at the server: a `read` may always be repeated, a `write` only when it cannot have arrived. */
export type Effect = 'read' | 'write';

/** The error for an exchange that brought no answer. */
export function failureOf(failure: WireFailure, effect: Effect, host: string): BhxhError {
  const { reason, phase, code } = failure;
  const values = { host, code };
  if (reason === 'aborted' && (phase === 'before-send' || effect === 'read')) return interrupted(failure);
  if (reason === 'certificate' || reason === 'tls') {
    return gatewayError(reason === 'tls' ? 'ERR_TLS_REFUSED' : 'ERR_CERTIFICATE_REFUSED', {
      category: 'network',
      retry: 'never',
      values,
      cause: failure,
    });
  }
  if (reason === 'proxy') return proxyRefusal(failure);
  if (phase === 'after-send' && effect === 'write') {
    // A write whose answer was lost after its first byte left: it may have been stored.
    return gatewayError('ERR_NO_ANSWER_AFTER_SEND', {
      category: 'unknown-outcome',
      retry: 'after-check',
      values: { host, reason },
      hint: gatewaySentence('ASK_FIRST'),
      cause: failure,
    });
  }
  const timeout = phase === 'before-send' ? 'ERR_TIMEOUT_BEFORE_SEND' : 'ERR_TIMEOUT';
  return gatewayError(reason === 'timeout' ? timeout : 'ERR_UNREACHABLE', {
    category: 'network',
    retry: 'safe',
    values,
    cause: failure,
  });
}

export function interrupted(cause: unknown): BhxhError {
  return gatewayError('ERR_INTERRUPTED', { category: 'network', retry: 'safe', cause });
}

export function proxyRefusal(cause?: unknown): BhxhError {
  return gatewayError('ERR_PROXY_AUTH', { category: 'usage', retry: 'never', cause });
}

/** An answer that is not the gateway's: kept with the error, masked, for support. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  readonly status: number;
  readonly contentType: string;
  readonly bytes: number;
  /** The beginning with digits and words masked. */
  readonly excerpt: string;

  constructor(why: string, status: number, contentType: string, bytes: number, excerpt: string) {
    super(why);
    this.status = status;
    this.contentType = contentType;
    this.bytes = bytes;
    this.excerpt = excerpt;
  }
}

/** For a write the outcome is unknown; a read may be repeated. */
export function unreadableAnswer(effect: Effect, host: string, cause: UnreadableAnswer): BhxhError {
  const values = { host, why: cause.message };
  return effect === 'write'
    ? gatewayError('ERR_ANSWER_UNREADABLE', {
        category: 'unknown-outcome',
        retry: 'after-check',
        values,
        hint: gatewaySentence('ASK_FIRST'),
        cause,
      })
    : gatewayError('ERR_ANSWER_UNREADABLE', { category: 'unavailable', retry: 'safe', values, cause });
}

/** Why a call was not repeated any more; the cause of the error that says so. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
  /** `budget`: the retries of all calls to this host are spent; `wait`: the server asks for more time than a call waits. */
  readonly why: 'attempts' | 'budget' | 'wait';

  constructor(why: GaveUp['why'], cause: unknown) {
    super(why, { cause });
    this.why = why;
  }
}

const whySentences = {
  attempts: 'WHY_NO_SENDS_LEFT',
  budget: 'WHY_BUDGET_SPENT',
  wait: 'WHY_WAIT_TOO_LONG',
} as const;

/** The same error with the retries that were spent on it told in the message. */
export function gaveUp(
  error: BhxhError,
  attempts: number,
  why: GaveUp['why'],
  values: SentenceValues = {},
  hint: Bilingual | undefined = error.hint,
): BhxhError {
  const { code, category, retry, official, sentences } = error;
  return gatewayError(code, {
    category,
    retry,
    sentence: 'GAVE_UP',
    values: { message: sentences, attempts, why: gatewaySentence(whySentences[why], values) },
    hint,
    cause: new GaveUp(why, error.cause),
    ...(official ? { official } : {}),
  });
}
