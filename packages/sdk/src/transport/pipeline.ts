import createOpenapiClient, { type Client } from 'openapi-fetch';
import { type Environment, type EnvironmentName, resolveEnvironment } from '../environments.ts';
import type { paths } from '../generated/claims-gateway.ts';
import { openSpecifications, type Specifications } from '../specifications/index.ts';
import { type Call, type CallContext, type CallEvent, type Done, perform } from './call.ts';
import type { ReplyShape } from './classify.ts';
import { type ClockSkew, createClockSkew } from './clock-skew.ts';
import type { Fetch } from './fetch-transport.ts';
import { encodeForm } from './form-body.ts';
import { gatewayError } from './gateway-error.ts';
import { openTransport } from './open-transport.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRedactor, type Redactor } from './redact.ts';
import type { RequestSigner } from './request-signer.ts';
import { responseBook } from './responses.ts';
import { createRetryBudget, defaultRetryPolicy, type RetryBudget, type RetryPolicy } from './retry-policy.ts';
import {
  createSession,
  type Credentials,
  expiryOf,
  passwordHash,
  type Session,
  type SessionCache,
  type Token,
} from './session.ts';
import { realSleep, type Sleep } from './sleep.ts';
import type { WireReply, WireRequest } from './wire.ts';

export interface ClientOptions {
  /** `production` is reached only by this name. */
  readonly environment: EnvironmentName;
  /** Overrides the environment's address; required for `mock`. */
  readonly url?: string;
  /** maCSKCB, five characters. */
  readonly facility: string;
  readonly credentials: Credentials;
  readonly now: () => Date;
  /** Everything goes through it instead of our own sockets. */
  readonly fetch?: Fetch;
  /** Ends every call of this client. */
  readonly signal?: AbortSignal;
  readonly specifications?: Specifications;
  /** Shared by several clients of one process; each facility account keeps its own token in it. */
  readonly sessions?: SessionCache;
  /** Shared by all clients of one host. */
  readonly retryBudget?: RetryBudget;
  readonly retryPolicy?: Partial<RetryPolicy>;
  /** Calls a second, all workers together. */
  readonly maxRate?: number;
  /** HTTP proxy; not used for this machine's own addresses. */
  readonly proxy?: string;
  /** PEM of the authorities to trust for TLS. */
  readonly ca?: string;
  /** Signs every request (RFC 9421), for an account that the gateway wants signed requests of. */
  readonly signRequests?: RequestSigner;
  readonly timeLimits?: Partial<TimeLimits>;
  readonly onEvent?: (event: CallEvent) => void;
  readonly sleep?: Sleep;
  /** Uniform in [0, 1); spreads the waits. */
  readonly random?: () => number;
}

/** Milliseconds. */
export interface TimeLimits {
  readonly connect: number;
  /** For the answer, beside the time an upload needs. */
  readonly answer: number;
}

/** The slowest line that an upload is planned for. */
const slowestBytesPerSecond = 20_000;
const defaultTimeLimits: TimeLimits = { connect: 10_000, answer: 60_000 };

/** Builds a typed request of the OpenAPI description; the answer is read by our own hostile reader, not by it. */
export type Builder = Pick<Client<paths>, 'GET' | 'POST'>;

/** What the calls of one account share. */
export interface Pipeline {
  readonly environment: Environment;
  readonly facility: string;
  readonly username: string;
  readonly session: Session;
  readonly redactor: Redactor;
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
  readonly clockSkew: ClockSkew;
  /** The password's MD5, computed now and kept nowhere. */
  passwordHash(): Promise<string>;
  send(request: Omit<WireRequest, 'timeLimit'>): Promise<WireReply>;
  /** Sends what the builder builds and gives the raw answer back. */
  build(use: (builder: Builder) => Promise<unknown>, signal?: AbortSignal): Promise<WireReply>;
  perform(call: Call): Promise<Done>;
  close(): Promise<void>;
}

const tokenReply: ReplyShape = {
  effect: 'read',
  family: 'token',
  codeMember: 'maKetQua',
  textMember: 'thongDiep',
  receiptMembers: [],
};

