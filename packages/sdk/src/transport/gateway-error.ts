import { type Bilingual, BhxhError, type ErrorCategory, type RetryClass } from '../errors/bhxh-error.ts';
import {
  gatewayHint,
  gatewaySentence,
  type GatewaySentenceCode,
  type SentenceValues,
} from '../messages/gateway/index.ts';

export interface GatewayErrorOptions {
  readonly category: ErrorCategory;
  readonly retry: RetryClass;
  readonly values?: SentenceValues;
  /** When the sentence is not the one of the code. */
  readonly sentence?: GatewaySentenceCode;
  /** When the advice is not the one of the code. */
  readonly hint?: Bilingual | undefined;
  readonly cause?: unknown;
  readonly official?: { readonly code: string; readonly text: string };
}

/** An error of the client or the engine, worded in the message catalogues. */
export function gatewayError(code: `ERR_${string}`, options: GatewayErrorOptions): BhxhError {
  const { category, retry, values, cause, official } = options;
  const sentence = options.sentence ?? (code as GatewaySentenceCode);
  const hint = options.hint ?? gatewayHint(sentence, values);
  return new BhxhError({
    code,
    category,
    retry,
    message: gatewaySentence(sentence, values),
    ...(hint ? { hint } : {}),
    ...(cause === undefined ? {} : { cause }),
    ...(official ? { official } : {}),
  });
}
