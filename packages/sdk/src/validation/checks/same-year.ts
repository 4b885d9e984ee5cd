import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** Two dates lie in the same calendar year. */
export const sameYear: Check = {
  name: 'same-year',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'to']);
    return overRows(args, context, (table) => {
      const date = referenceTo(context, table.code, textOf(args, 'field'));
      const other = referenceTo(context, table.code, textOf(args, 'to'));
      if (date === undefined || other === undefined) return undefined;
      return (row, episode, sink) => {
        const first = row.minute(date.field);
        const second = rowOf(other, row, episode)?.minute(other.field);
        // A date after the other one is a question of order.
        if (first === undefined || second === undefined || first > second) return;
        sink.evaluated();
        if (Math.floor(first / 100_000_000) === Math.floor(second / 100_000_000)) return;
        report(sink, 'OTHER_YEAR', row, date.field, [
          named('field', date),
          shown('value', row, date),
          named('otherField', other),
          shown('other', rowOf(other, row, episode), other),
        ]);
      };
    });
  },
};
