import { onlyKnown, textOf } from './arguments.ts';
import { dayNumber, dayOf } from './calendar.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** A number of days is at most the days from `start` to `end`. */
export const daysAtMost: Check = {
  name: 'days-at-most',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'days', 'start', 'end']);
    return overRows(args, context, (table) => {
      const days = referenceTo(context, table.code, textOf(args, 'days'));
      const start = referenceTo(context, table.code, textOf(args, 'start'));
      const end = referenceTo(context, table.code, textOf(args, 'end'));
      if (days === undefined || start === undefined || end === undefined) return undefined;
      return (row, _episode, sink) => {
        const counted = row.thousandths(days.field);
        const first = row.minute(start.field);
        const last = row.minute(end.field);
        if (counted === undefined || first === undefined || last === undefined) return;
        sink.evaluated();
        const gap = dayNumber(dayOf(last)) - dayNumber(dayOf(first));
        if (counted <= gap * 1000) return;
        report(sink, 'DAYS_ABOVE_SPAN', row, days.field, [
          named('field', days),
          shown('value', row, days),
          plain('most', String(gap)),
          shown('start', row, start),
          shown('end', row, end),
        ]);
      };
    });
  },
};
