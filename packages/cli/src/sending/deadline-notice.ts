import { createWorkingDays } from '@bhxh/sdk/code-lists';
import { openSpecifications } from '@bhxh/sdk/specifications';

/** How a legal deadline stands to the present. */
export type DeadlineClass = 'overdue' | 'near';

const vietnamOffset = 7 * 3_600_000;

/** Tells whether a deadline has passed or comes within the working days that the specifications name. */
export function deadlineClass(now: () => Date): (deadline: string | null) => DeadlineClass | undefined {
  const specifications = openSpecifications();
  const notice = specifications.limits.submission.deadlineNoticeDays;
  const { add } = createWorkingDays(specifications.calendar);
  return (deadline) => {
    if (deadline === null) return undefined;
    const moment = now();
    if (deadline < moment.toISOString()) return 'overdue';
    const today = new Date(moment.getTime() + vietnamOffset).toISOString().slice(0, 10);
    const dueDay = new Date(Date.parse(deadline) + vietnamOffset).toISOString().slice(0, 10);
    return dueDay <= add(today, notice).date ? 'near' : undefined;
  };
}
