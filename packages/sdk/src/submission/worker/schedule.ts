import { firstOfItsKey, type PostgresJournal } from '../postgres/journal.ts';
import { itemColumns, type PostgresItemRow } from '../postgres/rows.ts';
import { toItem } from '../journal-tables.ts';
import type { Item, ItemState } from '../item.ts';
import type { ItemJob, JobQueue, TakenJob } from './job-queue.ts';

/** An item that this worker may act on, with how often its outcome was asked for in vain. */
export interface DueItem {
  readonly job: TakenJob;
  readonly item: Item;
  readonly asked: number;
}

/** Brings open items from the journal to the engine and back, a bounded number of each sender at a time. */
export interface Schedule {
  /** Gives jobs to items of these senders that have none; true when there were any. */
  feed(senders: readonly string[]): Promise<boolean>;
  /** Which of these senders have anything scheduled. */
  busy(senders: readonly string[]): Promise<readonly string[]>;
  take(sender: string, limit: number): Promise<readonly DueItem[]>;
  /** The item comes back after a while, at the version it has now; `asked` counts the questions so far. */
  putBack(item: Item, afterMilliseconds: number, asked?: number): Promise<void>;
  /** What was taken and not begun may be taken by anybody now. */
  release(items: readonly Item[]): Promise<void>;
  pause(senders: readonly string[], milliseconds: number, reason: string): Promise<void>;
  resume(sender: string, canAsk: boolean): Promise<void>;
  /** Which of these senders have unknown outcomes that nobody asks for yet. */
  inDoubt(senders: readonly string[]): Promise<readonly string[]>;
  /** Open items of these senders that a worker can bring to an end. */
  open(senders: readonly string[]): Promise<number>;
}

export interface ScheduleOptions {
  readonly journal: PostgresJournal;
  readonly jobs: JobQueue;
  /** Milliseconds after which a job that did nothing is believed lost. */
  readonly span: number;
}

/**
 * Few enough that a newcomer's first item is never far behind, many enough that workers need not wait for feeding. An
 * outcome that was asked for and waits to be asked for again takes no place in it.
 */
const windowSize = 200;

