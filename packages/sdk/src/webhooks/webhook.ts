import { createHmac, timingSafeEqual } from 'node:crypto';
import { gatewayError } from '../transport/gateway-error.ts';

/** Headers of a webhook by the Standard Webhooks convention, in lower case. */
export interface WebhookHeaders {
  /** The same for every attempt of one delivery: whoever receives it twice knows it by this. */
  readonly 'webhook-id': string;
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string;
  /** `v1,` and base64, several with a blank between them while a secret is being changed. */
  readonly 'webhook-signature': string;
}

export interface Webhook {
  readonly id: string;
  readonly sentAt: Date;
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface VerifyWebhookOptions {
  /** `whsec_…`; several while a secret is being changed. */
  readonly secrets: readonly string[];
  readonly now: () => Date;
  /** Seconds that the sender's clock may differ, and that a message may be old; 300 by the convention. */
  readonly tolerance?: number;
}

const PREFIX = 'whsec_';
const TOLERANCE = 300;
/** 24 to 64 bytes, as the convention asks. */
const LEAST_SECRET = 24;
const MOST_SIGNATURES = 10;

/**
 * Headers for a body, as the sender makes them; also what a receiver's own tests need.
 *
 * @throws BhxhError ERR_WEBHOOK_SECRET for a secret that is none
 */
export function signWebhook(
  body: string,
  options: { readonly id: string; readonly at: Date; readonly secrets: readonly string[] },
): WebhookHeaders {
  const timestamp = String(Math.floor(options.at.getTime() / 1_000));
  return {
    'webhook-id': options.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': options.secrets
      .map((secret) => `v1,${macOf(secret, options.id, timestamp, body).toString('base64')}`)
      .join(' '),
  };
}

/**
 * Reads a webhook that is authentic and fresh. `body` must be the bytes as they arrived: a body that was parsed and
 * written again has another signature. Deliveries repeat, so remember `id`.
 *
 * @throws BhxhError ERR_WEBHOOK_HEADERS, ERR_WEBHOOK_SIGNATURE, ERR_WEBHOOK_TIME, ERR_WEBHOOK_BODY; answer any of
 * them with 400 and do nothing
 */
export function verifyWebhook(
  headers: Readonly<Record<string, string | readonly string[] | undefined>> | Headers,
  body: string | Uint8Array,
  { secrets, now, tolerance = TOLERANCE }: VerifyWebhookOptions,
): Webhook {
  const header = (name: keyof WebhookHeaders): string => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    if (typeof value !== 'string' || value === '') throw refused('ERR_WEBHOOK_HEADERS', name);
    return value;
  };
  const id = header('webhook-id');
  const timestamp = header('webhook-timestamp');
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  if (!/^\d{1,12}$/u.test(timestamp)) throw refused('ERR_WEBHOOK_HEADERS', 'webhook-timestamp');
  const given = header('webhook-signature')
    .split(' ')
    .slice(0, MOST_SIGNATURES)
    .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []));
  // Every pair is compared, so that time tells nothing about which secret came close.
  let matches = 0;
  for (const secret of secrets) {
    const expected = macOf(secret, id, timestamp, text);
    for (const one of given)
      if (one.length === expected.length && timingSafeEqual(one, expected)) matches += 1;
  }
  if (matches === 0) throw refused('ERR_WEBHOOK_SIGNATURE', id);
  const sentAt = new Date(Number(timestamp) * 1_000);
  if (Math.abs(now().getTime() - sentAt.getTime()) > tolerance * 1_000)
    throw refused('ERR_WEBHOOK_TIME', sentAt.toISOString());
  return { id, sentAt, ...contentOf(text) };
}

function contentOf(text: string): Pick<Webhook, 'type' | 'timestamp' | 'data'> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refused('ERR_WEBHOOK_BODY', 'JSON');
  }
  const { type, timestamp, data } = (content ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string' || typeof timestamp !== 'string' || typeof data !== 'object' || data === null)
    throw refused('ERR_WEBHOOK_BODY', 'type, timestamp, data');
  return { type, timestamp, data: data as Webhook['data'] };
}

function macOf(secret: string, id: string, timestamp: string, body: string): Buffer {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '', 'base64');
  if (key.length < LEAST_SECRET) throw refused('ERR_WEBHOOK_SECRET', PREFIX);
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
}

type WebhookErrorCode =
  | 'ERR_WEBHOOK_HEADERS'
  | 'ERR_WEBHOOK_SIGNATURE'
  | 'ERR_WEBHOOK_TIME'
  | 'ERR_WEBHOOK_BODY'
  | 'ERR_WEBHOOK_SECRET';

const refused = (code: WebhookErrorCode, what: string): Error =>
  gatewayError(code, {
    category: code === 'ERR_WEBHOOK_SECRET' ? 'usage' : 'input',
    retry: 'never',
    values: { what },
  });
