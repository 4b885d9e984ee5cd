import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../store/store.ts';

/** One event as a listener is told of it; the same fields as a webhook's body. */
export interface ToldEvent {
  readonly id: number;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const PAGE = 200;
/** Codes for one person's phone are nobody else's news. */
const PRIVATE = 'otp.%';
/** How often to look for what happened, and how often to say that nothing did, in milliseconds of the machine. */
const LOOK_EVERY = 200;
const HEARTBEAT = 5_000;
/** On PostgreSQL an event may be committed after one with a later number. */
const LATE = 200;

export async function eventsAfter(
  store: Store,
  after: number,
  types: readonly string[] | undefined,
): Promise<readonly ToldEvent[]> {
  let query = store.read
    .selectFrom('event')
    .select(['id', 'at', 'type', 'facility', 'subject', 'data'])
    .where('id', '>', after)
    .where('type', 'not like', PRIVATE);
  if (types !== undefined) query = query.where('type', 'in', [...types]);
  const rows = await query.orderBy('id').limit(PAGE).execute();
  return rows.map(({ id, at, type, facility, subject, data }) => ({
    id: Number(id),
    type,
    timestamp: new Date(Number(at)).toISOString(),
    data: { subject, sender: facility, ...(JSON.parse(data) as object) },
  }));
}

export async function newestEvent(store: Store): Promise<number> {
  const row = await store.read
    .selectFrom('event')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return Number(row?.id ?? 0);
}

/** Server-sent events from `after` on, with a heartbeat between them, until the caller leaves or the server stops. */
export function eventStream(
  store: Store,
  options: {
    readonly after: number;
    readonly types: readonly string[] | undefined;
    readonly signal: AbortSignal;
  },
): ReadableStream<Uint8Array> {
  const { types } = options;
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, options.signal]);
  const seen = new Set<number>();
  let cursor = options.after;
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode(`retry: 1000\n: after ${cursor}\n\n`)),
    async pull(controller) {
      let quiet = 0;
      while (!signal.aborted) {
        const events = await eventsAfter(store, Math.max(options.after, cursor - LATE), types).catch(
          () => [],
        );
        const fresh = events.filter(({ id }) => !seen.has(id));
        for (const event of fresh) {
          seen.add(event.id);
          cursor = Math.max(cursor, event.id);
          controller.enqueue(
            encode(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
          );
        }
        for (const id of seen) if (id < cursor - 2 * LATE) seen.delete(id);
        if (fresh.length > 0) return;
        if (quiet >= HEARTBEAT) {
          controller.enqueue(encode(': heartbeat\n\n'));
          return;
        }
        await wait(LOOK_EVERY, undefined, { signal, ref: false }).catch(() => undefined);
        quiet += LOOK_EVERY;
      }
      try {
        controller.close();
      } catch {
        // The caller has left already.
      }
    },
    cancel: () => left.abort(),
  });
}
