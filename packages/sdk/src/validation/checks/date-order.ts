import { flagOf, onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { dayOf } from './calendar.ts';
import { named, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * `earlier` is not after `later`, to the minute, or to the day with `byDay` (where one of the two has no time).
 * Dates that are empty or not real are not decided here.
 */
export const dateOrder: Check = {
  name: 'date-order',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'earlier', 'later', 'byDay']);
    const byDay = flagOf(args, 'byDay');
    return overRows(args, context, (table) => {
      const earlier = referenceTo(context, table.code, textOf(args, 'earlier'));
      const later = referenceTo(context, table.code, textOf(args, 'later'));
      if (earlier === undefined || later === undefined) return undefined;
      // The finding stands at the column of this row that the rule is about.
      const at = later.ofSummary ? earlier : later;
      return (row, episode, sink) => {
        const first = rowOf(earlier, row, episode)?.minute(earlier.field);
        const second = rowOf(later, row, episode)?.minute(later.field);
        if (first === undefined || second === undefined) return;
        sink.evaluated();
        if (byDay ? dayOf(first) <= dayOf(second) : first <= second) return;
        report(sink, 'DATE_ORDER', row, at.field, [
          named('earlierField', earlier),
          shown('earlier', rowOf(earlier, row, episode), earlier),
          named('laterField', later),
          shown('later', rowOf(later, row, episode), later),
        ]);
      };
    });
  },
};
