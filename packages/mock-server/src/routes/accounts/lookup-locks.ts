import type { ServerContext } from '../../context.ts';
import {
  endLock,
  explainLock,
  forwardLock,
  visibleLocks,
  type LookupLock,
} from '../../lookup-lock/unlock.ts';
import { problems } from '../../problem.ts';
import { readBytes } from '../rest-call.ts';
import type { Call } from '../gateway-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import type { Handler } from '../rest-call.ts';
import { guarded } from './guard.ts';

/** A letter of a page or two with its signature. */
const LARGEST_EXPLANATION = 262_144;

const idOf = (call: Call): string => call.req.param('id') ?? '';

const iso = (moment: number | null): string | null =>
  moment === null ? null : new Date(moment).toISOString();

function show(lock: LookupLock): Record<string, unknown> {
  return {
    id: lock.id,
    facility: lock.facility,
    state: lock.state,
    reason: JSON.parse(lock.reason) as unknown,
    lockedAt: iso(lock.locked_at),
    explainedAt: iso(lock.explained_at),
    forwardedAt: iso(lock.forwarded_at),
    unlockedAt: iso(lock.unlocked_at),
    letter: lock.letter,
  };
}

/** GET /accounts/v1/lookup-locks. */
export function findLookupLocksRoute(server: ServerContext): Handler {
  return guarded(server, 'findLookupLocks', async (_call, { account }) =>
    gatewayReply({ locks: (await visibleLocks(server, account)).map(show) }),
  );
}

/** PUT /accounts/v1/lookup-locks/{id}/explanation. */
export function explainLookupLockRoute(server: ServerContext): Handler {
  return guarded(server, 'explainLookupLock', async (call, { account }) => {
    const document = await readBytes(call, LARGEST_EXPLANATION);
    return gatewayReply(show(await explainLock(server, account, idOf(call), document)));
  });
}

/** GET /accounts/v1/lookup-locks/{id}/explanation. */
export function readExplanationRoute(server: ServerContext): Handler {
  return guarded(server, 'readLookupExplanation', async (call, { account }) => {
    const lock = (await visibleLocks(server, account)).find(({ id }) => id === idOf(call));
    const explanation = lock?.explanation ?? null;
    if (explanation === null) return problems.forbidden();
    return new Response(Buffer.from(explanation, 'base64'), {
      headers: { 'Content-Type': 'application/xml', 'Content-Disposition': 'attachment' },
    });
  });
}

/** PUT /accounts/v1/lookup-locks/{id}/letter. */
export function forwardLookupLockRoute(server: ServerContext): Handler {
  return guarded(server, 'forwardLookupLock', async (call, { account }, body) =>
    gatewayReply(show(await forwardLock(server, account, idOf(call), String(body['number'])))),
  );
}

/** DELETE /accounts/v1/lookup-locks/{id}. */
export function endLookupLockRoute(server: ServerContext): Handler {
  return guarded(server, 'endLookupLock', async (call, { account }) =>
    gatewayReply(show(await endLock(server, account, idOf(call)))),
  );
}
