import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { gatewaySentence } from '../../messages/gateway/index.ts';
import type { ItemProblem } from '../item.ts';
import { appendBlock, type BlockName, lockHead, type NewEvent, writtenBlock } from './append-block.ts';
import type { PostgresDatabase } from './database.ts';

export interface LeaseOptions {
  readonly db: PostgresDatabase;
  /** How long a writer that is not heard of counts as alive, in milliseconds. */
  readonly span: number;
  /** Shown in the dashboard: `worker`, `submit`, `queue`. */
  readonly role: string;
  readonly concurrency: number;
  readonly now: () => Date;
  readonly elapsed: () => number;
  readonly nameBlock: () => BlockName;
}

/** The lease of this process on its items, renewed until it ends. */
export interface Lease {
  readonly id: string;
  /** False when the lease may have run out: what is claimed now could be taken for abandoned. */
  isFresh(): boolean;
  /** Renews this lease and makes what dead writers were sending `unknown`; gives the number of such items. */
  renew(): Promise<number>;
  report(load: { readonly sent: number; readonly running: number }): void;
  end(): Promise<void>;
}

const page = 500;

export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const { db, span, elapsed } = options;
  const s = db.schema;
  let id = randomUUID() as string;
  let renewedAt = elapsed();
  let load = { sent: 0, running: 0 };
  const register = async (): Promise<void> => {
    const begun = elapsed();
    await db.query(
      `INSERT INTO ${s}.writers (id, host, pid, role, concurrency, expires_at)
       VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond') ON CONFLICT DO NOTHING`,
      [id, hostname(), process.pid, options.role, options.concurrency, span],
    );
    renewedAt = begun;
  };
  const renew = async (): Promise<number> => {
    const begun = elapsed();
    const [live] = await db.once(
      `UPDATE ${s}.writers SET seen_at = clock_timestamp(), sent = $3, running = $4,
         expires_at = clock_timestamp() + $2 * interval '1 millisecond'
       WHERE id = $1 AND ended_at IS NULL RETURNING 1 AS live`,
      [id, span, load.sent, load.running],
    );
    if (live) renewedAt = begun;
    else {
      // Somebody took this process for dead; it goes on under a new name, and its old claims stay lost.
      id = randomUUID();
      await register();
    }
    return reap(options);
  };
  await register();

  // A third of the span: two renewals may fail before the lease does.
  const timer = setInterval(() => void renew().catch(() => undefined), Math.max(50, span / 3));
  timer.unref();
  return {
    get id() {
      return id;
    },
    isFresh: () => elapsed() - renewedAt < span,
    renew: () => renew(),
    report: (next) => void (load = { ...next }),
    async end() {
      clearInterval(timer);
      await db
        .once(`UPDATE ${s}.writers SET ended_at = clock_timestamp(), running = 0 WHERE id = $1`, [id])
        .catch(() => undefined);
    },
  };
}

/** What a writer that ended or was not heard of any more left in `sending` may have arrived. */
async function reap({ db, now, nameBlock }: LeaseOptions): Promise<number> {
  const s = db.schema;
  const abandoned = `i.state = 'sending' AND NOT EXISTS (SELECT 1 FROM ${s}.writers w WHERE w.id = i.writer
    AND w.ended_at IS NULL AND w.expires_at > clock_timestamp())`;
  let reaped = 0;
  for (;;) {
    const [any] = await db.query(`SELECT 1 AS one FROM ${s}.items i WHERE ${abandoned} LIMIT 1`);
    if (any === undefined) return reaped;
    const problem = problemOf('ERR_INTERRUPTED_WHILE_SENDING');
    const at = now().toISOString();
    const name = nameBlock();
    reaped += await db.transaction(async (query) => {
      const head = await lockHead(query, s);
      const done = await writtenBlock(query, s, name);
      if (done !== null) return done.length;
      await query(
        `UPDATE ${s}.writers SET ended_at = clock_timestamp(), running = 0
         WHERE ended_at IS NULL AND expires_at <= clock_timestamp()`,
      );
      const rows = await query<{ id: number; version: number; attempts: number }>(
        `UPDATE ${s}.items AS i SET state = 'unknown', problem = $1, changed_at = $2, lost_version = version,
           version = version + 1, writer = NULL, scheduled_until = NULL, asked = 0
         WHERE id IN (SELECT i.id FROM ${s}.items i WHERE ${abandoned} ORDER BY i.id LIMIT ${page})
         RETURNING id, version, attempts`,
        [JSON.stringify(problem), at],
      );
      const events = rows.map(({ id, version, attempts }): NewEvent => {
        return { item: id, version, state: 'unknown', at, data: { problem, attempts } };
      });
      if (events.length > 0) await appendBlock(query, s, head, name, events);
      return events.length;
    });
  }
}

/** After lost blocks everything that is open may have been sent. */
export async function doubtEverything({
  db,
  now,
  nameBlock,
}: Pick<LeaseOptions, 'db' | 'now' | 'nameBlock'>): Promise<void> {
  const s = db.schema;
  const problem = problemOf('ERR_JOURNAL_TAIL_LOST');
  const at = now().toISOString();
  const name = nameBlock();
  await db.transaction(async (query) => {
    const head = await lockHead(query, s);
    if ((await writtenBlock(query, s, name)) !== null) return;
    await query(`UPDATE ${s}.head SET doubtful = true`);
    const rows = await query<{ id: number; version: number; attempts: number }>(
      `UPDATE ${s}.items SET state = 'unknown', problem = $1, changed_at = $2, version = version + 1, writer = NULL,
         lost_version = NULL, scheduled_until = NULL, asked = 0
       WHERE state IN ('planned', 'sending') RETURNING id, version, attempts`,
      [JSON.stringify(problem), at],
    );
    const events = rows.map(({ id, version, attempts }): NewEvent => {
      return { item: id, version, state: 'unknown', at, data: { problem, attempts } };
    });
    if (events.length > 0) await appendBlock(query, s, head, name, events);
  });
}

export function problemOf(code: 'ERR_INTERRUPTED_WHILE_SENDING' | 'ERR_JOURNAL_TAIL_LOST'): ItemProblem {
  return { code, where: 'local', ...gatewaySentence(code) };
}
