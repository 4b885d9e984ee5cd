import type { AppEnvironment, ServerContext } from '../context.ts';
import { problem, problems } from '../problem.ts';
import { openControl } from '../routes/control.ts';
import type { Call } from '../routes/gateway-call.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import type { SigningRequest } from './requests.ts';
import type { Hono } from 'hono';

/** The user's phone: what it shows, and his answer. */
export function addPhoneRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const { contract, requests } = server.signing;
  const route = openControl(app, server, contract);
  const show = (request: SigningRequest): object => ({
    id: request.id,
    protocol: request.protocol,
    display: request.display,
    hash: Buffer.from(request.hash).toString('hex'),
    state: requests.stateOf(request),
    createdAt: request.createdAt.toISOString(),
    expiresAt: request.expiresAt.toISOString(),
    code: request.code ?? null,
  });
  const answer = (call: Call, work: (request: SigningRequest) => Response | undefined): Response => {
    const request = requests.find(call.req.param('id') ?? '');
    if (request === undefined) return problems.notFound();
    const state = requests.stateOf(request);
    if (state !== 'waiting')
      return problem({ status: 409, code: 'REQUEST_CLOSED', title: `The request is ${state}` });
    return work(request) ?? gatewayReply(show(request));
  };

  route('listSigningRequests', () =>
    gatewayReply({ requests: requests.shown().map(show), oneTimeCode: server.signing.code() ?? null }),
  );
  route('confirmSigningRequest', (call, body) =>
    answer(call, (request) => {
      if (request.code !== undefined && body['code'] !== request.code)
        return problem({
          status: 409,
          code: 'CODE_WRONG',
          title: 'The code is not the one that the phone shows',
        });
      requests.confirm(request);
      return undefined;
    }),
  );
  route('refuseSigningRequest', (call) =>
    answer(call, (request) => {
      requests.refuse(request);
      return undefined;
    }),
  );
  route('unlockCredentials', () => {
    server.signing.unlock();
    return gatewayReply({ unlocked: true });
  });
}
