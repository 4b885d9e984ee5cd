import type { ServerContext } from '../context.ts';
import { isLoopback } from '../accounts/caller-address.ts';
import { problem, problems } from '../problem.ts';
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

/** For a collector on the same machine; to others the address does not exist. */
export function metricsRoute(server: ServerContext): (call: Call) => Promise<Response> {
  return async (call) => {
    if (!isLoopback(call.get('address'))) return problems.notFound();
    return new Response(await server.metrics.show(), {
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    });
  };
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
