import { createHash } from 'node:crypto';
import type { Contract, Operation } from '../contract/contract.ts';
import { officialCode } from './expectation.ts';
import type { CallKind, ClientSuite } from './client-suite.ts';

/** One request of a client and what it was told. */
export interface Recorded {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly kind: CallKind | undefined;
  readonly key: string | undefined;
  /** SHA-256 of the document that an upload carried, or that a query asked for. */
  readonly sha256: string | undefined;
  /** MA_LK that a query asked for. */
  readonly businessKey: string | undefined;
  /** Ways in which the request is not as the OpenAPI says. */
  readonly problems: readonly string[];
  /** Whether the password stood anywhere in clear. */
  readonly showsPassword: boolean;
  status: number;
  code: string | undefined;
  retryAfter: number | undefined;
  /** The answer got lost or could not be understood. */
  isLost: boolean;
  /** When the answer had been written. */
  answeredAt: number;
}

export interface IncomingCall {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export function recordCall(
  call: IncomingCall,
  suite: ClientSuite,
  contract: Contract,
  passwords: readonly string[],
  at: number,
): Recorded {
  const { pathname, searchParams } = new URL(call.target, 'http://server');
  const operation = operationAt(contract, call.method, pathname);
  const kind = kindOf(suite, operation?.id);
  const fields = fieldsOf(call);
  const document = kind === 'upload' ? documentOf(suite, call, fields) : undefined;
  const everything = [
    decoded(call.target),
    ...[...call.headers].map(([, value]) => value),
    kind === 'upload' ? '' : decoded(Buffer.from(call.body).toString('utf8')),
  ].join('\n');
  return {
    at,
    method: call.method,
    path: pathname,
    operation: operation?.id,
    kind,
    key: call.headers.get('idempotency-key') ?? undefined,
    sha256:
      document === undefined
        ? (searchParams.get('sha256') ?? undefined)
        : createHash('sha256').update(document).digest('hex'),
    businessKey: searchParams.get('MA_LK') ?? undefined,
    problems: operation === undefined ? [] : problemsOf(operation, call, searchParams, fields),
    showsPassword: passwords.some((password) => everything.includes(password)),
    status: 0,
    code: undefined,
    retryAfter: undefined,
    isLost: false,
    answeredAt: at,
  };
}

/** What the client was told, once it is on its way. */
export function recordAnswer(recorded: Recorded, response: Response, body: string, at: number): void {
  recorded.status = response.status;
  recorded.answeredAt = at;
  const retryAfter = response.headers.get('retry-after');
  if (retryAfter !== null && /^\d+$/.test(retryAfter)) recorded.retryAfter = Number(retryAfter);
  try {
    recorded.code = officialCode(JSON.parse(body));
  } catch {
    // An answer that is not JSON leaves the client without one.
  }
}

function operationAt(contract: Contract, method: string, path: string): Operation | undefined {
  for (const operation of contract.values()) {
    const pattern = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    if (operation.method === method && pattern.test(path)) return operation;
  }
  return undefined;
}

function kindOf(suite: ClientSuite, operation: string | undefined): CallKind | undefined {
  if (operation === undefined) return undefined;
  return (['login', 'upload', 'query'] as const).find((kind) => suite.operations[kind].includes(operation));
}

const typeOf = (call: IncomingCall): string =>
  (call.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function fieldsOf(call: IncomingCall): unknown {
  const text = Buffer.from(call.body).toString('utf8');
  if (typeOf(call) === 'application/x-www-form-urlencoded')
    return Object.fromEntries(new URLSearchParams(text));
  if (typeOf(call) !== 'application/json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function documentOf(suite: ClientSuite, call: IncomingCall, fields: unknown): Uint8Array | undefined {
  if (suite.documentField === undefined) return call.body;
  const value = new Map(Object.entries((fields ?? {}) as object)).get(suite.documentField) as unknown;
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
}

function problemsOf(
  operation: Operation,
  call: IncomingCall,
  query: URLSearchParams,
  fields: unknown,
): string[] {
  const problems = operation.checkParameters((where, name) => {
    if (where === 'path') return undefined;
    return (where === 'header' ? call.headers.get(name) : query.get(name)) ?? undefined;
  });
  if (operation.contentTypes.length > 0) problems.push(...operation.checkBody(typeOf(call), fields));
  return problems
    .filter(({ where }) => where !== 'path')
    .map(({ where, name, rule }) => `${where} ${name} ${rule}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
