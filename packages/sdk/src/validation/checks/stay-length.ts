import { onlyKnown, optionalInteger } from './arguments.ts';
import { minuteNumber } from './calendar.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overClaims } from './scope.ts';

/** A stay, from admission (NGAY_VAO_NOI_TRU, else NGAY_VAO) to NGAY_RA, lasts at least `leastMinutes` or less than `belowMinutes`. */
export const stayLength: Check = {
  name: 'stay-length',
  compile(args, context) {
    onlyKnown(args, ['when', 'from', 'until', 'leastMinutes', 'belowMinutes']);
    const least = optionalInteger(args, 'leastMinutes', -Infinity);
    const below = optionalInteger(args, 'belowMinutes', Infinity);
    const arrival = referenceTo(context, 'XML1', 'NGAY_VAO');
    const admission = referenceTo(context, 'XML1', 'NGAY_VAO_NOI_TRU');
    const departure = referenceTo(context, 'XML1', 'NGAY_RA');
    const visit = referenceTo(context, 'XML1', 'MA_LOAI_KCB');
    if (arrival === undefined || departure === undefined || visit === undefined) return [];
    return overClaims(args, context, (summary, _episode, sink) => {
      const admitted = admission === undefined ? undefined : summary.minute(admission.field);
      const from = admitted ?? summary.minute(arrival.field);
      const to = summary.minute(departure.field);
      if (from === undefined || to === undefined || to < from) return;
      const minutes = minuteNumber(to) - minuteNumber(from);
      sink.evaluated();
      if (minutes >= least && minutes < below) return;
      report(sink, 'STAY_LENGTH', summary, visit.field, [
        shown('visit', summary, visit),
        plain('minutes', String(minutes)),
        plain('bound', String(Number.isFinite(least) ? least : below)),
      ]);
    });
  },
};
