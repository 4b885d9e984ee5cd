import type { ServerContext } from '../context.ts';
import { cardWork, CARD_JOB } from '../dossiers/sync-cards.ts';
import { DOSSIER_JOB } from '../dossiers/receive-dossier.ts';
import { checkWork } from '../lifecycle/check-submission.ts';
import { MONTH_JOB } from '../months/month-job.ts';
import { PAYMENT_JOB } from '../payments/records.ts';
import type { JobWork } from './attempt-job.ts';

/** The work of every kind of job; a kind that is not named here is a claims check. */
export function workOfServer(server: ServerContext): JobWork {
  const check = checkWork(server);
  const cards = cardWork(server);
  let dossiers: JobWork | undefined;
  let months: JobWork | undefined;
  let payments: JobWork | undefined;
  return async (job) => {
    if (job.kind === CARD_JOB) return await cards(job);
    if (job.kind === MONTH_JOB) {
      months ??= (await import('../months/close-month.ts')).monthWork(server);
      return await months(job);
    }
    if (job.kind === PAYMENT_JOB) {
      payments ??= (await import('../payments/payment-work.ts')).paymentWork(server);
      return await payments(job);
    }
    if (job.kind !== DOSSIER_JOB) return await check(job);
    // Most servers never see a dossier; what decides one is loaded with the first.
    dossiers ??= (await import('../dossiers/dossier-work.ts')).dossierWork(server);
    return await dossiers(job);
  };
}
