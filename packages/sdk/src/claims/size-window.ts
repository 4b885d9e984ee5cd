import type { Limits } from '../specifications/types.ts';

const vietnamOffset = 7 * 3_600_000;
const day = 86_400_000;

/**
 * When the gateway takes a file of this size: `open` now, at a later moment, or `never`. It measures the base64 field,
 * which is a third longer than the file, and takes less in office hours (Vietnam time, the whole year UTC+7).
 */
export function uploadWindow(
  limits: Limits['gateway'],
  fileBytes: number,
  moment: Date,
): 'open' | 'never' | Date {
  const fieldBytes = Math.ceil(fileBytes / 3) * 4;
  if (fieldBytes > Math.max(limits.otherBytes, limits.officeHoursBytes)) return 'never';
  if (fieldBytes <= Math.min(limits.otherBytes, limits.officeHoursBytes)) return 'open';
  const local = moment.getTime() + vietnamOffset;
  const midnight = Math.floor(local / day) * day;
  const weekday = ((Math.floor(local / day) + 3) % 7) + 1; // 1970-01-01 was a Thursday; ISO weekday, 1 is Monday
  const current = limits.officeHours.find(
    ({ days, from, to }) =>
      days.includes(weekday) && local >= midnight + timeOfDay(from) && local < midnight + timeOfDay(to),
  );
  return current === undefined ? 'open' : new Date(midnight + timeOfDay(current.to) - vietnamOffset);
}

/** Milliseconds since midnight of `HH:mm`. */
function timeOfDay(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000;
}
