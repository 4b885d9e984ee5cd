import { onlyKnown } from './arguments.ts';
import { dayOf, parseMinute } from './calendar.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overClaims } from './scope.ts';
import { partsOf } from './separated.ts';

/** NGAY_TAI_KHAM lists days (yyyyMMdd) not before NGAY_RA; the day of an appointment paper (XML14) is one of them. */
export const revisitDays: Check = {
  name: 'revisit-days',
  compile(args, context) {
    onlyKnown(args, ['when', 'from', 'until']);
    const days = referenceTo(context, 'XML1', 'NGAY_TAI_KHAM');
    const departure = referenceTo(context, 'XML1', 'NGAY_RA');
    const appointment = referenceTo(context, 'XML14', 'NGAY_HEN_KL');
    if (days === undefined || departure === undefined) return [];
    return overClaims(args, context, (summary, episode, sink) => {
      if (summary.isEmpty(days.field)) return;
      sink.evaluated();
      const end = summary.minute(departure.field);
      const parts = partsOf(summary.text(days.field));
      for (const part of parts) {
        const minute = part.length === 8 ? parseMinute(part) : undefined;
        if (minute !== undefined && (end === undefined || dayOf(minute) > dayOf(end))) continue;
        report(sink, 'REVISIT_DAY', summary, days.field, [
          plain('value', part),
          shown('end', summary, departure),
        ]);
        return;
      }
      const appointed =
        appointment === undefined ? undefined : episode.rows('XML14')[0]?.minute(appointment.field);
      if (appointed === undefined || parts.includes(String(dayOf(appointed)))) return;
      report(sink, 'REVISIT_NOT_LISTED', summary, days.field, [
        shown('value', summary, days),
        plain('appointed', String(dayOf(appointed))),
      ]);
    });
  },
};
