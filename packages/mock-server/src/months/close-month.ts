import { randomUUID } from 'node:crypto';
import { isoDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import type { JobWork } from '../jobs/attempt-job.ts';
import { Refused } from '../problem.ts';
import { monthAfter } from '../register/stretches.ts';
import type { MonthCloseTable } from '../store/month-tables.ts';
import { closeBatch } from './close-batch.ts';
import { MONTH_JOB } from './month-job.ts';

/**
 * Begins to close a month for every unit; asked again, gives how far the run is. A month is closed when it has ended and
 * the one before it is closed.
 *
 * @throws Refused MONTH_NOT_ENDED, MONTH_ORDER
 */
export async function startMonthClose(
  { store, clock }: ServerContext,
  month: string,
): Promise<MonthCloseTable> {
  const now = clock.now();
  if (month >= isoDay(now).slice(0, 7))
    throw new Refused({ status: 409, code: 'MONTH_NOT_ENDED', title: 'The month has not ended' });
  return await store.write(async (connection) => {
    await store.lock(connection, MONTH_JOB);
    const runs = await connection.selectFrom('month_close').selectAll().orderBy('month').execute();
    const known = runs.find((run) => run.month === month);
    if (known !== undefined) return known;
    const last = runs.at(-1);
    if (last !== undefined && (last.state !== 'done' || month !== monthAfter(last.month)))
      throw new Refused({
        status: 409,
        code: 'MONTH_ORDER',
        title: 'Months are closed one after the other',
        detail: last.state === 'done' ? monthAfter(last.month) : last.month,
      });
    const run: MonthCloseTable = {
      month,
      state: 'running',
      after_unit: '',
      units: 0,
      workers: 0,
      principal: 0,
      interest: 0,
      digest: '',
      started_at: now.getTime(),
      finished_at: null,
    };
    await connection.insertInto('month_close').values(run).execute();
    await connection
      .insertInto('job')
      .values({
        id: randomUUID(),
        kind: MONTH_JOB,
        subject: month,
        due_at: now.getTime(),
        attempts: 0,
        last_error: null,
      })
      .execute();
    return run;
  });
}

/** Batches of one turn; the job stays until the run is done, so that other jobs have their turns between. */
const BATCHES = 4;

export function monthWork(server: ServerContext): JobWork {
  const { store } = server;
  return async (job) => {
    for (let batch = 0; batch < BATCHES; batch += 1)
      if (!(await closeBatch(server, job.subject))) {
        await store.write((connection) => connection.deleteFrom('job').where('id', '=', job.id).execute());
        return;
      }
    // Due again, for whichever node takes it.
    await store.write((connection) =>
      connection.updateTable('job').set({ queued: 0 }).where('id', '=', job.id).execute(),
    );
  };
}
