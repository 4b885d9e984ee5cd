import type { Limits } from '@bhxh/sdk/specifications';
import { vietnamTime } from './vietnam-time.ts';

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/**
 * How many bytes the base64 field of an upload may have at this moment: less in the gateway's office hours.
 * Days in the limits are ISO weekdays, 1 Monday to 7 Sunday.
 */
export function allowedUploadBytes(limits: Limits, moment: Date): number {
  const time = vietnamTime(moment);
  const weekday = time.weekday === 0 ? 7 : time.weekday;
  const minute = time.hour * 60 + time.minute;
  const inOffice = limits.gateway.officeHours.some(
    (window) =>
      window.days.includes(weekday) && minute >= minutes(window.from) && minute < minutes(window.to),
  );
  return inOffice ? limits.gateway.officeHoursBytes : limits.gateway.otherBytes;
}
