import type { VirtualClock } from '../clock/clock.ts';
import { logFailure } from '../log/log-failure.ts';
import type { Logger } from '../log/request-log.ts';
import type { Store } from '../store/store.ts';
import { attemptJob, ATTEMPTS, forgiveJobs, type JobRunner, type JobWork } from './attempt-job.ts';
import { beginInTurns } from './begin-in-turns.ts';

const BATCH = 16;
/** How often to look for jobs of other nodes, and how long at most to sleep toward a due date. */
const LONGEST_SLEEP = 2_000;

/** Background work of one process over the job table; due dates are the server clock's. */
export function createJobRunner(
  store: Store,
  clock: VirtualClock,
  log: Logger,
  quiet: () => Promise<void>,
): JobRunner {
  let work: JobWork | undefined;
  let stopped = false;
  let again = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = clock.onMove(() => runner.wake());

  async function pass(): Promise<void> {
    do {
      again = false;
      for (;;) {
        // Intake goes first: a check is never urgent, an answer is.
        await quiet();
        if (stopped || work === undefined) return;
        const due = await store.read
          .selectFrom('job')
          .selectAll()
          .where('due_at', '<=', clock.now().getTime())
          .where('attempts', '<', ATTEMPTS)
          .orderBy('due_at')
          .orderBy('id')
          .limit(BATCH)
          .execute();
        if (due.length === 0) break;
        const doWork = work;
        await beginInTurns(
          due,
          (job) => attemptJob(store, clock, log, doWork, job),
          () => stopped,
        );
        if (stopped) return;
      }
    } while (again);
    await sleepUntilNext();
  }

  async function sleepUntilNext(): Promise<void> {
    const next = await store.read
      .selectFrom('job')
      .select((s) => s.fn.min('due_at').as('due_at'))
      .where('attempts', '<', ATTEMPTS)
      .executeTakeFirst();
    if (stopped) return;
    const due = next?.due_at ?? null;
    if (due === null && store.dialect === 'sqlite') return;
    sleep(due === null ? LONGEST_SLEEP : Math.min(Math.max(due - clock.now().getTime(), 1), LONGEST_SLEEP));
  }

  function sleep(wait: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => runner.wake(), wait);
    timer.unref();
  }

  const runner: JobRunner = {
    start(doWork) {
      work = doWork;
      void forgiveJobs(store)
        .catch(() => undefined)
        .finally(() => runner.wake());
    },
    wake() {
      if (stopped || work === undefined) return;
      again = true;
      running ??= pass()
        .catch((error: unknown) => {
          logFailure(log, clock, 'jobs.stopped', error);
          // The store may take writes again later, and nothing else may come to wake us.
          sleep(LONGEST_SLEEP);
        })
        .finally(() => {
          running = undefined;
          if (again) runner.wake();
        });
    },
    async idle() {
      runner.wake();
      while (running !== undefined) await running;
    },
    async stop() {
      stopped = true;
      unsubscribe();
      clearTimeout(timer);
      while (running !== undefined) await running;
    },
  };
  return runner;
}
