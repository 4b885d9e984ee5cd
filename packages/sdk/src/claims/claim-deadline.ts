import { createWorkingDays } from '../code-lists/working-days.ts';
import type { Specifications } from '../specifications/index.ts';

/**
 * The legal deadline of a claim as an ISO moment: the end, in Vietnam, of the last of the working days that
 * `claim-submission-deadline` grants after NGAY_RA (TT 48/2017). Undefined when NGAY_RA is no date.
 */
export function claimDeadlines(specifications: Specifications): (endedOn: string) => string | undefined {
  const { add } = createWorkingDays(specifications.calendar);
  const known = new Map<string, string | undefined>();
  return (endedOn) => {
    const date = endedOn.replace(/^(\d{4})(\d{2})(\d{2})\d*$/, '$1-$2-$3');
    if (known.has(date)) return known.get(date);
    const deadline = compute(date);
    if (known.size < 4096) known.set(date, deadline);
    return deadline;
  };

  function compute(date: string): string | undefined {
    const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : undefined;
    if (day === undefined || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date))
      return undefined;
    const granted = specifications.parameterOn('claim-submission-deadline', date)?.value;
    if (granted === undefined) return undefined;
    return new Date(`${add(date, Number(granted)).date}T23:59:59+07:00`).toISOString();
  }
}
