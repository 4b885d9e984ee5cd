import type { MaintenanceWindow } from '../specifications/types.ts';

/** When the announced maintenance ends that this moment lies in; windows that touch count as one. */
export function endOfMaintenance(windows: readonly MaintenanceWindow[], moment: Date): Date | undefined {
  let end: number | undefined;
  for (let at = moment.getTime(); ; at = end) {
    const until = windows
      .filter(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to))
      .reduce((latest, { to }) => Math.max(latest, Date.parse(to)), Number.NEGATIVE_INFINITY);
    if (until === Number.NEGATIVE_INFINITY) return end === undefined ? undefined : new Date(end);
    end = until;
  }
}
