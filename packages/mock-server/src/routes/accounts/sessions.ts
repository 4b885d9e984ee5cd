import { callerOf } from '../../accounts/session-of-call.ts';
import type { RefreshedSession } from '../../accounts/refresh-families.ts';
import { wirePassword } from '../../accounts/secrets.ts';
import type { ServerContext } from '../../context.ts';
import { problem, problems } from '../../problem.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { bearerOf, bearerOfCall, refusedLogin, type Handler } from '../rest-call.ts';
import { guarded, open } from './guard.ts';

/** POST /accounts/v1/sessions. */
export function openSessionRoute(server: ServerContext): Handler {
  return open(server, 'openAccountSession', async (call, body) => {
    const md5 = wirePassword(String(body['password']));
    const opened = await server.families.open(String(body['username']), md5, callerOf(call));
    return 'outcome' in opened ? refusedLogin(opened) : show(opened);
  });
}

/** POST /accounts/v1/sessions/refresh. */
export function refreshSessionRoute(server: ServerContext): Handler {
  return open(server, 'refreshAccountSession', async (call, body) => {
    const renewed = await server.families.refresh(String(body['refreshToken']), callerOf(call));
    if (renewed === 'refused') return problems.unauthorized();
    if (renewed === 'reused')
      return problem({
        status: 401,
        code: 'REFRESH_REUSED',
        title: 'This refresh token was used before; the session is over for everybody who holds it',
      });
    return show(renewed);
  });
}

/** DELETE /accounts/v1/sessions. */
export function closeSessionRoute(server: ServerContext): Handler {
  return guarded(server, 'closeAccountSession', async (call) => {
    await server.families.end(bearerOfCall(call).accessToken ?? '');
    return gatewayReply({ ended: true });
  });
}

function show({ account, accessToken, idToken, expiresAt, refreshToken }: RefreshedSession): Response {
  return gatewayReply({
    token: bearerOf(accessToken, idToken),
    refreshToken,
    expiresAt: expiresAt.toISOString(),
    role: account.role,
    ...(account.facility === null ? {} : { facility: account.facility }),
    ...(account.scope === null ? {} : { scope: account.scope }),
  });
}
