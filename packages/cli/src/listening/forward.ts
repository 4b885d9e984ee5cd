import { signWebhook } from '@bhxh/sdk/webhooks';
import type { StreamedEvent } from './read-events.ts';

const TIME_LIMIT = 15_000;
/** Milliseconds between the attempts to hand one event over; a developer's program is often just starting. */
const WAITS = [250, 500, 1_000, 2_000, 4_000] as const;

/** Posts an event as the server's own webhooks do, and gives the status of the last attempt, or why there is none. */
export async function forwardEvent(
  event: StreamedEvent,
  to: {
    readonly url: string;
    readonly secret: string;
    readonly now: () => Date;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const body = JSON.stringify({ type: event.type, timestamp: event.timestamp, data: event.data });
  let answer = '';
  for (let attempt = 0; ; attempt += 1) {
    try {
      const reply = await fetch(to.url, {
        method: 'POST',
        redirect: 'manual',
        // One id for every attempt and every replay, so that a receiver knows what it has.
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          ...signWebhook(body, { id: `msg_event_${event.id}`, at: to.now(), secrets: [to.secret] }),
        },
        body,
        signal: AbortSignal.any([to.signal, AbortSignal.timeout(TIME_LIMIT)]),
      });
      await reply.arrayBuffer().catch(() => undefined);
      answer = String(reply.status);
      if (reply.ok) return answer;
    } catch (error) {
      if (to.signal.aborted) return 'aborted';
      const cause = (error as { cause?: { code?: string } }).cause;
      answer = cause?.code ?? (error instanceof Error ? error.name : 'unknown');
    }
    const wait = WAITS[attempt];
    if (wait === undefined || to.signal.aborted) return answer;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
