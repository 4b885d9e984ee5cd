import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../../context.ts';
import type { Handler } from '../rest-call.ts';
import {
  endLookupLockRoute,
  explainLookupLockRoute,
  findLookupLocksRoute,
  forwardLookupLockRoute,
  readExplanationRoute,
} from './lookup-locks.ts';
import { changePasswordRoute } from './password.ts';
import { closeSessionRoute, openSessionRoute, refreshSessionRoute } from './sessions.ts';

/** What is described in specs/openapi/accounts.yaml, by operationId. */
const routes: Readonly<Record<string, (server: ServerContext) => Handler>> = {
  openAccountSession: openSessionRoute,
  refreshAccountSession: refreshSessionRoute,
  closeAccountSession: closeSessionRoute,
  changePassword: changePasswordRoute,
  findLookupLocks: findLookupLocksRoute,
  explainLookupLock: explainLookupLockRoute,
  readLookupExplanation: readExplanationRoute,
  forwardLookupLock: forwardLookupLockRoute,
  endLookupLock: endLookupLockRoute,
};

export function addAccountRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  for (const [id, open] of Object.entries(routes)) {
    const operation = server.accounts.get(id);
    if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
    const handler = open(server);
    app.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), (call) => {
      call.set('route', operation.path);
      return handler(call);
    });
  }
}
