import { callerOf } from '../../accounts/session-of-call.ts';
import { wirePassword } from '../../accounts/secrets.ts';
import type { ServerContext } from '../../context.ts';
import { problem } from '../../problem.ts';
import { unitsOf } from '../../register/units.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { bearerOf, declarationsOperation, readJson, scriptedAnswer, type Handler } from './guard.ts';

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
    switch (result.outcome) {
      case 'refused':
        return refused('CREDENTIALS', 401, 'No account has this name and password');
      case 'locked':
        return refused('ACCOUNT_LOCKED', 403, 'The account is suspended, or may not call from this address');
      case 'wait': {
        const seconds = String(Math.ceil(result.milliseconds / 1_000));
        return problem({
          status: 429,
          code: 'TOO_MANY_FAILURES',
          title: 'Too many wrong passwords',
          headers: { 'Retry-After': seconds },
        });
      }
      case 'ok':
        break;
      default:
        return result satisfies never;
    }
    const account = await server.store.read
      .selectFrom('account')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    const units = await unitsOf(server.store.read, account.id);
    if (units.length === 0) return refused('NO_UNIT', 403, 'The account acts for no unit');
    return gatewayReply({
      token: bearerOf(result.accessToken, result.idToken),
      expiresAt: result.expiresAt.toISOString(),
      units,
    });
  };
}

const refused = (code: string, status: number, title: string): Response => problem({ status, code, title });

/** GET /declarations/v1/certificate. */
export function certificateRoute(server: ServerContext): Handler {
  return async () =>
    new Response(await server.officeKey.certificate(), {
      headers: { 'Content-Type': 'application/x-pem-file' },
    });
}
