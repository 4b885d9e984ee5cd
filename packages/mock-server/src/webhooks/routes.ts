import { isIP } from 'node:net';
import type { Hono } from 'hono';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { problem, problems } from '../problem.ts';
import { openControl } from '../routes/control.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { addEndpoint, changeSecret, toEndpoint } from './endpoints.ts';
import { isAllowedAddress } from './post.ts';

const NEWEST = 100;

/** The control API of webhooks: who is told, what was told, and telling it again. */
export function addWebhookRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const { store, clock } = server;
  const route = openControl(app, server, server.control);
  route('addWebhook', async (_call, body) => {
    const url = readAddress(String(body['url']));
    if (url === undefined)
      return problem({
        status: 400,
        code: 'WEBHOOK_ADDRESS',
        title: 'Webhooks go to https addresses of others, or to this machine',
      });
    const events = (body['events'] as string[] | undefined) ?? null;
    const { id, secrets } = await addEndpoint(store, clock, { url, events });
    return gatewayReply({ id, url, events, secret: secrets[0]?.secret });
  });
  route('listWebhooks', async () => {
    const rows = await store.read.selectFrom('webhook_endpoint').selectAll().orderBy('created_at').execute();
    return gatewayReply({
      webhooks: rows.map(toEndpoint).map(({ id, url, events }) => ({ id, url, events })),
    });
  });
  route('changeWebhookSecret', async (call) => {
    const changed = await changeSecret(store, clock, call.req.param('id') ?? '');
    return changed === undefined
      ? problems.notFound()
      : gatewayReply({ id: changed.id, secret: changed.secrets[0]?.secret });
  });
  route('removeWebhook', async (call) => {
    const id = call.req.param('id') ?? '';
    const removed = await store.write(async (connection) => {
      await connection.deleteFrom('webhook_delivery').where('endpoint', '=', id).execute();
      return await connection
        .deleteFrom('webhook_endpoint')
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst();
    });
    return removed === undefined ? problems.notFound() : gatewayReply({ id });
  });
  route('listDeliveries', async (call) => {
    const state = call.req.query('state') as 'waiting' | 'delivered' | 'dead' | undefined;
    let query = store.read.selectFrom('webhook_delivery').selectAll();
    if (state !== undefined) query = query.where('state', '=', state);
    const rows = await query.orderBy('created_at', 'desc').orderBy('id').limit(NEWEST).execute();
    return gatewayReply({
      deliveries: rows.map((row) => ({
        id: row.id,
        webhook: row.endpoint,
        type: row.type,
        state: row.state,
        attempts: row.attempts,
        lastAnswer: row.last_answer,
        dueAt: row.due_at,
      })),
    });
  });
  route('redeliver', async (call) => {
    const id = call.req.param('id') ?? '';
    const now = clock.now().getTime();
    const again = await store.write((connection) =>
      connection
        .updateTable('webhook_delivery')
        .set({ state: 'waiting', attempts: 0, due_at: now, changed_at: now })
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst(),
    );
    return again === undefined ? problems.notFound() : gatewayReply({ id });
  });
}

/** The address in one spelling; undefined for one that deliveries would not go to. */
function readAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (url.username !== '' || url.password !== '' || !/^https?:$/u.test(url.protocol)) return undefined;
  if (isIP(host) !== 0) return isAllowedAddress(host, url.protocol) ? url.href : undefined;
  return url.protocol === 'https:' || host === 'localhost' ? url.href : undefined;
}
