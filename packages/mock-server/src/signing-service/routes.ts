import type { AppEnvironment, ServerContext } from '../context.ts';
import { addCscRoutes } from './csc-routes.ts';
import { addPhoneRoutes } from './phone-routes.ts';
import { addSimRoutes } from './sim-routes.ts';
import { addSmartCaRoutes } from './smart-ca-routes.ts';
import type { Hono } from 'hono';

/** A remote signing service beside the gateways, and the phone of its user. */
export function addSigningRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  addCscRoutes(app, server);
  addSmartCaRoutes(app, server);
  addSimRoutes(app, server);
  addPhoneRoutes(app, server);
}
