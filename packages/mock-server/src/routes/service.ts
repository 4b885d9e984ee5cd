import type { ServerContext } from '../context.ts';
import { problem } from '../problem.ts';
import type { Call } from './gateway-call.ts';
import { gatewayReply } from './reply-shapes.ts';

/** What a client may rely on beyond the real gateway. */
export function offersRoute(server: ServerContext): (call: Call) => Response {
  return () =>
    gatewayReply({
      idempotencyKey: true,
      statusQuery: true,
      environment: server.environment,
      version: server.specifications.version,
    });
}

export function livenessRoute(): (call: Call) => Response {
  return () => gatewayReply({ status: 'alive' });
}

/** Ready when the store answers. */
export function readinessRoute(server: ServerContext): (call: Call) => Promise<Response> {
  return async () => {
    try {
      await server.store.read.selectFrom('setting').select('name').limit(1).execute();
      return gatewayReply({
        status: 'ready',
        store: server.store.dialect,
        specs: server.specifications.hash,
      });
    } catch {
      return problem({ status: 503, code: 'STORE_UNAVAILABLE', title: 'The store does not answer' });
    }
  };
}