export function createPipeline(options: ClientOptions): Pipeline {
  const environment = resolveEnvironment(options.environment, options.url);
  requireFacility(options.facility);
  const { now, credentials } = options;
  const { username } = credentials;
  const sleep = options.sleep ?? realSleep;
  const redactor = createRedactor();
  const limits: TimeLimits = { ...defaultTimeLimits, ...options.timeLimits };
  const host = new URL(environment.origin).host;
  const transport = openTransport(options, environment, limits.connect);
  const specifications = options.specifications ?? openSpecifications();

  const clockSkew = createClockSkew();

  const send = async (request: Omit<WireRequest, 'timeLimit'>): Promise<WireReply> => {
    const upload = Math.ceil(((request.body?.length ?? 0) * 1000) / slowestBytesPerSecond);
    const signal = joinSignals(options.signal, request.signal);
    const begun = now().getTime();
    const reply = await transport.send({
      ...request,
      timeLimit: limits.answer + upload,
      ...(signal ? { signal } : {}),
    });
    clockSkew.learn(reply.header('date'), begun, now().getTime());
    return reply;
  };
  const hash = async (): Promise<string> => {
    const password =
      typeof credentials.password === 'string' ? credentials.password : await credentials.password();
    redactor.hide(password);
    const value = passwordHash(password);
    redactor.hide(value);
    return value;
  };

  const build = async (
    use: (builder: Builder) => Promise<unknown>,
    signal?: AbortSignal,
  ): Promise<WireReply> => {
    let reply: WireReply | undefined;
    const builder = createOpenapiClient<paths>({
      baseUrl: environment.origin,
      async fetch(request: Request) {
        reply = await send(await wireRequestOf(request, signal));
        return new Response(null, { status: 204 });
      },
    });
    await use(builder);
    if (!reply) throw new TypeError('the builder sent nothing');
    return reply;
  };

  const login = async (): Promise<Token> => {
    const done = await perform(
      {
        operation: 'takeToken',
        shape: tokenReply,
        needsToken: false,
        bytes: 0,
        send: async () => {
          const password = await hash();
          const reply = await build((builder) =>
            builder.POST('/api/token/take', {
              body: { username, password },
              headers: formHeaders,
              bodySerializer: encodeForm,
            }),
          );
          serverDate = reply.header('date');
          return reply;
        },
        ...(options.signal ? { signal: options.signal } : {}),
      },
      context,
    );
    return tokenOf(done, serverDate, now(), redactor, host);
  };
  let serverDate: string | undefined;

  const createOwnSession = (): Session => createSession(login, now);
  const session =
    options.sessions?.open(environment.origin, options.facility, username, createOwnSession) ??
    createOwnSession();

  const context: CallContext = {
    judge: { responses: responseBook(specifications.responses('claims')), redactor, host, now },
    rateLimit: createRateLimit({
      now,
      sleep,
      ...(options.maxRate === undefined ? {} : { perSecond: options.maxRate }),
    }),
    retryPolicy: { ...defaultRetryPolicy, ...options.retryPolicy },
    retryBudget: options.retryBudget ?? createRetryBudget(specifications.limits.submission.retryQuota),
    session,
    sleep,
    random: options.random ?? Math.random,
    ...(options.onEvent ? { onEvent: options.onEvent } : {}),
  };

  return {
    environment,
    facility: options.facility,
    username,
    session,
    redactor,
    now,
    signal: options.signal,
    clockSkew,
    passwordHash: hash,
    send,
    build,
    perform: (call) => {
      const signal = joinSignals(options.signal, call.signal);
      return perform(signal ? { ...call, signal } : call, context);
    },
    close: () => transport.close(),
  };
}

export const formHeaders = { 'Content-Type': 'application/x-www-form-urlencoded' } as const;

async function wireRequestOf(
  request: Request,
  signal: AbortSignal | undefined,
): Promise<Omit<WireRequest, 'timeLimit'>> {
  const url = new URL(request.url);
  const headers: Record<string, string> = {};
  request.headers.forEach((value, name) => (headers[name] = value));
  const bytes = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  return {
    method: request.method as 'GET' | 'POST',
    target: url.pathname + url.search,
    headers,
    ...(bytes ? { body: { length: bytes.length, whole: () => bytes } } : {}),
    ...(signal ? { signal } : {}),
  };
}

function tokenOf(
  done: Done,
  serverDate: string | undefined,
  now: Date,
  redactor: Redactor,
  host: string,
): Token {
  const key = done.body['APIKey'];
  const { access_token, id_token, expires_in } = (
    typeof key === 'object' && key !== null ? key : {}
  ) as Record<string, unknown>;
  if (!isHeaderValue(access_token) || !isHeaderValue(id_token)) {
    throw gatewayError('ERR_ANSWER_UNREADABLE', {
      category: 'unavailable',
      retry: 'safe',
      sentence: 'NO_USABLE_TOKEN',
      values: { host },
    });
  }
  redactor.hide(access_token);
  redactor.hide(id_token);
  return { accessToken: access_token, idToken: id_token, expiresAt: expiryOf(expires_in, serverDate, now) };
}

/** A token goes into headers and queries: printable ASCII only, so that no answer can inject a header. */
function isHeaderValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,8192}$/.test(value);
}

function requireFacility(facility: string): void {
  if (/^[0-9A-Za-z]{5}$/.test(facility)) return;
  throw gatewayError('ERR_FACILITY_MALFORMED', {
    category: 'usage',
    retry: 'never',
    values: { facility: facility.slice(0, 20) },
  });
}

export function joinSignals(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
