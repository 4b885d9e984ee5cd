import { isoDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import type { Connection } from '../store/store.ts';
import { nextSweep } from './kinds/sweep.ts';
import { PAYMENT_JOB } from './records.ts';

/** Money that arrived on a collection account goes to the upper level at the next moment of the calendar, once. */
export async function planSweeps(
  { specifications, clock }: ServerContext,
  connection: Connection,
  accounts: readonly string[],
): Promise<void> {
  if (accounts.length === 0) return;
  const at = nextSweep(specifications, clock.now());
  await connection
    .insertInto('job')
    .values(
      [...new Set(accounts)].map((account) => ({
        id: `sweep ${account} ${isoDay(at)}`,
        kind: PAYMENT_JOB,
        subject: `sweep ${account}`,
        due_at: at.getTime(),
        attempts: 0,
        last_error: null,
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}
