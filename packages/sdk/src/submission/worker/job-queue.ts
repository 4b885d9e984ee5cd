import { createHash } from 'node:crypto';
import { gatewayError } from '../../transport/gateway-error.ts';
import type { PostgresDatabase } from '../postgres/database.ts';

/** A job says only which item, and at which version it was scheduled; everything else is in the journal. */
export interface ItemJob {
  readonly item: number;
  readonly version: number;
}

export interface TakenJob extends ItemJob {
  readonly sender: string;
  /** Of the job in the engine. */
  readonly id: string;
}

/**
 * The schedule of a shared journal, one queue a sender. It may lose or repeat jobs: what is lost is scheduled again
 * from the journal, and a repeated job finds its item at another version.
 */
export interface JobQueue {
  give(sender: string, jobs: readonly ItemJob[], afterMilliseconds?: number): Promise<void>;
  take(sender: string, limit: number): Promise<readonly TakenJob[]>;
  done(job: TakenJob): void;
  close(): Promise<void>;
}

export interface JobQueueOptions {
  readonly db: PostgresDatabase;
  /** After this long a job whose worker says nothing is given to another, in milliseconds. */
  readonly span: number;
}

const doneGap = 100;

/** pg-boss is an optional peer: only workers need it. It uses the journal's connections and a schema of its own. */
export async function openJobQueue({ db, span }: JobQueueOptions): Promise<JobQueue> {
  const { default: Boss } = await import('pg-boss').catch((cause: unknown) => {
    throw gatewayError('ERR_PG_MISSING', { category: 'usage', retry: 'never', cause });
  });
  const boss = new Boss({
    schema: `${db.schema}_jobs`,
    db: { executeSql: async (sql, values) => ({ rows: await db.query(sql, values) }) },
    schedule: false,
    expireInSeconds: Math.max(1, Math.ceil(span / 1000)),
    retryLimit: 1_000,
    maintenanceIntervalSeconds: 60,
  });
  // Maintenance runs again a minute later; every call of ours fails on its own.
  boss.on('error', () => undefined);
  await boss.start();

  const known = new Map<string, Promise<string>>();
  const queueOf = (sender: string): Promise<string> => {
    const found = known.get(sender);
    if (found) return found;
    const name = queueName(sender);
    const made = boss.createQueue(name).then(() => name);
    known.set(sender, made);
    made.catch(() => known.delete(sender));
    return made;
  };

  let finished = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  let removing: Promise<void> = Promise.resolve();
  const remove = async (): Promise<void> => {
    timer = undefined;
    const batch = finished;
    finished = new Map();
    for (const [sender, ids] of batch) {
      await boss.deleteJob(await queueOf(sender), ids).catch(() => undefined);
    }
  };

  return {
    async give(sender, jobs, afterMilliseconds = 0) {
      if (jobs.length === 0) return;
      const name = await queueOf(sender);
      const startAfter = `${Math.ceil(afterMilliseconds)} milliseconds`;
      await boss.insert(jobs.map(({ item, version }) => ({ name, data: { item, version }, startAfter })));
    },
    async take(sender, limit) {
      const jobs = await boss.fetch<ItemJob>(await queueOf(sender), { batchSize: limit });
      return jobs.map(({ id, data: { item, version } }) => ({ id, item, version, sender }));
    },
    done({ sender, id }) {
      const ids = finished.get(sender);
      if (ids) ids.push(id);
      else finished.set(sender, [id]);
      timer ??= setTimeout(() => (removing = remove()), doneGap);
    },
    async close() {
      clearTimeout(timer);
      await removing;
      await remove();
      await boss.stop({ graceful: false, wait: false }).catch(() => undefined);
    },
  };
}

/** Readable, and different for every sender. */
export function queueName(sender: string): string {
  const mark = createHash('sha256').update(sender).digest('hex').slice(0, 8);
  return `items-${sender.replaceAll(/[^\w-]/g, '-').slice(0, 80)}-${mark}`;
}
