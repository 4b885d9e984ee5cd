import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import type { WebhookEndpointTable } from '../store/webhook-tables.ts';

export interface WebhookSecret {
  readonly secret: string;
  /** Milliseconds since 1970; null while it is the current one. */
  readonly until: number | null;
}

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** Event types, or null for all. */
  readonly events: readonly string[] | null;
  readonly secrets: readonly WebhookSecret[];
}

/** How long the secret before a change still signs beside the new one. */
const OVERLAP = 24 * 3_600_000;

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export const toEndpoint = (row: WebhookEndpointTable): WebhookEndpoint => ({
  id: row.id,
  url: row.url,
  events: row.events === null ? null : (JSON.parse(row.events) as string[]),
  secrets: JSON.parse(row.secrets) as WebhookSecret[],
});

/** Adds an address that is told of what happens from now on. */
export async function addEndpoint(
  store: Store,
  clock: Clock,
  wanted: { readonly url: string; readonly events: readonly string[] | null },
): Promise<WebhookEndpoint> {
  const row: WebhookEndpointTable = {
    id: randomUUID(),
    url: wanted.url,
    events: wanted.events === null ? null : JSON.stringify(wanted.events),
    secrets: JSON.stringify([{ secret: newSecret(), until: null }]),
    created_at: clock.now().getTime(),
  };
  await store.write(async (connection) => {
    const { count } = await connection
      .selectFrom('webhook_endpoint')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    // Nobody listened before: what happened until now is nobody's news.
    if (Number(count) === 0)
      await connection.updateTable('event').set({ relayed: 1 }).where('relayed', '=', 0).execute();
    await connection.insertInto('webhook_endpoint').values(row).execute();
  });
  return toEndpoint(row);
}

/** Gives an endpoint a new secret; the one before signs on for a day. Undefined where there is no such endpoint. */
export async function changeSecret(
  store: Store,
  clock: Clock,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  return await store.write(async (connection) => {
    await store.lock(connection, `webhook ${id}`);
    const row = await connection
      .selectFrom('webhook_endpoint')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const now = clock.now().getTime();
    const before = toEndpoint(row)
      .secrets.map(({ secret, until }) => ({ secret, until: until ?? now + OVERLAP }))
      .filter(({ until }) => until > now);
    const secrets = JSON.stringify([{ secret: newSecret(), until: null }, ...before]);
    await connection.updateTable('webhook_endpoint').set({ secrets }).where('id', '=', id).execute();
    return toEndpoint({ ...row, secrets });
  });
}
