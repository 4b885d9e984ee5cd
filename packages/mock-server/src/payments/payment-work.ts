import type { ServerContext } from '../context.ts';
import type { JobWork } from '../jobs/attempt-job.ts';
import { runPlannedStep } from './act-on-record.ts';
import { allKinds } from './kinds/all-kinds.ts';
import { sweepBySchedule } from './kinds/sweep.ts';

/** What the server does on the bank side at a later moment: steps of records, and sweeps by the calendar. */
export function paymentWork(server: ServerContext): JobWork {
  return async (job) => {
    const [what = '', account = ''] = job.subject.split(' ');
    if (what !== 'sweep') return await runPlannedStep(server, allKinds, job);
    await server.store.write(async (connection) => {
      const own = await connection
        .deleteFrom('job')
        .where('id', '=', job.id)
        .returning('id')
        .executeTakeFirst();
      if (own !== undefined) await sweepBySchedule(server, connection, account);
    });
  };
}
