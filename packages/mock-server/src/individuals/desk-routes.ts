import { declarationSpecs } from '@bhxh/sdk/declarations/read';
import type { Hono } from 'hono';
import { digest, newToken } from '../accounts/secrets.ts';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { openLifecycle } from '../dossiers/lifecycle.ts';
import { receiveDossier } from '../dossiers/receive-dossier.ts';
import { problem, problems } from '../problem.ts';
import { findUnit } from '../register/units.ts';
import { openControl } from '../routes/control.ts';
import { factsOf, showDossier } from '../routes/declarations/dossiers.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { DESK } from '../seed/units.ts';
import type { Channel } from '../store/declaration-tables.ts';

/** What a clerk of the office does: takes in what came on paper, and hands results over. */
export function addDeskRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const route = openControl(app, server, server.control);
  const { root } = declarationSpecs(server.specifications).envelope;
  route('receivePaperDossier', async (_call, body) => {
    const bytes = Buffer.from(String(body['dossier']), 'base64');
    const facts = factsOf(bytes, root);
    const unit = await findUnit(server.store.read, facts.unit);
    if (unit === undefined) return problems.notFound();
    const followKey = newToken();
    const answer = await receiveDossier(
      server,
      {
        facts,
        agency: unit.agency,
        accountId: DESK,
        bytes,
        scenario: undefined,
        at: server.clock.now(),
        channels: { intake: body['intake'] as Channel, returns: body['returns'] as Channel },
        authentication: 'paper',
        followHash: digest(followKey),
        receiptMore: { followKey },
      },
      undefined,
    );
    server.jobs.wake();
    return gatewayReply(JSON.parse(answer.body) as Record<string, unknown>);
  });
  route('handOver', async (call) => {
    const id = call.req.param('id') ?? '';
    const read = () =>
      server.store.read.selectFrom('dossier').selectAll().where('id', '=', id).executeTakeFirst();
    const dossier = await read();
    if (dossier === undefined) return problems.notFound();
    const isReady = openLifecycle(server.specifications).state(dossier.state).counts === 'completed';
    if (dossier.returns !== 'counter' || !isReady)
      return problem({
        status: 409,
        code: isReady ? 'NOT_BY_COUNTER' : 'NOT_READY',
        title: isReady ? 'The result does not go back at the counter' : 'There is no result yet',
      });
    await server.store.write((connection) =>
      connection
        .updateTable('dossier')
        .set({ handed_over_at: server.clock.now().getTime() })
        .where('id', '=', id)
        .where('handed_over_at', 'is', null)
        .execute(),
    );
    return gatewayReply((await showDossier(server, (await read()) ?? dossier)) as Record<string, unknown>);
  });
}
