import type { Session } from '../../accounts/sessions.ts';
import { sessionOfCall } from '../../accounts/session-of-call.ts';
import { BodyBroken, BodyTooLarge, readBody } from '../../contract/body.ts';
import type { Operation } from '../../contract/contract.ts';
import type { ServerContext } from '../../context.ts';
import { problem, problems, Refused } from '../../problem.ts';
import { findUnit, unitsOf } from '../../register/units.ts';
import type { UnitTable } from '../../store/declaration-tables.ts';
import { checkParameters, describe, JSON_TYPE, SMALL_BODY, type Call } from '../gateway-call.ts';

/** Who is calling, and for which units. */
export interface UnitSession extends Session {
  readonly units: readonly string[];
}

/** One operation of the declarations gateway once session, parameters and body are what the OpenAPI document describes. */
export type UnitWork = (
  call: Call,
  session: UnitSession,
  body: Readonly<Record<string, unknown>>,
) => Promise<Response>;

export type Handler = (call: Call) => Promise<Response>;

export function declarationsOperation(server: ServerContext, id: string): Operation {
  const operation = server.declarations.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  return operation;
}

/** The two halves of a session's token stand in one bearer token here. */
export const bearerOf = (accessToken: string, idToken: string): string => `${accessToken}.${idToken}`;

export async function sessionOfBearer(server: ServerContext, call: Call): Promise<UnitSession> {
  const bearer = /^Bearer ([\w-]+)\.([\w-]+)$/i.exec(call.req.header('authorization') ?? '');
  const session = await sessionOfCall(server, call, {
    accessToken: bearer?.[1],
    idToken: bearer?.[2],
    password: null,
  });
  const units = session === undefined ? [] : await unitsOf(server.store.read, session.account.id);
  if (session === undefined || units.length === 0) throw new Refused(unauthorized);
  return { ...session, units };
}

const unauthorized = {
  status: 401,
  code: 'TOKEN_INVALID',
  title: 'The token is missing, expired or not valid from this address',
  headers: { 'WWW-Authenticate': 'Bearer' },
} as const;

/** Runs a scenario's scripted answer, then session, parameters and body; nothing is said before the session is good. */
export function guarded(server: ServerContext, id: string, work: UnitWork): Handler {
  const operation = declarationsOperation(server, id);
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const session = await sessionOfBearer(server, call);
    checkCall(call, operation);
    const body = operation.contentTypes.includes(JSON_TYPE) ? await readJson(call, operation) : {};
    return await work(call, session, body);
  };
}

/** What a scenario answers instead of doing anything; the codes of the claims gateway mean the same kind of failure here. */
export function scriptedAnswer(call: Call): Response | undefined {
  const { effect, id } = call.get('scenario');
  if (effect.reply === undefined) return undefined;
  if (effect.reply === '401') return problems.unauthorized();
  return problem({ status: 500, code: 'SCENARIO', title: `Scenario ${id}` });
}

export function checkCall(call: Call, operation: Operation): void {
  const wrong = checkParameters(call, operation).filter(({ name }) => name !== 'Authorization');
  if (wrong.length > 0)
    throw new Refused({
      status: 400,
      code: 'PARAMETERS',
      title: 'Parameters are wrong',
      detail: describe(wrong),
    });
}

export async function readJson(
  call: Call,
  operation: Operation,
  limit: number = SMALL_BODY,
): Promise<Readonly<Record<string, unknown>>> {
  const text = (await readBytes(call, limit)).toString('utf8');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refused({ status: 400, code: 'BODY', title: 'The body is not JSON' });
  }
  const wrong = operation.checkBody(JSON_TYPE, body);
  if (wrong.length > 0)
    throw new Refused({ status: 400, code: 'BODY', title: 'The body is wrong', detail: describe(wrong) });
  return body as Record<string, unknown>;
}

export async function readBytes(call: Call, limit: number): Promise<Buffer> {
  try {
    return await readBody(call.req.raw, call.env ?? {}, limit, false);
  } catch (error) {
    const headers = { Connection: 'close' };
    if (error instanceof BodyTooLarge)
      throw new Refused({ status: 413, code: 'TOO_LARGE', title: 'The body is too large', headers });
    if (error instanceof BodyBroken)
      throw new Refused({ status: 400, code: 'BODY', title: 'The body is not complete', headers });
    throw error;
  }
}

/** The unit of a call, where the caller acts for it; another one and one that nobody has look the same. */
export async function ownUnit(server: ServerContext, session: UnitSession, code: string): Promise<UnitTable> {
  const unit = session.units.includes(code) ? await findUnit(server.store.read, code) : undefined;
  if (unit === undefined)
    throw new Refused({ status: 403, code: 'NOT_YOURS', title: 'The account does not act for this unit' });
  return unit;
}
