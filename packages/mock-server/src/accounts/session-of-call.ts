import type { Call } from '../routes/gateway-call.ts';
import { takeShare } from '../limits/rate-limiter.ts';
import type { ServerContext } from '../context.ts';
import { checkSignedRequest } from '../signed-requests/check-request.ts';
import type { Caller, Credentials, Session } from './sessions.ts';

export const callerOf = (call: Call): Caller => ({
  address: call.get('address'),
  thumbprint: call.get('thumbprint'),
});

/**
 * The one door to a session: token, address, client certificate and password, then the signature of the request, then the
 * share of the facility. Undefined where there is no session; throws what the caller is to be told otherwise.
 */
export async function sessionOfCall(
  server: ServerContext,
  call: Call,
  credentials: Credentials,
): Promise<Session | undefined> {
  const session = await server.sessions.find(credentials, callerOf(call));
  if (session === undefined) return undefined;
  await checkSignedRequest(server, call, session.account);
  takeShare(server.limiter, call, 'facility', session.account.facility ?? session.account.id);
  return session;
}
