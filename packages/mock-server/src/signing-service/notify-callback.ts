import type { ServerContext } from '../context.ts';

const TIME_LIMIT = 10_000;

/**
 * Tells the registered address what a user answered, once. Whoever misses it can still ask, so a failure is only noted.
 * The address comes from the server's own options and never from a request.
 */
export async function notifyCallback(
  server: ServerContext,
  address: string,
  read: () => Promise<object>,
): Promise<void> {
  let status = 0;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(await read()),
      redirect: 'error',
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    status = 0;
  }
  server.log({
    at: server.clock.now().toISOString(),
    level: status >= 200 && status < 300 ? 'info' : 'error',
    event: 'signing.notified',
    status,
  });
}
