import { randomUUID } from 'node:crypto';
import { signWebhook } from '@bhxh/sdk/webhooks';
import type { VirtualClock } from '../clock/clock.ts';
import { createRecurrentPass, type RecurrentPass } from '../jobs/recurrent-pass.ts';
import type { Logger } from '../log/request-log.ts';
import type { Store } from '../store/store.ts';
import type { WebhookDeliveryTable } from '../store/webhook-tables.ts';
import { toEndpoint, type WebhookEndpoint } from './endpoints.ts';
import { post } from './post.ts';

/** Seconds after each failed attempt, as the convention proposes; after the last one a delivery is dead. */
const RETRY_AFTER = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000] as const;
const BATCH = 50;
/** While a node posts, the others leave the delivery alone; a node that died is taken over after it. */
const CLAIM = 60_000;

/** `idle` resolves when nothing that is due is left to tell. */
export type WebhookRelay = RecurrentPass;

/**
 * Tells endpoints what happened. An event is stored with what caused it, so nothing is told that did not happen and
 * nothing is forgotten; a delivery may arrive twice, under one id.
 */
export function createWebhookRelay(store: Store, clock: VirtualClock, log: Logger): WebhookRelay {
  async function endpoints(): Promise<ReadonlyMap<string, WebhookEndpoint>> {
    const rows = await store.read.selectFrom('webhook_endpoint').selectAll().execute();
    return new Map(rows.map((row) => [row.id, toEndpoint(row)]));
  }

  /** Makes a delivery for every endpoint that wants to know, and marks the events as told, in one transaction. */
  async function fanOut(known: ReadonlyMap<string, WebhookEndpoint>): Promise<number> {
    return await store.write(async (connection) => {
      await store.lock(connection, 'webhook relay');
      const events = await connection
        .selectFrom('event')
        .selectAll()
        .where('relayed', '=', 0)
        .orderBy('id')
        .limit(BATCH)
        .execute();
      const now = clock.now().getTime();
      const deliveries = events.flatMap((event) =>
        [...known.values()]
          .filter((one) => one.events === null || one.events.includes(event.type))
          .map((one): WebhookDeliveryTable => ({
            id: `msg_${randomUUID()}`,
            endpoint: one.id,
            type: event.type,
            body: JSON.stringify({
              type: event.type,
              timestamp: new Date(event.at).toISOString(),
              data: { subject: event.subject, sender: event.facility, ...(JSON.parse(event.data) as object) },
            }),
            state: 'waiting',
            attempts: 0,
            due_at: now,
            last_answer: null,
            created_at: now,
            changed_at: now,
          })),
      );
      if (deliveries.length > 0) await connection.insertInto('webhook_delivery').values(deliveries).execute();
      if (events.length > 0)
        await connection
          .updateTable('event')
          .set({ relayed: 1 })
          .where(
            'id',
            'in',
            events.map(({ id }) => id),
          )
          .execute();
      return events.length;
    });
  }

  async function claimDue(): Promise<readonly WebhookDeliveryTable[]> {
    return await store.write(async (connection) => {
      await store.lock(connection, 'webhook relay');
      const now = clock.now().getTime();
      const due = await connection
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('state', '=', 'waiting')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(BATCH)
        .execute();
      if (due.length > 0)
        await connection
          .updateTable('webhook_delivery')
          .set({ due_at: now + CLAIM })
          .where(
            'id',
            'in',
            due.map(({ id }) => id),
          )
          .execute();
      return due;
    });
  }

  async function attempt(delivery: WebhookDeliveryTable, to: WebhookEndpoint | undefined): Promise<void> {
    if (to === undefined) return;
    const now = clock.now();
    const secrets = to.secrets
      .filter(({ until }) => until === null || until > now.getTime())
      .map(({ secret }) => secret);
    let answer: string;
    let isDone = false;
    try {
      const headers = signWebhook(delivery.body, { id: delivery.id, at: now, secrets });
      const status = await post(new URL(to.url), { ...headers }, delivery.body);
      answer = String(status);
      isDone = status >= 200 && status < 300;
    } catch (error) {
      answer = error instanceof Error ? ((error as { code?: string }).code ?? error.name) : 'unknown';
    }
    const wait = RETRY_AFTER[delivery.attempts];
    const state = isDone ? 'delivered' : wait === undefined ? 'dead' : 'waiting';
    if (state === 'dead')
      log({
        at: now.toISOString(),
        level: 'error',
        event: 'webhook.dead',
        subject: delivery.id,
        error: answer,
      });
    await store.write((connection) =>
      connection
        .updateTable('webhook_delivery')
        .set({
          state,
          attempts: delivery.attempts + 1,
          last_answer: answer,
          changed_at: now.getTime(),
          due_at: state === 'waiting' ? now.getTime() + (wait ?? 0) * 1_000 : delivery.due_at,
        })
        .where('id', '=', delivery.id)
        .execute(),
    );
  }

  return createRecurrentPass(clock, log, 'webhooks.stopped', async (isStopped) => {
    while (!isStopped()) {
      const known = await endpoints();
      if (known.size === 0) return;
      const fresh = await fanOut(known);
      const due = await claimDue();
      if (due.length === 0 && fresh === 0) return;
      await Promise.all(due.map((delivery) => attempt(delivery, known.get(delivery.endpoint))));
    }
  });
}
