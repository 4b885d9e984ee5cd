import type { BhxhError, Bilingual, ErrorCategory } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import type { ResponseCode } from '../specifications/types.ts';
import { type Effect, proxyRefusal, UnreadableAnswer, unreadableAnswer } from './failures.ts';
import { gatewayError } from './gateway-error.ts';
import type { Redactor } from './redact.ts';
import { readRetryAfter } from './retry-after.ts';
import { signatureRefusal } from './signature-refusal.ts';
import type { ResponseBook, ResponseFamily } from './responses.ts';
import type { WireReply } from './wire.ts';

/** A JSON object of the gateway, not yet trusted field by field. */
export type ReplyObject = Readonly<Record<string, unknown>>;

export interface ReplyShape {
  readonly effect: Effect;
  readonly family: ResponseFamily;
  /** Member that holds the result code. */
  readonly codeMember: string;
  /** Member that holds the gateway's own words. */
  readonly textMember: string;
  /** Members without which a success is not believed. */
  readonly receiptMembers: readonly string[];
}

export type Classified =
  | {
      readonly kind: 'done';
      readonly code: string;
      readonly meaning: ResponseCode;
      readonly body: ReplyObject;
    }
  | { readonly kind: 'session-expired'; readonly official: { readonly code: string; readonly text: string } }
  | { readonly kind: 'failed'; readonly error: BhxhError; readonly wait?: number };

export interface Judge {
  readonly responses: ResponseBook;
  readonly redactor: Redactor;
  readonly host: string;
  readonly now: () => Date;
}

/**
 * Decides what an answer means. The HTTP status alone decides only where it refuses; a 200 counts as a success when the
 * body is a JSON object of the right shape with a code that the specifications know as one. Anything else is, for a
 * write, an unknown outcome and never a success.
 */
export function classify(reply: WireReply, shape: ReplyShape, judge: Judge): Classified {
  const { status } = reply;
  if (status >= 300 && status < 400) return { kind: 'failed', error: redirectRefused(reply, judge.host) };
  if (status === 407) return { kind: 'failed', error: proxyRefusal() };
  const parsed = parseObject(reply);
  const code = parsed.ok ? readCode(parsed.body[shape.codeMember]) : undefined;
  const unsigned = signatureRefusal(reply, shape.effect, judge);
  if (unsigned !== undefined) return { kind: 'failed', error: unsigned };
  if (status === 401 || (status < 300 && code === '401')) {
    const text = parsed.ok ? readText(parsed.body[shape.textMember]) : '';
    return { kind: 'session-expired', official: { code: '401', text: judge.redactor.words(text) } };
  }
  if (refusals.has(status) || isStillRunning(reply)) return { kind: 'failed', ...httpRefusal(reply, judge) };
  if (status >= 400 && status < 500 && code === undefined) {
    return { kind: 'failed', error: httpRejection(reply, parsed, judge) };
  }
  if (!parsed.ok) return { kind: 'failed', error: unreadable(reply, parsed.why, shape, judge) };
  if (code === undefined) {
    return { kind: 'failed', error: unreadable(reply, `${shape.codeMember} is missing`, shape, judge) };
  }
  const meaning = judge.responses.find(shape.family, code);
  if (meaning === undefined) {
    return {
      kind: 'failed',
      error: unreadable(reply, `${shape.codeMember} ${code} is not known`, shape, judge),
    };
  }
  const success = meaning.category === 'ok';
  if (success || isAnswer(meaning, shape)) {
    if (status >= 400) {
      return { kind: 'failed', error: unreadable(reply, `code ${code} under HTTP ${status}`, shape, judge) };
    }
    const missing = shape.receiptMembers.find((member) => readText(parsed.body[member]) === '');
    if (missing !== undefined) {
      return { kind: 'failed', error: unreadable(reply, `${missing} is missing`, shape, judge) };
    }
    return { kind: 'done', code, meaning, body: parsed.body };
  }
  const text = judge.redactor.words(readText(parsed.body[shape.textMember]));
  return { kind: 'failed', error: officialFailure(code, text, meaning, shape) };
}

/** A card that is expired or unknown is what was asked for, not a failure. */
function isAnswer(meaning: ResponseCode, shape: ReplyShape): boolean {
  return shape.effect === 'read' && failureKinds[meaning.category] === undefined;
}

/** `maKetQua` comes as a string or as a number; other types are not a code. */
export function readCode(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  if (typeof value === 'string' && /^\s*\d{1,5}\s*$/.test(value)) return value.trim();
  return undefined;
}

/** Text of a member, capped; numbers are accepted because some identifiers arrive so. */
export function readText(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 2000);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return '';
}

/** The gateway refused for a reason of its own: its code and words are kept verbatim. */
function officialFailure(code: string, text: string, meaning: ResponseCode, shape: ReplyShape): BhxhError {
  const kind = failureKinds[meaning.category] ?? failureKinds['rejected']!;
  return gatewayError(authCode(meaning, shape) ?? kind.code, {
    category: kind.category,
    retry: kind.category === 'unknown-outcome' ? 'after-check' : meaning.retry,
    sentence: text === '' ? 'OFFICIAL' : 'OFFICIAL_WITH_TEXT',
    values: { code, meaning: meaning.meaning, text },
    hint: meaning.hint,
    official: { code, text },
  });
}

