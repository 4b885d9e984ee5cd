import type { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import type { Effect } from './failures.ts';
import { gatewayError } from './gateway-error.ts';
import type { Redactor } from './redact.ts';
import type { WireReply } from './wire.ts';

const REFUSALS: ReadonlySet<string> = new Set(['SIGNATURE_MISSING', 'SIGNATURE_INPUT', 'SIGNATURE_INVALID']);

interface Official {
  readonly code: string;
  readonly text: string;
}

/** What a 401 says about the signature of the request; nothing where it is about the session. */
export function signatureRefusal(
  reply: WireReply,
  effect: Effect,
  around: { readonly host: string; readonly redactor: Redactor; readonly now: () => Date },
): BhxhError | undefined {
  if (reply.status !== 401) return undefined;
  const { code, title, serverTime } = problemOf(reply);
  const { host } = around;
  const official: Official = { code, text: around.redactor.words(title) };
  if (code === 'SKEW') return clockIsOff(Date.parse(serverTime), around.now(), host, official);
  if (code === 'REPLAY') {
    // Each attempt has a nonce of its own, so somebody on the way delivered this one twice.
    return gatewayError('ERR_REQUEST_REPLAYED', {
      category: effect === 'write' ? 'unknown-outcome' : 'network',
      retry: effect === 'write' ? 'after-check' : 'safe',
      values: { host },
      official,
    });
  }
  if (!REFUSALS.has(code)) return undefined;
  return gatewayError('ERR_REQUEST_SIGNATURE', {
    category: 'auth',
    retry: 'never',
    values: { host, text: official.text },
    official,
  });
}

function clockIsOff(server: number, own: Date, host: string, official: Official): BhxhError {
  const skew = Math.round((own.getTime() - server) / 1_000);
  const options = {
    category: 'auth',
    retry: 'after-check',
    hint: gatewaySentence('SET_CLOCK'),
    official,
  } as const;
  if (Number.isNaN(skew))
    return gatewayError('ERR_CLOCK_SKEW', { ...options, sentence: 'CLOCK_SKEW_UNKNOWN', values: { host } });
  const time = new Date(server).toISOString();
  return gatewayError('ERR_CLOCK_SKEW', {
    ...options,
    sentence: skew > 0 ? 'CLOCK_AHEAD' : 'CLOCK_BEHIND',
    values: { host, seconds: Math.abs(skew), time },
  });
}

function problemOf({ body }: WireReply): Readonly<Record<'code' | 'title' | 'serverTime', string>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // Whatever is not JSON says nothing about a signature.
  }
  const { code, title, serverTime } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const text = (member: unknown): string => (typeof member === 'string' ? member.slice(0, 200) : '');
  return { code: text(code), title: text(title), serverTime: text(serverTime) };
}
