import type { Context } from 'hono';
import { BodyBroken, BodyInflates, BodyTooLarge, readBody } from '../contract/body.ts';
import { parseForm } from '../contract/form.ts';
import type { ContractProblem, Operation } from '../contract/contract.ts';
import type { AppEnvironment } from '../context.ts';
import { details } from '../messages/gateway.ts';
import { gatewayReply, type ReplyShape } from './reply-shapes.ts';

/** Room for every field but a file. */
export const SMALL_BODY = 65_536;

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

export type Call = Context<AppEnvironment>;

/** Ends a gateway call with an official code; the detail names fields, never values. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly detail: string | undefined;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(
    code: string,
    detail?: string,
    options: { status?: number; headers?: Record<string, string> } = {},
  ) {
    super(code);
    this.code = code;
    this.detail = detail;
    this.status = options.status ?? 200;
    this.headers = options.headers ?? {};
  }
}

export function describe(problems: readonly ContractProblem[]): string {
  return problems.map(({ name, rule }) => `${name} (${rule})`).join(', ');
}

/** Runs a gateway route: what it refuses, and what a scenario makes of it, leaves in the family's own shape. */
export async function answerGateway(
  call: Call,
  shape: ReplyShape,
  work: () => Promise<unknown>,
): Promise<Response> {
  const scripted = call.get('scenario').effect.reply;
  try {
    if (scripted !== undefined) call.set('result', scripted);
    if (scripted !== undefined) return gatewayReply(shape.result(scripted));
    const body = await work();
    return body instanceof Response ? body : gatewayReply(body);
  } catch (error) {
    if (error instanceof Refusal) {
      call.set('result', error.code);
      return gatewayReply(shape.result(error.code, error.detail), error.status, error.headers);
    }
    // The rest of such a body is never read, so the connection cannot be used again.
    if (error instanceof BodyTooLarge) {
      const status = error instanceof BodyInflates ? 413 : 200;
      return gatewayReply(shape.result('1001'), status, { Connection: 'close' });
    }
    if (error instanceof BodyBroken) {
      return gatewayReply(shape.result('205', details.bodyIncomplete), 400, { Connection: 'close' });
    }
    throw error;
  }
}

function parameterOf(call: Call, where: 'header' | 'query' | 'path', name: string): string | undefined {
  if (where === 'header') return call.req.header(name);
  return where === 'query' ? call.req.query(name) : call.req.param(name);
}

/** The key of a write has errors of its own, and none on a server that does not honour it. */
const OWN_CHECK = 'Idempotency-Key';

export function checkParameters(call: Call, operation: Operation): ContractProblem[] {
  return operation.checkParameters((where, name) =>
    name === OWN_CHECK ? undefined : parameterOf(call, where, name),
  );
}

/**
 * Fields of the body once the OpenAPI document is satisfied; not much more than `limit` bytes are ever read. What has come
 * in is read when its `turn` has come, where it may be large.
 */
export async function readFields(
  call: Call,
  operation: Operation,
  limit: number = SMALL_BODY,
  turn: () => Promise<void> = atOnce,
): Promise<Record<string, unknown>> {
  const type = (call.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!operation.contentTypes.includes(type)) {
    throw new Refusal('205', details.contentType(operation.contentTypes));
  }
  const encoding = call.req.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new Refusal('205', details.compressed, { status: 415 });
  const body = await readBody(call.req.raw, call.env ?? {}, limit, type === FORM, encoding === 'gzip');
  await turn();
  const fields = type === FORM ? parseForm(body) : parseJson(body);
  if (fields === undefined) throw new Refusal('205', type === FORM ? details.fieldTwice : details.notJson);
  const problems = operation.checkBody(type, fields);
  if (problems.length > 0) throw new Refusal('205', describe(problems));
  return fields as Record<string, unknown>;
}

const atOnce = (): Promise<void> => Promise.resolve();

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

export const text = (fields: Record<string, unknown>, name: string): string => {
  const value = fields[name];
  return typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : String(value as number);
};
