import { X509Certificate } from 'node:crypto';
import { isLoopback } from '../accounts/caller-address.ts';
import { setAccountStatus } from '../accounts/accounts.ts';
import { sameText } from '../accounts/secrets.ts';
import type { VirtualClock } from '../clock/clock.ts';
import { readBody } from '../contract/body.ts';
import type { Contract } from '../contract/contract.ts';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { problem, problems } from '../problem.ts';
import { registerCertificate } from '../register/certificates.ts';
import { isDemoStore, resetDemo } from '../seed/demo.ts';
import { checkParameters, describe, JSON_TYPE, type Call } from './gateway-call.ts';
import { gatewayReply } from './reply-shapes.ts';
import type { Hono } from 'hono';

const SMALL = 16_384;

/** Waiting changes nothing, and what is told by the deed itself is not told twice. */
const UNTOLD: ReadonlySet<string> = new Set(['awaitIdle', 'setAccountStatus', 'lockLookups']);

/** What a control path names: account, facility, webhook, request. */
const subjectOf = (call: Call): string => Object.values(call.req.param() as Record<string, string>).join(' ');

export type ControlRoute = (
  id: string,
  work: (call: Call, body: Record<string, unknown>) => Promise<Response> | Response,
) => void;

/** Adds paths that answer only callers on this machine with the admin key; to others they are not there at all. */
export function openControl(
  app: Hono<AppEnvironment>,
  server: ServerContext,
  contract: Contract,
): ControlRoute {
  return (id, work) => {
    const operation = contract.get(id);
    if (operation === undefined) throw new Error(`OpenAPI has no operation ${id}`);
    app.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (call) => {
      call.set('route', operation.path);
      const key = call.req.header('x-bhxh-admin-key');
      if (server.adminKey === undefined || !isLoopback(call.get('address'))) return problems.notFound();
      if (key === undefined || !sameText(key, server.adminKey)) return problems.unauthorized();
      const wrong = checkParameters(call, operation);
      let body: unknown = {};
      if (operation.contentTypes.length > 0) {
        try {
          body = JSON.parse(
            (await readBody(call.req.raw, call.env ?? {}, SMALL, false)).toString('utf8') || '{}',
          );
        } catch {
          return problem({ status: 400, code: 'BODY', title: 'The body is not JSON' });
        }
        wrong.push(...operation.checkBody(JSON_TYPE, body));
      }
      if (wrong.length > 0) {
        return problem({
          status: 400,
          code: 'PARAMETERS',
          title: 'Parameters are wrong',
          detail: describe(wrong),
        });
      }
      const answer = await work(call, body as Record<string, unknown>);
      if (operation.method !== 'GET' && answer.ok && !UNTOLD.has(id))
        await server.audit.note({ actor: 'control', action: `control.${id}`, subject: subjectOf(call) });
      return answer;
    });
  };
}

/** The test laboratory's own API. */
export function addControlRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const route = openControl(app, server, server.control);
  const move = async (work: (clock: VirtualClock) => void): Promise<Response> => {
    try {
      await server.moveClock(work);
    } catch (error) {
      if (error instanceof RangeError)
        return problem({ status: 409, code: 'CLOCK_BACKWARD', title: error.message });
      throw error;
    }
    return gatewayReply(server.clock.state());
  };

  route('readClock', () => gatewayReply(server.clock.state()));
  route('freezeClock', (_call, body) =>
    move((clock) => clock.freeze(typeof body['at'] === 'string' ? new Date(body['at']) : undefined)),
  );
  route('resumeClock', () => move((clock) => clock.resume()));
  route('advanceClock', (_call, body) =>
    move((clock) => {
      if (typeof body['to'] === 'string') clock.advanceTo(new Date(body['to']));
      else clock.advance(Number(body['seconds'] ?? 0) * 1_000);
    }),
  );
  route('listScenarios', () =>
    gatewayReply({ standing: server.standing.scenario, scenarios: server.scenarios.all }),
  );
  route('setScenario', (_call, body) => {
    const id = String(body['scenario']);
    if (server.scenarios.get(id) === undefined) return unknownScenario(server);
    server.standing.scenario = id;
    return gatewayReply({ standing: id });
  });
  route('setAccountStatus', async (call, body) => {
    const status = body['status'] === 'suspended' ? 'suspended' : 'active';
    const found = await setAccountStatus(
      server.store,
      server.clock,
      call.req.param('username') ?? '',
      status,
      { log: server.audit, actor: 'control' },
    );
    return found ? gatewayReply({ status }) : problems.notFound();
  });
  route('registerCertificate', async (call, body) => {
    const facility = call.req.param('facility') ?? '';
    const certificate = readCertificate(String(body['pem']));
    if (certificate === undefined) {
      return problem({
        status: 400,
        code: 'CERTIFICATE_UNREADABLE',
        title: 'This is not a certificate in PEM',
      });
    }
    const known = await server.store.read
      .selectFrom('facility')
      .select('code')
      .where('code', '=', facility)
      .executeTakeFirst();
    if (known === undefined) return problems.notFound();
    await registerCertificate(server.store, facility, certificate);
    return gatewayReply({ facility, fingerprint: certificate.fingerprint256 });
  });
  route('resetDemo', async () => {
    if (!(await isDemoStore(server.store))) {
      return problem({
        status: 409,
        code: 'NOT_A_DEMO',
        title: 'This store did not begin as a demo, so nothing of it is dropped',
      });
    }
    await resetDemo(server.store, server.clock, server.specifications);
    server.standing.scenario = server.ordinaryScenario;
    return gatewayReply({ reset: true });
  });
  route('awaitIdle', async () => {
    await server.lookups.settle();
    await server.jobs.idle();
    await server.notices.idle();
    return gatewayReply({ idle: true });
  });
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

export function unknownScenario(server: ServerContext): Response {
  return problem({
    status: 400,
    code: 'SCENARIO_UNKNOWN',
    title: 'No scenario has this name',
    more: { scenarios: server.scenarios.names },
  });
}
