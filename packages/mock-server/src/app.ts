import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { callerAddress } from './accounts/caller-address.ts';
import type { AppEnvironment, ServerContext } from './context.ts';
import { rateLimitHeaders, takeShare } from './limits/rate-limiter.ts';
import { problem, problems, Refused } from './problem.ts';
import { cardRoute } from './routes/card.ts';
import { coPaymentRoute } from './routes/co-payment.ts';
import { driverCertificateRoute } from './routes/driver-certificate.ts';
import { historyRoute } from './routes/history.ts';
import { legacyClaimRoute } from './routes/legacy-claim.ts';
import { addAccountControlRoutes } from './routes/control-accounts.ts';
import { addControlRoutes, unknownScenario } from './routes/control.ts';
import { refuseByScenario, spoilAnswer } from './scenarios/spoil-answer.ts';
import { findClaimsRoute, findSubmissionsRoute, readClaimRoute } from './routes/results.ts';
import { addDeclarationRoutes } from './routes/declarations/add-routes.ts';
import { addAccountRoutes } from './routes/accounts/add-routes.ts';
import { addNoticeRoutes } from './notices/routes.ts';
import { addPaymentRoutes } from './routes/payments/add-routes.ts';
import { createCallRecording } from './laboratory/record-call.ts';
import { addLaboratoryRoutes } from './laboratory/routes.ts';
import { addDocumentationRoutes } from './documentation/routes.ts';
import { addInspectorRoutes } from './inspector/routes.ts';
import { createShapes } from './routes/reply-shapes.ts';
import { addSigningRoutes } from './signing-service/routes.ts';
import { addWebhookRoutes } from './webhooks/routes.ts';
import { addDeskRoutes } from './individuals/desk-routes.ts';
import { addMonthRoutes } from './months/routes.ts';
import { livenessRoute, metricsRoute, offersRoute, readinessRoute } from './routes/service.ts';
import { tokenRoute } from './routes/token.ts';
import { uploadFamilies, uploadRoute } from './routes/upload.ts';
import type { Call } from './routes/gateway-call.ts';

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The inspector's page has a policy of its own, which lets it load its parts. */
const POLICY = 'Content-Security-Policy';

/** The scenario that changes nothing. */
const ORDINARY = 'success';

/** The answer to a call from an address that calls too often. */
function overLimit(server: ServerContext, call: Call, isService: boolean): Response | undefined {
  if (isService) return undefined;
  try {
    takeShare(server.limiter, call, 'address', call.get('address'));
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return problem(error.fields);
    throw error;
  }
}

/** All routes behind one web-standard fetch handler. */
export function createApp(server: ServerContext): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>();
  const record = createCallRecording(server);

  app.use(async (call, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    call.set('requestId', requestId);
    call.set('address', callerAddress(call.env?.address ?? call.env?.incoming?.socket.remoteAddress));
    call.set('thumbprint', call.env?.thumbprint);
    // A scenario must not lock out whoever has to end it.
    const isService = /^\/(control|documentation|inspector|livez|readyz|metrics)(\/|$)/.test(call.req.path);
    const named = isService
      ? ORDINARY
      : (call.req.header('x-bhxh-scenario') ?? server.faults.draw(call.req.path) ?? server.standing.scenario);
    const finish = isService ? undefined : record(call);
    const scenario = server.scenarios.get(named);
    const incoming = isService ? undefined : call.env?.incoming;
    const place = incoming === undefined ? undefined : server.admission.enter(incoming);
    if (place instanceof Response) call.res = place;
    else if (scenario === undefined) call.res = unknownScenario(server);
    else {
      call.set('scenario', scenario);
      const refused = overLimit(server, call, isService) ?? refuseByScenario(call);
      if (refused === undefined) await next();
      else call.res = refused;
      const spoiled = await spoilAnswer(call);
      if (spoiled !== undefined) call.res = spoiled;
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      if (name !== POLICY || !call.res.headers.has(POLICY)) call.res.headers.set(name, value);
    const limits = rateLimitHeaders(server.limiter, call.get('shares') ?? []);
    for (const [name, value] of Object.entries(limits)) call.res.headers.set(name, value);
    call.res.headers.set('X-Request-Id', requestId);
    if (place !== undefined && 'leave' in place) place.leave();
    await finish?.(startedAt);
    const seconds = (performance.now() - startedAt) / 1_000;
    server.metrics.count({
      route: call.get('route') ?? 'other',
      status: call.res.status,
      result: call.get('result') ?? '',
      seconds,
    });
    server.log({
      at: server.clock.now().toISOString(),
      level: call.res.status >= 500 ? 'error' : 'info',
      event: 'request',
      requestId,
      method: call.req.method,
      // As described, not as called: whatever somebody writes into an address stays out of the log.
      path: call.get('route') ?? 'other',
      status: call.res.status,
      milliseconds: Math.round(seconds * 1_000),
      ...(scenario === undefined || call.req.header('x-bhxh-scenario') === undefined
        ? {}
        : { scenario: named }),
    });
  });

  const shapes = createShapes(server.meanings);
  const gateway = (id: string, handler: (call: Call) => Promise<Response> | Response): void => {
    const operation = server.gateway.get(id) ?? server.control.get(id);
    if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
    app.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), (call) => {
      call.set('route', operation.path);
      return handler(call);
    });
  };

  gateway('takeToken', tokenRoute(server, shapes.token));
  for (const family of uploadFamilies) gateway(family.operation, uploadRoute(server, family, shapes));
  gateway('sendClaim4210', legacyClaimRoute(server, shapes.upload));
  gateway('lookUpCard', cardRoute(server, shapes.card));
  gateway('lookUpHistory', historyRoute(server, shapes.history));
  gateway('lookUpCoPayment', coPaymentRoute(server, shapes.coPayment));
  gateway('sendDriverCertificate', driverCertificateRoute(server, shapes.driverCertificate));
  if (server.hasExtensions) {
    gateway('findClaims', findClaimsRoute(server));
    gateway('readClaim', readClaimRoute(server));
    gateway('findSubmissions', findSubmissionsRoute(server));
    gateway('discover', offersRoute(server));
    addDeclarationRoutes(app, server);
    addPaymentRoutes(app, server);
    addSigningRoutes(app, server);
    addAccountRoutes(app, server);
  }
  gateway('readLiveness', livenessRoute());
  gateway('readReadiness', readinessRoute(server));
  gateway('readMetrics', metricsRoute(server));
  addControlRoutes(app, server);
  addAccountControlRoutes(app, server);
  addInspectorRoutes(app, server);
  addDocumentationRoutes(app);
  addMonthRoutes(app, server);
  addDeskRoutes(app, server);
  addWebhookRoutes(app, server);
  addNoticeRoutes(app, server);
  addLaboratoryRoutes(app, server);

  app.notFound(() => problems.notFound());
  app.onError((error, call) => {
    if (error instanceof Refused) return problem(error.fields);
    const requestId = call.get('requestId');
    server.log({
      at: server.clock.now().toISOString(),
      level: 'error',
      event: 'request.failed',
      requestId,
      error: error.name,
    });
    return problems.internal(requestId);
  });
  return app;
}
