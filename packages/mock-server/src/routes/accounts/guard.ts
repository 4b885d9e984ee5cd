import { sessionOfCall } from '../../accounts/session-of-call.ts';
import type { Session } from '../../accounts/sessions.ts';
import type { ServerContext } from '../../context.ts';
import { problems } from '../../problem.ts';
import { checkCall, readJson, scriptedAnswer } from '../declarations/guard.ts';
import { JSON_TYPE, type Call } from '../gateway-call.ts';

export type Handler = (call: Call) => Promise<Response>;

type Body = Readonly<Record<string, unknown>>;

/** The two halves of a token as a call of this API carries them. */
export function bearerOfCall(call: Call): { accessToken: string | undefined; idToken: string | undefined } {
  const [, accessToken, idToken] =
    /^Bearer ([\w-]+)\.([\w-]+)$/i.exec(call.req.header('authorization') ?? '') ?? [];
  return { accessToken, idToken };
}

/** Runs a scenario's answer, then session, parameters and body; nothing is said before the session is good. */
export function guarded(
  server: ServerContext,
  id: string,
  work: (call: Call, session: Session, body: Body) => Promise<Response>,
): Handler {
  const operation = server.accounts.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const session = await sessionOfCall(server, call, { ...bearerOfCall(call), password: null });
    if (session === undefined) return problems.unauthorized();
    checkCall(call, operation);
    const body = operation.contentTypes.includes(JSON_TYPE) ? await readJson(call, operation) : {};
    return await work(call, session, body);
  };
}

/** Before there is a session: a scenario's answer, then the body. */
export function open(
  server: ServerContext,
  id: string,
  work: (call: Call, body: Body) => Promise<Response>,
): Handler {
  const operation = server.accounts.get(id);
  if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
  return async (call) => scriptedAnswer(call) ?? (await work(call, await readJson(call, operation)));
}
