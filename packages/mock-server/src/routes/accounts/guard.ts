import type { Session } from '../../accounts/sessions.ts';
import type { ServerContext } from '../../context.ts';
import { JSON_TYPE, type Call } from '../gateway-call.ts';
import { checkCall, readJson, scriptedAnswer, sessionOfBearer, type Handler } from '../rest-call.ts';

type Body = Readonly<Record<string, unknown>>;

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
    const session = await sessionOfBearer(server, call);
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
