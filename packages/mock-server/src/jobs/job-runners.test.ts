import { afterEach, describe, expect, it } from 'vitest';
import { startPostgres } from '../../test/postgres.ts';
import { createVirtualClock } from '../clock/clock.ts';
import type { Logger } from '../log/request-log.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { JobRunner } from './attempt-job.ts';
import { createBossRunner } from './boss-runner.ts';
import { createJobRunner } from './job-runner.ts';

const JOBS = 40;
const clock = createVirtualClock();
const quiet = () => Promise.resolve();

let close: () => Promise<void>;
afterEach(() => close(), 60_000);

async function addJobs(store: Store): Promise<void> {
  await store.write(async (connection) => {
    for (let job = 0; job < JOBS; job += 1) {
      await connection
        .insertInto('job')
        .values({ id: `j${job}`, kind: 'test', subject: `${job}`, due_at: 0, attempts: 0, last_error: null })
        .execute();
    }
  });
}

/**
 * Runs the jobs over a database that takes no more writes (a full disk, a cut connection) from the moment the first job
 * is at work until the runner has noticed; gives how often each was done.
 */
async function runOver(
  plain: Store,
  createRunner: (store: Store, log: Logger) => JobRunner,
): Promise<readonly number[]> {
  await addJobs(plain);
  let isBroken = false;
  const store: Store = {
    ...plain,
    write: (work) => (isBroken ? Promise.reject(new Error('no space left')) : plain.write(work)),
  };
  const events: string[] = [];
  const runner = createRunner(store, ({ event }) => void events.push(event));
  close = async () => {
    await runner.stop();
    await plain.close();
  };
  const done = Array.from({ length: JOBS }, () => 0);
  runner.start(async (job) => {
    isBroken ||= done.every((times) => times === 0) && !events.includes('jobs.stopped');
    await store.write((connection) => connection.deleteFrom('job').where('id', '=', job.id).execute());
    done[Number(job.subject)]! += 1;
  });
  await expect.poll(() => events, { timeout: 20_000 }).toContain('jobs.stopped');
  isBroken = false;
  await expect
    .poll(() => done.filter((times) => times > 0).length, { timeout: 60_000, interval: 100 })
    .toBe(JOBS);
  return done;
}

describe('when the store takes no writes for a while', () => {
  // An unhandled rejection ends a process; the runner of these tests counts it as a failure of the whole run.
  it('the embedded runner goes on afterwards, unasked', async () => {
    const done = await runOver(await openStore('memory'), (store, log) =>
      createJobRunner(store, clock, log, quiet),
    );
    expect(new Set(done)).toEqual(new Set([1]));
  }, 60_000);

  it('the runner of several nodes goes on afterwards, unasked', async () => {
    const postgres = await startPostgres();
    const plain = await openStore(postgres.address);
    const ended = { ...plain, close: async () => (await plain.close(), postgres.stop()) };
    const done = await runOver(ended, (store, log) => createBossRunner(store, clock, log, 2, quiet));
    expect(new Set(done)).toEqual(new Set([1]));
  }, 120_000);
});
