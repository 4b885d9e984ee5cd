import { onlyKnown, textOf } from './arguments.ts';
import { dayOf } from './calendar.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** A date is the day of another date. */
export const sameDay: Check = {
  name: 'same-day',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'to']);
    return overRows(args, context, (table) => {
      const date = referenceTo(context, table.code, textOf(args, 'field'));
      const other = referenceTo(context, table.code, textOf(args, 'to'));
      if (date === undefined || other === undefined) return undefined;
      return (row, episode, sink) => {
        const first = row.minute(date.field);
        const second = rowOf(other, row, episode)?.minute(other.field);
        if (first === undefined || second === undefined) return;
        sink.evaluated();
        if (dayOf(first) === dayOf(second)) return;
        report(sink, 'OTHER_DAY', row, date.field, [
          named('field', date),
          shown('value', row, date),
          named('otherField', other),
          shown('other', rowOf(other, row, episode), other),
        ]);
      };
    });
  },
};
