import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { problem, problems } from '../problem.ts';
import { openControl, unknownScenario } from '../routes/control.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { isDemoStore } from '../seed/demo.ts';
import { eventsAfter, eventStream, newestEvent } from './event-feed.ts';
import type { FaultRule } from './fault-rules.ts';
import { exchangeOf, lineOf } from './request-recorder.ts';
import type { Snapshot } from './snapshots.ts';

/** What happened and what was asked, and how a test begins again at the same place. */
export function addLaboratoryRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const { store, recorder, faults, snapshots } = server;
  const route = openControl(app, server, server.control);
  const typesOf = (text: string | undefined): readonly string[] | undefined =>
    text === undefined || text === '' ? undefined : text.split(',');

  route('listEvents', async (call) => {
    const after = call.req.query('after');
    const from = after === undefined ? await newestEvent(store) : Number(after);
    const events = await eventsAfter(store, from, typesOf(call.req.query('types')));
    return gatewayReply({ events, next: events.at(-1)?.id ?? from });
  });
  route('streamEvents', async (call) => {
    const after = call.req.query('after') ?? call.req.header('last-event-id');
    const stream = eventStream(store, {
      after: after === undefined || !/^\d{1,15}$/.test(after) ? await newestEvent(store) : Number(after),
      types: typesOf(call.req.query('types')),
      signal: server.leaving,
    });
    return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
  });

  route('listRequests', () => gatewayReply({ requests: recorder.list().map(lineOf) }));
  route('readRequest', (call) => {
    const recorded = recorder.find(call.req.param('id') ?? '');
    return recorded === undefined ? problems.notFound() : gatewayReply(exchangeOf(recorded));
  });
  route('replayRequest', async (call) => {
    const recorded = recorder.find(call.req.param('id') ?? '');
    if (recorded === undefined) return problems.notFound();
    if (recorded.isCut)
      return problem({ status: 409, code: 'BODY_NOT_KEPT', title: 'The body was too large to be kept' });
    const { method, url, headers, body, address, thumbprint } = recorded;
    const answer = await app.fetch(
      new Request(url, {
        method,
        headers,
        ...(method === 'GET' || method === 'HEAD' ? {} : { body: Uint8Array.from(body) }),
      }),
      { address, replayOf: recorded.id, ...(thumbprint === undefined ? {} : { thumbprint }) },
    );
    // Read to its end, so that a scenario that breaks answers breaks this one as it broke the first.
    await answer.arrayBuffer().catch(() => undefined);
    const again = recorder.list().find(({ replayOf }) => replayOf === recorded.id);
    return again === undefined ? problems.notFound() : gatewayReply(exchangeOf(again));
  });

  const unlessDemo = async (): Promise<Response | undefined> =>
    (await isDemoStore(store))
      ? undefined
      : problem({ status: 409, code: 'NOT_A_DEMO', title: 'This store did not begin as a demo' });
  const lineOfSnapshot = ({ name, takenAt, tables }: Snapshot): Record<string, unknown> => ({
    name,
    takenAt,
    rows: tables.reduce((sum, { rows }) => sum + rows.length, 0),
  });
  route('listSnapshots', () => gatewayReply({ snapshots: snapshots.list().map(lineOfSnapshot) }));
  route('takeSnapshot', async (call) => {
    const refused = await unlessDemo();
    if (refused !== undefined) return refused;
    const taken = await snapshots.take(call.req.param('name') ?? '', server.standing.scenario);
    return gatewayReply(lineOfSnapshot(taken));
  });
  route('restoreSnapshot', async (call) => {
    const refused = await unlessDemo();
    if (refused !== undefined) return refused;
    const restored = await snapshots.restore(call.req.param('name') ?? '');
    if (restored === undefined) return problems.notFound();
    server.standing.scenario = restored.scenario;
    server.jobs.wake();
    return gatewayReply(lineOfSnapshot(restored));
  });
  route('dropSnapshot', (call) => {
    const name = call.req.param('name') ?? '';
    return snapshots.drop(name) ? gatewayReply({ name }) : problems.notFound();
  });

  const faultReply = (): Response => gatewayReply({ seed: faults.seed, faults: faults.rules });
  route('listFaults', faultReply);
  route('setFaults', (_call, body) => {
    const rules = body['faults'] as readonly FaultRule[];
    if (rules.some(({ scenario }) => server.scenarios.get(scenario) === undefined))
      return unknownScenario(server);
    faults.set(
      rules.map(({ scenario, probability, path, times }) => ({
        scenario,
        probability,
        ...(path === undefined ? {} : { path }),
        ...(times === undefined ? {} : { times }),
      })),
      typeof body['seed'] === 'number' ? body['seed'] : 1,
    );
    return faultReply();
  });
}
