import type { BhxhError } from '../errors/bhxh-error.ts';
import type { components } from '../generated/claims-gateway.ts';
import { failureOf, UnreadableAnswer, unreadableAnswer } from '../transport/failures.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { Pipeline } from '../transport/pipeline.ts';
import type { Token } from '../transport/session.ts';
import { signatureRefusal } from '../transport/signature-refusal.ts';
import { WireFailure, type WireReply } from '../transport/wire.ts';
import type { SubmissionKind } from './operations.ts';

type Schemas = components['schemas'];
export type ClaimStatus = Schemas['ClaimStatus'];
export type ClaimList = Schemas['ClaimList'];
export type SubmissionStatus = Schemas['SubmissionStatus'];
export type SubmissionList = Schemas['SubmissionList'];
/** What a server offers beyond the gateway; the real one offers neither. */
export interface Offers {
  readonly idempotencyKey: boolean;
  readonly statusQuery: boolean;
}

export interface ClaimQuery {
  readonly MA_LK?: string;
  /** Of the exact file, lower-case hex. */
  readonly sha256?: string;
  /** First and last day of receipt, yyyy-MM-dd. */
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface SubmissionQuery extends Omit<ClaimQuery, 'MA_LK'> {
  readonly kind?: SubmissionKind;
}

/** The documented extension API (reference profile): what the real gateway shows only on its portal. */
export interface StatusCalls {
  /** Asked once; a server without `/.well-known/bhxh` offers nothing, and VSS's own hosts are never asked. */
  offers(signal?: AbortSignal): Promise<Offers>;
  /** Claims of this facility, newest first. */
  findClaims(query: ClaimQuery, signal?: AbortSignal): Promise<ClaimList>;
  /** One claim with findings and adjudication. */
  readClaim(maGiaoDich: string, signal?: AbortSignal): Promise<ClaimStatus>;
  /** Documents of every kind, newest first. */
  findSubmissions(query: SubmissionQuery, signal?: AbortSignal): Promise<SubmissionList>;
}

const nothingOffered: Offers = { idempotencyKey: false, statusQuery: false };

export function createStatusCalls(pipeline: Pipeline): StatusCalls {
  const host = new URL(pipeline.environment.origin).host;
  let offered: Promise<Offers> | undefined;

  const ask = async (
    needsToken: boolean,
    send: (token: Token | undefined) => Promise<WireReply>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      const token = needsToken ? await pipeline.session.token() : undefined;
      let reply: WireReply;
      try {
        reply = await send(token);
      } catch (error) {
        if (!(error instanceof WireFailure)) throw error;
        const failure = failureOf(error, 'read', host);
        if (attempt >= 3 || failure.retry !== 'safe' || signal?.aborted) throw failure;
        continue;
      }
      const unsigned = signatureRefusal(reply, 'read', { ...pipeline, host });
      if (unsigned !== undefined) throw unsigned;
      if (reply.status === 401 && token && attempt === 1) {
        pipeline.session.expire(token);
        continue;
      }
      if (reply.status >= 500 && attempt < 3) continue;
      return readJson(reply, pipeline, host);
    }
  };

  const headersOf = (token: Token | undefined) => ({
    accessToken: token!.accessToken,
    tokenId: token!.idToken,
  });
  const page = { maCSKCB: pipeline.facility };

  return {
    offers(signal) {
      if (pipeline.environment.official) return Promise.resolve(nothingOffered);
      offered ??= ask(
        false,
        () => pipeline.build((builder) => builder.GET('/.well-known/bhxh'), signal),
        signal,
      ).then(
        (value) => {
          const { idempotencyKey, statusQuery } = value as Partial<Record<keyof Offers, unknown>>;
          return { idempotencyKey: idempotencyKey === true, statusQuery: statusQuery === true };
        },
        (error: BhxhError) => {
          if (error.category === 'rejected' || error.category === 'auth') return nothingOffered;
          offered = undefined;
          throw error;
        },
      );
      return offered;
    },

    async findClaims(query, signal) {
      const value = (await ask(
        true,
        (token) =>
          pipeline.build(
            (builder) =>
              builder.GET('/bhxh/v1/claims', {
                params: { header: headersOf(token), query: { ...page, ...query } },
              }),
            signal,
          ),
        signal,
      )) as { claims?: unknown; next?: unknown };
      return { claims: itemsOf<ClaimStatus>(value.claims, isReceived, host), next: nextOf(value.next) };
    },

    async readClaim(maGiaoDich, signal) {
      const value = await ask(
        true,
        (token) =>
          pipeline.build(
            (builder) =>
              builder.GET('/bhxh/v1/claims/{maGiaoDich}', {
                params: { header: headersOf(token), path: { maGiaoDich } },
              }),
            signal,
          ),
        signal,
      );
      return itemsOf<ClaimStatus>([value], isReceived, host)[0]!;
    },

    async findSubmissions(query, signal) {
      const value = (await ask(
        true,
        (token) =>
          pipeline.build(
            (builder) =>
              builder.GET('/bhxh/v1/submissions', {
                params: { header: headersOf(token), query: { ...page, ...query } },
              }),
            signal,
          ),
        signal,
      )) as { submissions?: unknown; next?: unknown };
      return {
        submissions: itemsOf<SubmissionStatus>(value.submissions, isReceived, host),
        next: nextOf(value.next),
      };
    },
  };
}

function readJson(reply: WireReply, pipeline: Pipeline, host: string): unknown {
  if (reply.status === 401 || reply.status === 403 || (reply.status >= 300 && reply.status < 500)) {
    const denied = reply.status === 401 || reply.status === 403;
    throw gatewayError(denied ? 'ERR_NOT_ALLOWED' : 'ERR_REQUEST_REFUSED', {
      category: denied ? 'auth' : 'rejected',
      retry: 'never',
      sentence: 'STATUS_NOT_TOLD',
      values: { host, status: reply.status },
      official: { code: String(reply.status), text: '' },
    });
  }
  try {
    if (reply.status !== 200) throw new TypeError(`HTTP ${reply.status}`);
    const value: unknown = JSON.parse(Buffer.from(reply.body).toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new TypeError('not an object');
    return value;
  } catch {
    const excerpt = pipeline.redactor.excerpt(Buffer.from(reply.body.subarray(0, 4096)).toString('utf8'));
    const type = reply.header('content-type') ?? '';
    throw unreadableAnswer(
      'read',
      host,
      new UnreadableAnswer(
        `HTTP ${reply.status}`,
        reply.status,
        type.slice(0, 100),
        reply.body.length,
        excerpt,
      ),
    );
  }
}

/** The members that decide whether something is sent again must be there; everything else is for people to read. */
function isReceived(value: unknown): boolean {
  const { maGiaoDich, sha256 } = (value ?? {}) as Record<string, unknown>;
  return typeof maGiaoDich === 'string' && maGiaoDich !== '' && typeof sha256 === 'string';
}

function itemsOf<T>(value: unknown, isItem: (item: unknown) => boolean, host: string): T[] {
  if (Array.isArray(value) && value.every(isItem)) return value as T[];
  throw unreadableAnswer('read', host, new UnreadableAnswer('an item is incomplete', 200, '', 0, ''));
}

function nextOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
