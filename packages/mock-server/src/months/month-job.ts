/** Kind of the job that closes a month. */
export const MONTH_JOB = 'month-close';
