import { cliError } from '../cli-error.ts';

const vietnamOffset = 7 * 60 * 60 * 1000;
const day = 24 * 60 * 60 * 1000;

/**
 * The moment of `--until`: `HH:mm` is its next occurrence, a date and time without a zone is Vietnamese time (UTC+7).
 * Throws ERR_OPTION_INVALID.
 */
export function stopTime(text: string, now: Date): Date {
  const clock = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock !== null) {
    const midnight = Math.floor((now.getTime() + vietnamOffset) / day) * day - vietnamOffset;
    const moment = midnight + (Number(clock[1]) * 60 + Number(clock[2])) * 60_000;
    return new Date(moment > now.getTime() ? moment : moment + day);
  }
  const full = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const moment = full === null ? undefined : new Date(`${full[1]}T${full[2]}${full[3] ?? '+07:00'}`);
  if (moment === undefined || Number.isNaN(moment.getTime())) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '--until',
      value: text,
      why: 'HH:mm, yyyy-MM-ddTHH:mm',
      command: 'submit',
    });
  }
  return moment;
}
