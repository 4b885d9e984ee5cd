import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.ts';
import type { VirtualClock } from '../clock/clock.ts';
import { logFailure } from '../log/log-failure.ts';
import type { Logger } from '../log/request-log.ts';
import { details } from '../messages/gateway.ts';
import { plainName } from '../register/find-card.ts';
import { Refusal } from '../routes/gateway-call.ts';
import { readTogether } from '../store/read-together.ts';
import type { Connection, Store } from '../store/store.ts';

/** What one facility may look up within an hour of the server's clock before its look-ups are locked. */
export interface LookupLimits {
  readonly perHour: number;
  /** Look-ups that found nobody: somebody tries names or numbers. */
  readonly missesPerHour: number;
}

/** Who asks for a facility. */
export interface Officer {
  readonly cccd: string;
  readonly fullName: string;
}

export interface LookupWatch {
  /** Refuses with code 403 while the facility's look-up functions are locked. */
  admit(facility: string): Promise<void>;
  /** As `admit`, for an officer of the facility: 054 when nobody is registered under this number, 055 under another name. */
  admitOfficer(facility: string, officer: Officer): Promise<void>;
  /** Counts an answered look-up; the store learns of it within a second. */
  count(facility: string, hasMissed: boolean): void;
  /** Resolves when everything counted so far is in the store, and locked what had to be. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const HOUR = 3_600_000;
/** Counts older than this say nothing any more. */
const KEPT = 24 * HOUR;
/** Real milliseconds: a write for every look-up would cost more than the look-up. */
const SETTLE_EVERY = 1_000;

interface Counted {
  lookups: number;
  misses: number;
}

/**
 * Watches how much each facility looks up, over all nodes. Abnormal volume locks the look-up functions of that facility
 * and nothing else of it: what it sends is still taken. Without limits nothing is counted; a lock that stands still does.
 */
export function createLookupWatch(
  store: Store,
  clock: VirtualClock,
  log: Logger,
  audit: AuditLog,
  limits: LookupLimits | undefined,
): LookupWatch {
  let counted = new Map<string, Counted>();
  let running: Promise<void> = Promise.resolve();
  const timer = limits === undefined ? undefined : setInterval(() => void settle(), SETTLE_EVERY);
  timer?.unref();

  function settle(): Promise<void> {
    running = running
      .then(flush)
      .catch((error: unknown) => logFailure(log, clock, 'lookups.uncounted', error));
    return running;
  }

  async function flush(): Promise<void> {
    if (limits === undefined || counted.size === 0) return;
    const fresh = counted;
    counted = new Map();
    try {
      await store.write((connection) => addCounts(connection, fresh, limits));
    } catch (error) {
      for (const [facility, { lookups, misses }] of fresh) add(facility, lookups, misses);
      throw error;
    }
  }

  async function addCounts(
    connection: Connection,
    fresh: ReadonlyMap<string, Counted>,
    bounds: LookupLimits,
  ): Promise<void> {
    const now = clock.now().getTime();
    const hour = Math.floor(now / HOUR) * HOUR;
    await connection
      .deleteFrom('lookup_count')
      .where('hour', '<', now - KEPT)
      .execute();
    // In one order on every node, so that two never wait for each other.
    for (const [facility, { lookups, misses }] of [...fresh].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const sum = await connection
        .insertInto('lookup_count')
        .values({ facility, hour, lookups, misses })
        .onConflict((conflict) =>
          conflict.columns(['facility', 'hour']).doUpdateSet((s) => ({
            lookups: s('lookup_count.lookups', '+', lookups),
            misses: s('lookup_count.misses', '+', misses),
          })),
        )
        .returning(['lookups', 'misses'])
        .executeTakeFirstOrThrow();
      if (sum.lookups > bounds.perHour || sum.misses > bounds.missesPerHour)
        await lockLookups(store, connection, audit, { facility, at: now, reason: { ...sum, hour } });
    }
  }

  function add(facility: string, lookups: number, misses: number): void {
    const known = counted.get(facility);
    if (known === undefined) counted.set(facility, { lookups, misses });
    else {
      known.lookups += lookups;
      known.misses += misses;
    }
  }

  const lockOf = readTogether(store, async (facilities, anyOf) => {
    const rows = await standingLocks(store.read).where('facility', '=', anyOf(facilities)).execute();
    return new Map(rows.map(({ facility, id }) => [facility, id]));
  });
  const officerKey = (facility: string, cccd: string): string => `${facility} ${cccd}`;
  const nameOf = readTogether(store, async (keys, anyOf) => {
    const parts = keys.map((key) => key.split(' ', 2) as [string, string]);
    const rows = await store.read
      .selectFrom('officer')
      .select(['facility', 'cccd', 'full_name'])
      .where('facility', '=', anyOf(parts.map(([facility]) => facility)))
      .where('cccd', '=', anyOf(parts.map(([, cccd]) => cccd)))
      .execute();
    return new Map(rows.map((row) => [officerKey(row.facility, row.cccd), row.full_name]));
  });

  return {
    async admit(facility) {
      refuseLocked(await lockOf(facility));
    },
    async admitOfficer(facility, { cccd, fullName }) {
      const [lock, name] = await Promise.all([lockOf(facility), nameOf(officerKey(facility, cccd))]);
      refuseLocked(lock);
      if (name === undefined) throw new Refusal('054');
      if (plainName(name) !== plainName(fullName)) throw new Refusal('055');
    },
    count(facility, hasMissed) {
      if (limits !== undefined) add(facility, 1, hasMissed ? 1 : 0);
    },
    settle,
    async stop() {
      clearInterval(timer);
      await settle();
    },
  };
}

const standingLocks = (from: Pick<Connection, 'selectFrom'>) =>
  from.selectFrom('lookup_lock').select(['id', 'facility']).where('state', '<>', 'unlocked');

function refuseLocked(lock: string | null | undefined): void {
  if (typeof lock === 'string') throw new Refusal('403', details.lookupsLocked(lock));
}

/** Locks the look-up functions of a facility unless they are locked; gives the id of the lock that stands. */
export async function lockLookups(
  store: Store,
  connection: Connection,
  audit: AuditLog,
  lock: {
    readonly facility: string;
    readonly at: number;
    readonly reason: Readonly<Record<string, number | string>>;
    readonly actor?: string;
  },
): Promise<string> {
  const { facility, at, reason } = lock;
  await store.lock(connection, `lookups ${facility}`);
  const standing = await standingLocks(connection).where('facility', '=', facility).executeTakeFirst();
  if (standing !== undefined) return standing.id;
  const id = `KTC-${facility}-${randomUUID().slice(0, 8)}`;
  await connection
    .insertInto('lookup_lock')
    .values({
      id,
      facility,
      state: 'locked',
      reason: JSON.stringify(reason),
      locked_at: at,
      explained_at: null,
      explained_by: null,
      explanation: null,
      forwarded_at: null,
      forwarded_by: null,
      letter: null,
      unlocked_at: null,
      unlocked_by: null,
    })
    .execute();
  await connection
    .insertInto('event')
    .values({ at, type: 'lookup.locked', facility, subject: id, data: JSON.stringify(reason) })
    .execute();
  await audit.add(connection, {
    actor: lock.actor ?? 'server',
    action: 'lookup.locked',
    subject: facility,
    data: { lock: id, ...reason },
  });
  return id;
}
