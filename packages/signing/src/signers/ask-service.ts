import { X509Certificate } from 'node:crypto';
import { decodeBase64 } from '../base64.ts';
import type { SigningErrorCode } from '../errors.ts';
import { SigningError } from '../errors.ts';

export type ServiceAnswer = Readonly<Record<string, unknown>>;

export interface ServiceCall {
  readonly fetch: typeof fetch;
  /** How the service is named to people. */
  readonly service: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole call, in milliseconds; default 30 seconds. */
  readonly timeout?: number;
  /** What running out of that time is called; default `ERR_REMOTE_UNREACHABLE`. */
  readonly lateness?: SigningErrorCode;
  /** What a refusal means, in this protocol's words; undefined when it says nothing known. */
  readonly meaningOf?: (answer: ServiceAnswer) => SigningErrorCode | undefined;
}

const maxAnswerBytes = 1024 * 1024;
const maxCertificates = 10;
/** Longer than any hash, and short enough for every header and log of a service. */
const visible = /^[\x21-\x7e]{1,8192}$/;

/** Secrets and hashes do not travel unprotected; loopback is for the reference server. */
export function checkServiceUrl(url: string, service: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLoopback = parsed !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname);
  const isProtected = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback);
  if (parsed === undefined || !isProtected || parsed.username !== '' || parsed.password !== '')
    throw new SigningError('ERR_REMOTE_UNKNOWN', { name: service, part: 'url' });
  return url.replace(/\/+$/, '');
}

/** A bearer header; a token that no header can hold is refused here, because the error of fetch would repeat it. */
export function bearer(token: string, service: string): Readonly<Record<string, string>> {
  if (!visible.test(token)) throw new SigningError('ERR_REMOTE_CREDENTIALS', { service, part: 'token' });
  return { authorization: `Bearer ${token}` };
}

/**
 * One call of a remote service, its answer treated as hostile: bounded, parsed as one JSON object, never followed elsewhere.
 * A `URLSearchParams` body is sent as a form, everything else as JSON.
 *
 * @throws SigningError `ERR_REMOTE_*`, or what `meaningOf` reads from a refusal. Nothing of the answer is repeated.
 */
export async function askService(
  call: ServiceCall,
  body: object,
  signal: AbortSignal | undefined,
): Promise<ServiceAnswer> {
  const { service } = call;
  const limits = [AbortSignal.timeout(call.timeout ?? 30_000), ...(signal === undefined ? [] : [signal])];
  const isForm = body instanceof URLSearchParams;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await call.fetch(call.url, {
      method: 'POST',
      headers: { 'content-type': type, accept: 'application/json', ...call.headers },
      body: isForm ? body.toString() : JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any(limits),
    });
    bytes = await readBounded(response, service);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SigningError) throw cause;
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    throw new SigningError((isLate && call.lateness) || 'ERR_REMOTE_UNREACHABLE', { service }, cause);
  }
  const { status } = response;
  if (status === 429 || status >= 500) throw new SigningError('ERR_REMOTE_UNAVAILABLE', { service, status });
  const answer = parseAnswer(bytes);
  if (response.ok) {
    if (answer === undefined) throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'JSON' });
    return answer;
  }
  const meaning = answer && call.meaningOf?.(answer);
  if (meaning !== undefined) throw new SigningError(meaning, { service, status });
  const isAccount = status === 401 || status === 403;
  throw new SigningError(isAccount ? 'ERR_REMOTE_CREDENTIALS' : 'ERR_REMOTE_ANSWER', { service, status });
}

async function readBounded(response: Response, service: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > maxAnswerBytes) throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'size' });
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

function parseAnswer(bytes: Uint8Array): ServiceAnswer | undefined {
  try {
    return objectOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

/** A JSON object of an answer, or undefined for anything else. */
export function objectOf(value: unknown): ServiceAnswer | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as ServiceAnswer)
    : undefined;
}

/** Text of an answer, or undefined for anything else. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The one signature for the one hash that was sent: two, none or anything that is not base64 is no answer. */
export function oneSignature(values: unknown, service: string): Uint8Array {
  const wrong = new SigningError('ERR_REMOTE_ANSWER', { service, part: 'signatures' });
  if (!Array.isArray(values) || values.length !== 1) throw wrong;
  const value = typeof values[0] === 'string' ? decodeBase64(values[0]) : undefined;
  if (value === undefined) throw wrong;
  return value;
}

/** Certificates given as base64 of the DER. */
export function readServiceCertificates(list: unknown, service: string): X509Certificate[] {
  const wrong = (cause?: unknown) =>
    new SigningError('ERR_REMOTE_ANSWER', { service, part: 'certificates' }, cause);
  if (!Array.isArray(list) || list.length > maxCertificates) throw wrong();
  try {
    return list.map((text: unknown) => {
      const raw = typeof text === 'string' ? decodeBase64(text) : undefined;
      if (raw === undefined) throw wrong();
      return new X509Certificate(raw);
    });
  } catch (cause) {
    throw cause instanceof SigningError ? cause : wrong(cause);
  }
}