export function openSchedule({ journal, jobs, span }: ScheduleOptions): Schedule {
  const { db } = journal;
  const s = db.schema;
  const stored = `EXISTS (SELECT 1 FROM ${s}.documents d WHERE d.sha256 = i.sha256)`;
  /** A worker sends what is stored and asks for what can be asked. */
  const workable = `((i.state = 'planned' AND ${stored}) OR (i.state = 'unknown' AND l.can_ask))`;
  const until = (place: string): string =>
    `clock_timestamp() + (${place}::float8 + ${span}) * interval '1 millisecond'`;

  const give = async (senders: readonly string[], state: ItemState, condition: string): Promise<boolean> => {
    const rows = await db.query<ItemJob & { sender: string }>(
      `UPDATE ${s}.items SET scheduled_until = ${until('0')} WHERE id IN (
         SELECT p.id FROM ${s}.lanes l CROSS JOIN LATERAL (
           SELECT i.id FROM ${s}.items i WHERE i.sender = l.sender AND i.state = $2
             AND (i.scheduled_until IS NULL OR i.scheduled_until < clock_timestamp()) AND ${condition}
           ORDER BY i.due, i.id
           LIMIT greatest(0, ${windowSize} - (SELECT count(*) FROM ${s}.items q WHERE q.sender = l.sender
             AND q.state = $2 AND q.asked = 0
             AND q.scheduled_until IS NOT NULL AND q.scheduled_until >= clock_timestamp()))
           FOR UPDATE OF i SKIP LOCKED) p
         WHERE l.sender = ANY($1::text[]) AND (l.paused_until IS NULL OR l.paused_until <= clock_timestamp()))
       RETURNING id AS item, version, sender`,
      [senders, state],
    );
    const bySender = new Map<string, ItemJob[]>();
    for (const { item, version, sender } of rows.sort((a, b) => a.item - b.item)) {
      const list = bySender.get(sender);
      if (list) list.push({ item, version });
      else bySender.set(sender, [{ item, version }]);
    }
    for (const [sender, list] of bySender) await jobs.give(sender, list);
    return rows.length > 0;
  };

  return {
    async feed(senders) {
      // What may have arrived is asked for before anything new is sent.
      const doubtful = await give(senders, 'unknown', 'l.can_ask');
      const planned = await give(senders, 'planned', `${stored} AND ${firstOfItsKey(s)}`);
      return doubtful || planned;
    },

    async busy(senders) {
      const rows = await db.query<{ sender: string }>(
        `SELECT l.sender FROM ${s}.lanes l WHERE l.sender = ANY($1::text[])
           AND (l.paused_until IS NULL OR l.paused_until <= clock_timestamp())
           AND EXISTS (SELECT 1 FROM ${s}.items i WHERE i.sender = l.sender AND i.scheduled_until IS NOT NULL)`,
        [senders],
      );
      return rows.map(({ sender }) => sender);
    },

    async take(sender, limit) {
      const taken = await jobs.take(sender, limit);
      if (taken.length === 0) return [];
      const rows = await db.query<PostgresItemRow & { asked: number }>(
        `SELECT ${itemColumns}, asked FROM ${s}.items WHERE id = ANY($1::bigint[]) AND state IN ('planned', 'unknown')`,
        [taken.map(({ item }) => item)],
      );
      const found = new Map(rows.map((row) => [row.id, row]));
      return taken.flatMap((job) => {
        const row = found.get(job.item);
        if (row?.version === job.version) return [{ job, item: toItem(row), asked: row.asked }];
        jobs.done(job);
        return [];
      });
    },

    async putBack({ id, sender }, afterMilliseconds, asked = 0) {
      const [row] = await db.query<{ version: number }>(
        `UPDATE ${s}.items SET scheduled_until = ${until('$2')}, asked = $3
         WHERE id = $1 AND state IN ('planned', 'unknown') RETURNING version`,
        [id, afterMilliseconds, asked],
      );
      if (row) await jobs.give(sender, [{ item: id, version: row.version }], afterMilliseconds);
    },

    async release(items) {
      await db.once(`UPDATE ${s}.items SET scheduled_until = NULL WHERE id = ANY($1::bigint[])`, [
        items.map(({ id }) => id),
      ]);
    },

    async pause(senders, milliseconds, reason) {
      await db.query(
        `UPDATE ${s}.lanes SET pause_reason = $3, paused_until = greatest(paused_until,
           clock_timestamp() + $2::float8 * interval '1 millisecond') WHERE sender = ANY($1::text[])`,
        [senders, milliseconds, reason],
      );
    },

    async resume(sender, canAsk) {
      await db.query(
        `UPDATE ${s}.lanes SET can_ask = $2, paused_until = NULL, pause_reason = NULL WHERE sender = $1
           AND (can_ask <> $2 OR paused_until IS NOT NULL)`,
        [sender, canAsk],
      );
    },

    async inDoubt(senders) {
      const rows = await db.query<{ sender: string }>(
        `SELECT l.sender FROM ${s}.lanes l WHERE l.sender = ANY($1::text[]) AND NOT l.can_ask
           AND EXISTS (SELECT 1 FROM ${s}.items i WHERE i.sender = l.sender AND i.state = 'unknown')`,
        [senders],
      );
      return rows.map(({ sender }) => sender);
    },

    async open(senders) {
      const [row] = await db.query<{ n: number }>(
        `SELECT count(*) AS n FROM ${s}.lanes l JOIN ${s}.items i ON i.sender = l.sender
         WHERE l.sender = ANY($1::text[]) AND (i.state = 'sending' OR ${workable})`,
        [senders],
      );
      return row?.n ?? 0;
    },
  };
}
