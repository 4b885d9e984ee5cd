import { CompiledQuery, sql } from 'kysely';
import type PgBoss from 'pg-boss';
import type { VirtualClock } from '../clock/clock.ts';
import { logFailure } from '../log/log-failure.ts';
import type { Logger } from '../log/request-log.ts';
import type { Connection, Store } from '../store/store.ts';
import { attemptJob, ATTEMPTS, forgiveJobs, type JobRunner, type JobWork } from './attempt-job.ts';
import { beginInTurns } from './begin-in-turns.ts';

const QUEUE = 'work';
/** Schema of the engine, beside the server's own tables. */
export const ENGINE_SCHEMA = 'bhxh_jobs';
const BATCH = 16;
/** Jobs that are handed to the engine at a time. */
const FEED = 200;
/** How often to look for what other nodes were given and have not done, in milliseconds of the machine. */
const LOOK_EVERY = 1_000;

interface EngineJob {
  readonly job: string;
}

/**
 * Background work of several nodes over one PostgreSQL. The job table says what is to be done and when by the server's
 * clock, and its row ends in the transaction of the outcome; the engine says which node does it. What a node was given and
 * did not finish within `takeOverAfter` seconds goes to another.
 */
export function createBossRunner(
  store: Store,
  clock: VirtualClock,
  log: Logger,
  takeOverAfter: number,
  quiet: () => Promise<void>,
): JobRunner {
  let work: JobWork | undefined;
  let engine: Promise<PgBoss> | undefined;
  let stopped = false;
  let again = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let mended = 0;
  const unsubscribe = clock.onMove(() => runner.wake());

  async function open(): Promise<PgBoss> {
    // Loaded only where it is used: most servers are embedded.
    const { default: Boss } = await import('pg-boss');
    const boss = new Boss({
      schema: ENGINE_SCHEMA,
      db: executor(store.read),
      schedule: false,
      expireInSeconds: takeOverAfter,
      retryLimit: 1_000,
      maintenanceIntervalSeconds: Math.max(1, Math.floor(takeOverAfter / 3)),
      archiveCompletedAfterSeconds: 60,
      deleteAfterSeconds: 600,
    });
    boss.on('error', (error) => logFailure(log, clock, 'jobs.engine', error));
    await boss.start();
    await boss.createQueue(QUEUE);
    return boss;
  }

  const boss = (): Promise<PgBoss> => {
    engine ??= open();
    engine.catch(() => (engine = undefined));
    return engine;
  };

  async function pass(): Promise<void> {
    do {
      again = false;
      const queue = await boss();
      if (performance.now() - mended > takeOverAfter * 1_000) {
        mended = performance.now();
        await mend(store);
      }
      for (;;) {
        // Intake goes first: a check is never urgent, an answer is.
        await quiet();
        if (stopped) return;
        const fed = await feed(queue);
        const done = await takeTurn(queue);
        if (fed === 0 && done === 0) break;
      }
    } while (again && !stopped);
  }

  /** Hands what is due to the engine, in the transaction that says so. */
  async function feed(queue: PgBoss): Promise<number> {
    return await store.write(async (connection) => {
      const due = await connection
        .selectFrom('job')
        .select('id')
        .where('due_at', '<=', clock.now().getTime())
        .where('attempts', '<', ATTEMPTS)
        .where('queued', '=', 0)
        .orderBy('due_at')
        .orderBy('id')
        .limit(FEED)
        .forUpdate()
        .skipLocked()
        .execute();
      if (due.length === 0) return 0;
      await connection
        .updateTable('job')
        .set({ queued: 1 })
        .where(
          'id',
          'in',
          due.map(({ id }) => id),
        )
        .execute();
      await queue.insert(
        due.map(({ id }) => ({ name: QUEUE, data: { job: id } satisfies EngineJob })),
        { db: executor(connection) },
      );
      return due.length;
    });
  }

  async function takeTurn(queue: PgBoss): Promise<number> {
    const doWork = work;
    if (doWork === undefined) return 0;
    const given = await queue.fetch<EngineJob>(QUEUE, { batchSize: BATCH });
    const begun = await beginInTurns(
      given,
      ({ data }) => doOne(doWork, data.job),
      () => stopped,
    );
    // Those a stop left undone stay the engine's, which gives them to another node.
    const ids = given.slice(0, begun).map(({ id }) => id);
    if (ids.length > 0) await queue.deleteJob(QUEUE, ids);
    return given.length;
  }

  async function doOne(doWork: JobWork, id: string): Promise<void> {
    const job = await store.read.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
    // Done by another node, or dropped by a reset.
    if (job !== undefined) await attemptJob(store, clock, log, doWork, job);
  }

  async function isSomethingDue(): Promise<boolean> {
    const due = await store.read
      .selectFrom('job')
      .select('id')
      .where('due_at', '<=', clock.now().getTime())
      .where('attempts', '<', ATTEMPTS)
      .limit(1)
      .executeTakeFirst();
    return due !== undefined;
  }

  const runner: JobRunner = {
    start(doWork) {
      work = doWork;
      timer = setInterval(() => runner.wake(), LOOK_EVERY);
      timer.unref();
      void forgiveJobs(store)
        .catch(() => undefined)
        .finally(() => runner.wake());
    },
    wake() {
      if (stopped || work === undefined) return;
      again = true;
      running ??= pass()
        .catch((error: unknown) => logFailure(log, clock, 'jobs.stopped', error))
        .finally(() => (running = undefined));
    },
    async idle() {
      while (!stopped) {
        runner.wake();
        await running;
        if (!(await isSomethingDue())) return;
        // Another node is at it, or will be found out to be gone.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      stopped = true;
      unsubscribe();
      clearInterval(timer);
      await running;
      const opened = await engine?.catch(() => undefined);
      await opened?.stop({ graceful: false, wait: false }).catch(() => undefined);
    },
  };
  return runner;
}

/** The engine's statements on one of our connections. */
function executor(connection: Connection): {
  executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
} {
  return {
    async executeSql(text, values) {
      const { rows } = await connection.executeQuery(CompiledQuery.raw(text, values));
      return { rows };
    },
  };
}

/** What the engine was given and no longer has (its tables were emptied, a backup was restored) is handed over again. */
async function mend(store: Store): Promise<void> {
  await store.write((connection) =>
    sql`update job set queued = 0 where queued = 1 and not exists (
      select 1 from ${sql.table(`${ENGINE_SCHEMA}.job`)} e
      where e.name = ${QUEUE} and e.state < 'completed' and e.data->>'job' = job.id)`.execute(connection),
  );
}
