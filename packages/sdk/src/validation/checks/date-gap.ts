import { onlyKnown, optionalInteger, optionalText, textOf } from './arguments.ts';
import { dayNumber, dayOf } from './calendar.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * The days from `start` to `end` lie between `least` and `most`. With `days`, a column that must hold their number
 * (plus `offset`, or `orOffset` as well where counting practice differs).
 */
export const dateGap: Check = {
  name: 'date-gap',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'start', 'end', 'least', 'most', 'days', 'offset', 'orOffset']);
    const least = optionalInteger(args, 'least', -Infinity);
    const most = optionalInteger(args, 'most', Infinity);
    const offset = optionalInteger(args, 'offset', 0);
    const orOffset = optionalInteger(args, 'orOffset', offset);
    const daysColumn = optionalText(args, 'days');
    return overRows(args, context, (table) => {
      const start = referenceTo(context, table.code, textOf(args, 'start'));
      const end = referenceTo(context, table.code, textOf(args, 'end'));
      const days = daysColumn === undefined ? undefined : referenceTo(context, table.code, daysColumn);
      if (start === undefined || end === undefined || (daysColumn !== undefined && days === undefined))
        return undefined;
      return (row, episode, sink) => {
        const first = rowOf(start, row, episode)?.minute(start.field);
        const last = rowOf(end, row, episode)?.minute(end.field);
        if (first === undefined || last === undefined) return;
        const gap = dayNumber(dayOf(last)) - dayNumber(dayOf(first));
        const dates = [
          named('startField', start),
          shown('start', rowOf(start, row, episode), start),
          named('endField', end),
          shown('end', rowOf(end, row, episode), end),
        ];
        if (days === undefined) {
          sink.evaluated();
          if (gap >= least && gap <= most) return;
          report(sink, 'DATE_GAP', row, end.ofSummary ? start.field : end.field, [
            ...dates,
            plain('days', String(gap)),
            plain('most', String(gap > most ? most : least)),
          ]);
          return;
        }
        const counted = rowOf(days, row, episode)?.thousandths(days.field);
        if (counted === undefined || gap < 0) return;
        sink.evaluated();
        if (counted === (gap + offset) * 1000 || counted === (gap + orOffset) * 1000) return;
        report(sink, 'DAY_COUNT', row, days.field, [
          named('field', days),
          shown('value', rowOf(days, row, episode), days),
          plain('expected', String(gap + offset)),
          ...dates,
        ]);
      };
    });
  },
};
