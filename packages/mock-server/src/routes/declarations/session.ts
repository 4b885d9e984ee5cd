import { callerOf } from '../../accounts/session-of-call.ts';
import { wirePassword } from '../../accounts/secrets.ts';
import type { ServerContext } from '../../context.ts';
import { problem } from '../../problem.ts';
import { unitsOf } from '../../register/units.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { bearerOf, readJson, refusedLogin, scriptedAnswer, type Handler } from '../rest-call.ts';
import { declarationsOperation } from './guard.ts';

/** POST /declarations/v1/sessions. */
export function openSessionRoute(server: ServerContext): Handler {
  const operation = declarationsOperation(server, 'openSession');
  return async (call) => {
    const scripted = scriptedAnswer(call);
    if (scripted !== undefined) return scripted;
    const body = await readJson(call, operation);
    const username = String(body['username']);
    const result = await server.sessions.login(
      username,
      wirePassword(String(body['password'])),
      callerOf(call),
    );
    if (result.outcome !== 'ok') return refusedLogin(result);
    const account = await server.store.read
      .selectFrom('account')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    const units = await unitsOf(server.store.read, account.id);
    if (units.length === 0)
      return problem({ status: 403, code: 'NO_UNIT', title: 'The account acts for no unit' });
    return gatewayReply({
      token: bearerOf(result.accessToken, result.idToken),
      expiresAt: result.expiresAt.toISOString(),
      units,
    });
  };
}

/** GET /declarations/v1/certificate. */
export function certificateRoute(server: ServerContext): Handler {
  return async () =>
    new Response(await server.officeKey.certificate(), {
      headers: { 'Content-Type': 'application/x-pem-file' },
    });
}
