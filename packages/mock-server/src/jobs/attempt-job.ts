import type { VirtualClock } from '../clock/clock.ts';
import { nameOfError } from '../log/log-failure.ts';
import type { Logger } from '../log/request-log.ts';
import type { Store } from '../store/store.ts';
import type { JobTable } from '../store/tables.ts';
import type { Selectable } from 'kysely';

export type Job = Selectable<JobTable>;

/**
 * Does a job's work. It must delete the job's row in the transaction that stores the outcome, and store nothing when the
 * row is gone: another node was faster.
 */
export type JobWork = (job: Job) => Promise<void>;

export interface JobRunner {
  start(work: JobWork): void;
  /** Something may be due: a commit added a job, or the clock moved. */
  wake(): void;
  /** Resolves when nothing is due any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** A check that failed so often waits for the next start. */
export const ATTEMPTS = 5;
const RETRY_AFTER = 1_000;

/** Does one job; a failure is noted, and the job is due again later. */
export async function attemptJob(
  store: Store,
  clock: VirtualClock,
  log: Logger,
  work: JobWork,
  job: Job,
): Promise<void> {
  try {
    await work(job);
  } catch (error) {
    const name = nameOfError(error);
    log({
      at: clock.now().toISOString(),
      level: 'error',
      event: 'job.failed',
      kind: job.kind,
      subject: job.subject,
      error: name,
    });
    await store.write((connection) =>
      connection
        .updateTable('job')
        .set({
          attempts: job.attempts + 1,
          due_at: clock.now().getTime() + RETRY_AFTER * 2 ** job.attempts,
          last_error: name,
          queued: 0,
        })
        .where('id', '=', job.id)
        .execute(),
    );
  }
}

/** What failed too often may have failed for a reason that a new start removes. */
export async function forgiveJobs(store: Store): Promise<void> {
  await store.write((connection) =>
    connection.updateTable('job').set({ attempts: 0 }).where('attempts', '>=', ATTEMPTS).execute(),
  );
}
