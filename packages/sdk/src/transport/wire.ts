/** Bytes of a request that can be produced again for every attempt. */
export interface WireBody {
  /** Exact number of bytes, sent as Content-Length. */
  readonly length: number;
  /** The whole body in one piece. */
  whole(): Uint8Array;
  /** The body in pieces, for files too large to be encoded at once. */
  pieces?(): AsyncIterable<Uint8Array>;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query below the origin. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: WireBody;
  /** From the first byte to the last byte of the answer, in milliseconds. */
  readonly timeLimit: number;
  readonly signal?: AbortSignal;
}

/** An answer as it arrived; nothing in it is trusted yet. */
export interface WireReply {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/**
 * Why there is no answer. `before-send` means that no byte of the request can have left: repeating is safe.
 * Everything else is `after-send`.
 */
export type WirePhase = 'before-send' | 'after-send';
export type WireReason =
  'timeout' | 'aborted' | 'unreachable' | 'certificate' | 'tls' | 'proxy' | 'lost' | 'too-large';

export class WireFailure extends Error {
  override readonly name = 'WireFailure';
  readonly phase: WirePhase;
  readonly reason: WireReason;
  /** The system's code (`ECONNRESET`), without any address or content. */
  readonly code: string;

  constructor(phase: WirePhase, reason: WireReason, code: string) {
    super(`${reason} ${phase} (${code})`);
    this.phase = phase;
    this.reason = reason;
    this.code = code;
  }
}

/** Sends one request once. Retries, tokens and meaning are above it. */
export interface Transport {
  send(request: WireRequest): Promise<WireReply>;
  close(): Promise<void>;
}

/** No honest answer of the gateway comes near it. */
export const replyCap: number = 1024 * 1024;

/** Sorts the error of a socket, of TLS or of a proxy; `sent` tells whether bytes may have left. */
export function wireFailureOf(error: unknown, sent: boolean): WireFailure {
  if (error instanceof WireFailure) return error;
  const code = deepCode(error);
  const phase: WirePhase = sent ? 'after-send' : 'before-send';
  if (/\(407\)/.test(messageOf(error))) return new WireFailure('before-send', 'proxy', '407');
  if (certificateCodes.has(code)) return new WireFailure('before-send', 'certificate', code);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return new WireFailure('before-send', 'tls', code);
  if (unreachableCodes.has(code)) return new WireFailure('before-send', 'unreachable', code);
  if (timeoutCodes.has(code)) return new WireFailure(phase, 'timeout', code);
  return new WireFailure(phase, sent ? 'lost' : 'unreachable', code);
}

const certificateCodes: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
]);
const unreachableCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const timeoutCodes: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'TimeoutError',
]);

function deepCode(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const own = (error as { code?: unknown }).code;
  if (typeof own === 'string' && !own.startsWith('UND_ERR_INFO')) return own;
  const inner = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  if (inner !== undefined && depth < 4) return deepCode(inner, depth + 1);
  return error.name;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${error.message} ${messageOf(error.cause)}`;
}
