import { sessionOfCall } from '../accounts/session-of-call.ts';
import type { LoginRefusal, Session } from '../accounts/sessions.ts';
import { BodyBroken, BodyTooLarge, readBody } from '../contract/body.ts';
import type { Operation } from '../contract/contract.ts';
import type { ServerContext } from '../context.ts';
import { problem, problems, Refused, unauthorized } from '../problem.ts';
import { checkParameters, describe, JSON_TYPE, SMALL_BODY, type Call } from './gateway-call.ts';

/** What the interfaces with bearer tokens and problem documents share: accounts, declarations, payments. */
export type Handler = (call: Call) => Promise<Response>;

/** The two halves of a session's token stand in one bearer token here. */
export const bearerOf = (accessToken: string, idToken: string): string => `${accessToken}.${idToken}`;

/** The two halves of a token as a call of this API carries them. */
export function bearerOfCall(call: Call): { accessToken: string | undefined; idToken: string | undefined } {
  const [, accessToken, idToken] =
    /^Bearer ([\w-]+)\.([\w-]+)$/i.exec(call.req.header('authorization') ?? '') ?? [];
  return { accessToken, idToken };
}

export async function sessionOfBearer(server: ServerContext, call: Call): Promise<Session> {
  const session = await sessionOfCall(server, call, { ...bearerOfCall(call), password: null });
  if (session === undefined) throw new Refused(unauthorized);
  return session;
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

/** Why a log-in was refused; the same words for a wrong password and an unknown name. */
export function refusedLogin(login: LoginRefusal): Response {
  switch (login.outcome) {
    case 'refused':
      return problem({ status: 401, code: 'CREDENTIALS', title: 'No account has this name and password' });
    case 'locked':
      return problem({
        status: 403,
        code: 'ACCOUNT_LOCKED',
        title: 'The account is suspended, or may not call from this address or with this certificate',
      });
    case 'wait':
      return problem({
        status: 429,
        code: 'TOO_MANY_FAILURES',
        title: 'Too many wrong passwords',
        headers: { 'Retry-After': String(Math.ceil(login.milliseconds / 1_000)) },
      });
    default:
      return login satisfies never;
  }
}
