import type { Kysely } from 'kysely';
import type { Json, Moment } from './tables.ts';

export interface WebhookEndpointTable {
  id: string;
  url: string;
  /** JSON list of event types, null for all. */
  events: Json | null;
  /** JSON list of `{secret, until}`; the newest has no end. */
  secrets: Json;
  created_at: Moment;
}

export interface WebhookDeliveryTable {
  /** The webhook-id, the same for every attempt. */
  id: string;
  endpoint: string;
  type: string;
  body: string;
  state: 'waiting' | 'delivered' | 'dead';
  attempts: number;
  due_at: Moment;
  /** HTTP status or the name of a failure. */
  last_answer: string | null;
  created_at: Moment;
  changed_at: Moment;
}

export interface WebhookTables {
  webhook_endpoint: WebhookEndpointTable;
  webhook_delivery: WebhookDeliveryTable;
}

export async function createWebhookTables(schema: Kysely<unknown>): Promise<void> {
  await schema.schema
    .alterTable('event')
    .addColumn('relayed', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await schema.schema.createIndex('event_relayed').on('event').column('relayed').execute();
  await schema.schema
    .createTable('webhook_endpoint')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('events', 'text')
    .addColumn('secrets', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.schema
    .createTable('webhook_delivery')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('endpoint', 'text', (c) => c.notNull().references('webhook_endpoint.id').onDelete('cascade'))
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('last_answer', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.schema
    .createIndex('webhook_delivery_due')
    .on('webhook_delivery')
    .columns(['state', 'due_at'])
    .execute();
}
