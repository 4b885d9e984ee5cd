import { type Environment, resolveEnvironment } from '../environments.ts';
import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import type { ResponseCode } from '../specifications/types.ts';
import { perform, type CallContext } from './call.ts';
import type { ReplyObject, ReplyShape } from './classify.ts';
import type { Effect } from './failures.ts';
import { openTransport } from './open-transport.ts';
import type { ClientOptions } from './pipeline.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRedactor } from './redact.ts';
import { createRetryBudget, defaultRetryPolicy } from './retry-policy.ts';
import { createSession, type Session, type Token } from './session.ts';
import { realSleep } from './sleep.ts';
import type { WireReply } from './wire.ts';

/** What a client of a reference-profile gateway needs; the sender is named by the account, not by a facility. */
export type RestOptions = Omit<ClientOptions, 'facility' | 'sessions' | 'specifications'>;

/** One call of a gateway whose HTTP status says what happened. */
export interface RestCall {
  readonly operation: string;
  readonly effect: Effect;
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
  /** Members without which a success is not believed. */
  readonly members?: readonly string[];
  readonly needsToken?: boolean;
  readonly signal?: AbortSignal;
  /** Awaited right before each send; nothing leaves when it fails. */
  readonly onSend?: () => void | Promise<void>;
  readonly onPushBack?: () => void;
  /** What becomes of the error of a refusal that came as a problem document. */
  readonly onProblem?: (error: BhxhError, problem: ReplyObject) => BhxhError;
}

export interface RestAnswer {
  readonly body: ReplyObject;
  /** Of an answer that is not JSON. */
  readonly content: Uint8Array;
  readonly attempts: number;
}

export interface RestPipeline {
  readonly environment: Environment;
  readonly session: Session;
  call(call: RestCall): Promise<RestAnswer>;
  close(): Promise<void>;
}

const CODE = 'status';
const done: ResponseCode = {
  code: '200',
  meaning: gatewaySentence('SUCCESS'),
  category: 'ok',
  retry: 'never',
} as ResponseCode;

/**
 * The documented order (redact → rate limit → token → idempotency → send → classify → retry) for gateways of our own
 * reference profile: a 2xx is a success, everything else a problem document. `login` gives the bearer token.
 */
export function createRestPipeline(
  options: RestOptions,
  login: (pipeline: RestPipeline) => Promise<Token>,
): RestPipeline {
  const environment = resolveEnvironment(options.environment, options.url);
  const { host } = new URL(environment.origin);
  const { now } = options;
  const sleep = options.sleep ?? realSleep;
  const redactor = createRedactor();
  const transport = openTransport(options, environment, options.timeLimits?.connect ?? 10_000);
  const session = createSession(async () => {
    const token = await login(pipeline);
    redactor.hide(token.accessToken);
    return token;
  }, now);
  const context: CallContext = {
    judge: { responses: { find: (_, code) => (code === '200' ? done : undefined) }, redactor, host, now },
    rateLimit: createRateLimit({
      now,
      sleep,
      ...(options.maxRate === undefined ? {} : { perSecond: options.maxRate }),
    }),
    retryPolicy: { ...defaultRetryPolicy, ...options.retryPolicy },
    retryBudget: options.retryBudget ?? createRetryBudget(),
    session,
    sleep,
    random: options.random ?? Math.random,
    ...(options.onEvent ? { onEvent: options.onEvent } : {}),
  };
  const timeLimit = options.timeLimits?.answer ?? 60_000;

  const pipeline: RestPipeline = {
    environment,
    session,
    async call(call) {
      const shape: ReplyShape = {
        effect: call.effect,
        family: 'upload',
        codeMember: CODE,
        textMember: 'title',
        receiptMembers: call.members ?? [],
      };
      const signals = [options.signal, call.signal].filter((signal) => signal !== undefined);
      const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
      let content: Uint8Array = new Uint8Array();
      let problem: ReplyObject | undefined;
      const { body } = call;
      const finished = await perform(
        {
          operation: call.operation,
          shape,
          needsToken: call.needsToken !== false,
          bytes: body?.bytes.length ?? 0,
          ...(signal === undefined ? {} : { signal }),
          ...(call.onPushBack === undefined ? {} : { onPushBack: call.onPushBack }),
          send: async (token) => {
            await call.onSend?.();
            const reply = await transport.send({
              method: call.method,
              target: call.target,
              headers: {
                ...(token === undefined ? {} : { Authorization: `Bearer ${token.accessToken}` }),
                ...(body === undefined ? {} : { 'Content-Type': body.type }),
                ...call.headers,
              },
              timeLimit,
              ...(body === undefined ? {} : { body: { length: body.bytes.length, whole: () => body.bytes } }),
              ...(signal === undefined ? {} : { signal }),
            });
            content = reply.body;
            problem = reply.status < 400 ? undefined : (objectOf(reply.body) as ReplyObject | undefined);
            return codedBy(reply);
          },
        },
        context,
      ).catch((error: unknown) => {
        if (problem === undefined || call.onProblem === undefined || !(error instanceof BhxhError))
          throw error;
        throw call.onProblem(error, problem);
      });
      // What was judged carries its code in a member (`status`) that an answer may well have itself.
      const own = objectOf(content) as ReplyObject | undefined;
      return { body: own ?? finished.body, content, attempts: finished.attempts };
    },
    close: () => transport.close(),
  };
  return pipeline;
}

/** An answer with its HTTP status as the code that the classification looks for. A 2xx that is not JSON has no members. */
function codedBy(reply: WireReply): WireReply {
  const { status } = reply;
  const isJson = (reply.header('content-type') ?? '').includes('json');
  if (status < 200 || status >= 300) {
    if (!isJson) return reply;
    // A problem document repeats the status as a member, which is no code of a success.
    const { [CODE]: _own, ...problem } = (objectOf(reply.body) ?? {}) as Record<string, unknown>;
    return { ...withBody(reply, problem), status };
  }
  const members = isJson ? objectOf(reply.body) : {};
  return members === undefined ? reply : { ...withBody(reply, { ...members, [CODE]: '200' }), status: 200 };
}

function withBody(reply: WireReply, body: unknown): WireReply {
  return {
    status: reply.status,
    header: (name) => (name.toLowerCase() === 'content-type' ? 'application/json' : reply.header(name)),
    body: Buffer.from(JSON.stringify(body)),
  };
}

function objectOf(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
