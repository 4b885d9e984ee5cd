import { flagOf, onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** A number is at most another column's, or below it with `strictly`. */
export const atMost: Check = {
  name: 'at-most',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'bound', 'strictly']);
    const strictly = flagOf(args, 'strictly');
    return overRows(args, context, (table) => {
      const value = referenceTo(context, table.code, textOf(args, 'field'));
      const bound = referenceTo(context, table.code, textOf(args, 'bound'));
      if (value === undefined || bound === undefined) return undefined;
      return (row, episode, sink) => {
        const actual = row.thousandths(value.field);
        const limit = rowOf(bound, row, episode)?.thousandths(bound.field);
        if (actual === undefined || limit === undefined) return;
        sink.evaluated();
        if (strictly ? actual < limit : actual <= limit) return;
        report(sink, strictly ? 'NOT_BELOW' : 'ABOVE_BOUND', row, value.field, [
          named('field', value),
          shown('value', row, value),
          named('boundField', bound),
          shown('bound', rowOf(bound, row, episode), bound),
        ]);
      };
    });
  },
};
