import { type ItemCounts, type ItemState, itemStates } from '../item.ts';
import { journalFault } from '../journal-faults.ts';
import { openPostgresDatabase, type PostgresDatabase } from '../postgres/database.ts';
import { addressOf, countsOf, requireInstalled } from '../postgres/journal.ts';

/** A process that writes, or wrote not long ago. */
export interface WriterStatus {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly role: string;
  /** `lost` when it was not heard of for longer than its lease. */
  readonly state: 'alive' | 'lost' | 'ended';
  readonly startedAt: string;
  readonly seenAt: string;
  readonly concurrency: number;
  readonly running: number;
  /** Accepted through it. */
  readonly sent: number;
}

export interface LaneStatus {
  readonly sender: string;
  readonly counts: ItemCounts;
  /** ISO date and time since when the oldest planned item waits; null when none does. */
  readonly oldestPlanned: string | null;
  readonly oldestUnknown: string | null;
  /** The nearest legal deadline of what is planned. */
  readonly nextDeadline: string | null;
  /** Given to the engine, of what is planned and unknown. */
  readonly scheduled: number;
  /** Accepted or confirmed in the last minute. */
  readonly perMinute: number;
  readonly pausedUntil: string | null;
  readonly pauseReason: string | null;
}

export interface SharedStatus {
  readonly path: string;
  readonly at: string;
  readonly writers: readonly WriterStatus[];
  readonly lanes: readonly LaneStatus[];
  readonly counts: ItemCounts;
  readonly perMinute: number;
}

const patience = 10_000;

/**
 * Reads workers and queues of a shared journal; changes nothing.
 *
 * @throws BhxhError `unavailable` when the database does not answer, `input` when there is no journal
 */
export async function readSharedStatus(path: string, now: () => Date): Promise<SharedStatus> {
  const address = addressOf(path);
  const db = await openPostgresDatabase({ address, patience });
  try {
    await db.reach('now');
    await requireInstalled(db);
    const at = now();
    const lanes = await readLanes(db, new Date(at.getTime() - 60_000).toISOString());
    const counts = countsOf(
      itemStates.map((state) => ({ state, n: lanes.reduce((sum, lane) => sum + lane.counts[state], 0) })),
    );
    return {
      path: db.shown,
      at: at.toISOString(),
      writers: await readWriters(db),
      lanes,
      counts,
      perMinute: lanes.reduce((sum, lane) => sum + lane.perMinute, 0),
    };
  } catch (error) {
    throw journalFault(error, db.shown);
  } finally {
    await db.close();
  }
}

async function readWriters(db: PostgresDatabase): Promise<WriterStatus[]> {
  const rows = await db.query<
    Omit<WriterStatus, 'startedAt' | 'seenAt'> & { started_at: Date; seen_at: Date }
  >(
    `SELECT id, host, pid, role, started_at, seen_at, concurrency, running, sent,
       CASE WHEN ended_at IS NOT NULL AND ended_at < expires_at THEN 'ended'
            WHEN ended_at IS NOT NULL OR expires_at <= clock_timestamp() THEN 'lost' ELSE 'alive' END AS state
     FROM ${db.schema}.writers
     WHERE role = 'worker' AND (ended_at IS NULL OR ended_at > clock_timestamp() - interval '1 hour')
     ORDER BY started_at`,
  );
  return rows.map(({ started_at, seen_at, ...writer }) => {
    return { ...writer, startedAt: started_at.toISOString(), seenAt: seen_at.toISOString() };
  });
}

async function readLanes(db: PostgresDatabase, minuteAgo: string): Promise<LaneStatus[]> {
  const s = db.schema;
  const lanes = await db.query<{ sender: string; paused_until: Date | null; pause_reason: string | null }>(
    `SELECT sender, pause_reason, CASE WHEN paused_until > clock_timestamp() THEN paused_until END AS paused_until
     FROM ${s}.lanes ORDER BY sender`,
  );
  const states = await db.query<{
    sender: string;
    state: ItemState;
    n: number;
    oldest: string;
    due: string;
    scheduled: number;
  }>(
    `SELECT sender, state, count(*) AS n, min(changed_at) AS oldest, min(due) AS due,
       count(*) FILTER (WHERE scheduled_until IS NOT NULL) AS scheduled FROM ${s}.items GROUP BY sender, state`,
  );
  const rates = await db.query<{ sender: string; n: number }>(
    `SELECT sender, count(*) AS n FROM ${s}.items WHERE state IN ('accepted', 'confirmed') AND changed_at > $1
     GROUP BY sender`,
    [minuteAgo],
  );
  return lanes.map(({ sender, paused_until, pause_reason }) => {
    const own = states.filter((row) => row.sender === sender);
    const of = (state: ItemState): (typeof own)[number] | undefined => own.find((row) => row.state === state);
    const due = of('planned')?.due ?? '9';
    return {
      sender,
      counts: countsOf(own),
      oldestPlanned: of('planned')?.oldest ?? null,
      oldestUnknown: of('unknown')?.oldest ?? null,
      nextDeadline: due.startsWith('9') ? null : due,
      scheduled: own.reduce((sum, row) => sum + row.scheduled, 0),
      perMinute: rates.find((row) => row.sender === sender)?.n ?? 0,
      pausedUntil: paused_until?.toISOString() ?? null,
      pauseReason: paused_until === null ? null : pause_reason,
    };
  });
}