function authCode(meaning: ResponseCode, shape: ReplyShape): `ERR_${string}` | undefined {
  if (meaning.category !== 'auth') return undefined;
  if (shape.family !== 'token') return 'ERR_NOT_ALLOWED';
  return meaning.code === '403' ? 'ERR_ACCOUNT_LOCKED' : 'ERR_CREDENTIALS';
}

/** Categories of `specs/responses` that are failures, and the error each becomes. */
const failureKinds: Readonly<Record<string, { code: `ERR_${string}`; category: ErrorCategory }>> = {
  auth: { code: 'ERR_NOT_ALLOWED', category: 'auth' },
  unavailable: { code: 'ERR_MAINTENANCE', category: 'unavailable' },
  rejected: { code: 'ERR_SUBMISSION_REJECTED', category: 'rejected' },
  input: { code: 'ERR_PARAMETERS_REFUSED', category: 'rejected' },
  usage: { code: 'ERR_OFFICER_REFUSED', category: 'usage' },
  'unknown-outcome': { code: 'ERR_OUTCOME_UNKNOWN', category: 'unknown-outcome' },
};

/** Statuses by which a server or a proxy says that it did not process the request. */
const refusals: ReadonlySet<number> = new Set([408, 413, 425, 429, 503]);

/** 409 with a Retry-After: an earlier send under the same idempotency key has not been answered yet. */
function isStillRunning(reply: WireReply): boolean {
  return reply.status === 409 && (reply.header('retry-after') ?? '') !== '';
}

function httpRefusal(reply: WireReply, judge: Judge): { error: BhxhError; wait?: number } {
  const { status } = reply;
  const official = { code: String(status), text: '' };
  if (status === 413) {
    return { error: gatewayError('ERR_TOO_LARGE', { category: 'rejected', retry: 'never', official }) };
  }
  const wait = readRetryAfter(reply.header('retry-after'), judge.now());
  const error = gatewayError(status === 429 ? 'ERR_RATE_LIMITED' : 'ERR_MAINTENANCE', {
    category: 'unavailable',
    retry: 'safe',
    values: { host: judge.host, status },
    hint: resumeHint(wait, judge.now()),
    official,
  });
  return wait === undefined ? { error } : { error, wait };
}

function resumeHint(wait: number | undefined, now: Date): Bilingual {
  if (wait === undefined || wait === 0) return gatewaySentence('TRY_LATER');
  const moment = new Date(Math.min(now.getTime() + wait, 8.64e15)).toISOString();
  return gatewaySentence('TRY_AFTER', { moment });
}

function redirectRefused(reply: WireReply, host: string): BhxhError {
  const target = reply.header('location') ?? '';
  const place = URL.canParse(target) ? new URL(target).host : '?';
  const { status } = reply;
  // 303 answers a request that was processed; the others say that nothing was.
  const processed = status === 303;
  return gatewayError('ERR_REDIRECT_REFUSED', {
    category: processed ? 'unknown-outcome' : 'network',
    retry: processed ? 'after-check' : 'never',
    values: { host, status, place },
    official: { code: String(status), text: '' },
  });
}

function httpRejection(reply: WireReply, parsed: Parsed, judge: Judge): BhxhError {
  const problem = parsed.ok ? parsed.body : {};
  const own = readText(problem['detail']) || readText(problem['title']) || readText(problem['thongDiep']);
  const text = judge.redactor.words(own);
  const { status } = reply;
  const denied = status === 403;
  return gatewayError(denied ? 'ERR_NOT_ALLOWED' : 'ERR_REQUEST_REFUSED', {
    category: denied ? 'auth' : 'rejected',
    retry: 'never',
    sentence: text === '' ? 'ERR_REQUEST_REFUSED' : 'ERR_REQUEST_REFUSED_WITH_TEXT',
    values: { host: judge.host, status, text },
    official: { code: String(status), text },
  });
}

function unreadable(reply: WireReply, why: string, shape: ReplyShape, judge: Judge): BhxhError {
  const type = judge.redactor.text(reply.header('content-type') ?? '').slice(0, 100);
  const excerpt = judge.redactor.excerpt(Buffer.from(reply.body.subarray(0, 4096)).toString('utf8'));
  return unreadableAnswer(
    shape.effect,
    judge.host,
    new UnreadableAnswer(`HTTP ${reply.status}, ${why}`, reply.status, type, reply.body.length, excerpt),
  );
}

type Parsed =
  { readonly ok: true; readonly body: ReplyObject } | { readonly ok: false; readonly why: string };

function parseObject(reply: WireReply): Parsed {
  if (reply.body.length === 0) return { ok: false, why: 'empty body' };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(reply.body));
  } catch {
    const html = /^\s*</.test(Buffer.from(reply.body.subarray(0, 64)).toString('latin1'));
    return { ok: false, why: html ? 'HTML instead of JSON' : 'not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, why: 'not a JSON object' };
  }
  return { ok: true, body: value as ReplyObject };
}
