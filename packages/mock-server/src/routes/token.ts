import { callerOf } from '../accounts/session-of-call.ts';
import type { ServerContext } from '../context.ts';
import { details } from '../messages/gateway.ts';
import { answerGateway, readFields, Refusal, text, type Call } from './gateway-call.ts';
import type { ReplyShape } from './reply-shapes.ts';

/** POST /api/token/take. `expires_in` is a UTC date and time, as the real gateway writes it. */
export function tokenRoute(server: ServerContext, shape: ReplyShape): (call: Call) => Promise<Response> {
  const operation = server.gateway.get('takeToken');
  if (operation === undefined) throw new Error('OpenAPI has no operation takeToken');
  return (call) =>
    answerGateway(call, shape, async () => {
      const fields = await readFields(call, operation);
      const username = text(fields, 'username');
      const result = await server.sessions.login(username, text(fields, 'password'), callerOf(call));
      if (result.outcome === 'refused') throw new Refusal('401');
      if (result.outcome === 'locked') throw new Refusal('403');
      if (result.outcome === 'wait') {
        const seconds = Math.ceil(result.milliseconds / 1_000);
        throw new Refusal('403', details.tryAgainIn(seconds), {
          status: 429,
          headers: { 'Retry-After': String(seconds) },
        });
      }
      return {
        maKetQua: '200',
        APIKey: {
          access_token: result.accessToken,
          id_token: result.idToken,
          token_type: 'bearer',
          username,
          expires_in: result.expiresAt.toISOString(),
        },
      };
    });
}
