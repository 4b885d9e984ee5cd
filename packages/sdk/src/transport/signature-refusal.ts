import type { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { type Judge, type ReplyObject, type ReplyShape, readText } from './classify.ts';
import { gatewayError } from './gateway-error.ts';

const REFUSALS: ReadonlySet<string> = new Set(['SIGNATURE_MISSING', 'SIGNATURE_INPUT', 'SIGNATURE_INVALID']);

/** What a 401 says about the signature of the request, where it is not about the session. */
export function signatureRefusal(
  problem: ReplyObject,
  shape: ReplyShape,
  { redactor, host, now }: Judge,
): BhxhError | undefined {
  const code = readText(problem['code']);
  const official = { code, text: redactor.text(readText(problem['title'])) };
  if (code === 'SKEW') return clockIsOff(readText(problem['serverTime']), now(), host, official);
  if (code === 'REPLAY') {
    // Each attempt has a nonce of its own, so somebody on the way delivered this one twice.
    const isWrite = shape.effect === 'write';
    return gatewayError('ERR_REQUEST_REPLAYED', {
      category: isWrite ? 'unknown-outcome' : 'network',
      retry: isWrite ? 'after-check' : 'safe',
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

function clockIsOff(
  serverTime: string,
  own: Date,
  host: string,
  official: { readonly code: string; readonly text: string },
): BhxhError {
  const skew = Math.round((own.getTime() - Date.parse(serverTime)) / 1_000);
  const isKnown = Number.isFinite(skew);
  return gatewayError('ERR_CLOCK_SKEW', {
    category: 'auth',
    retry: 'after-check',
    sentence: !isKnown ? 'CLOCK_SKEW_UNKNOWN' : skew > 0 ? 'CLOCK_AHEAD' : 'CLOCK_BEHIND',
    values: isKnown ? { host, seconds: Math.abs(skew), time: new Date(serverTime).toISOString() } : { host },
    hint: gatewaySentence('SET_CLOCK'),
    official,
  });
}
