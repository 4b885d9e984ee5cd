import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** Two numeric columns that both have a value are equal. */
export const equalColumns: Check = {
  name: 'equal-columns',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'to']);
    return overRows(args, context, (table) => {
      const value = referenceTo(context, table.code, textOf(args, 'field'));
      const other = referenceTo(context, table.code, textOf(args, 'to'));
      if (value === undefined || other === undefined) return undefined;
      return (row, episode, sink) => {
        const actual = row.thousandths(value.field);
        const expected = rowOf(other, row, episode)?.thousandths(other.field);
        if (actual === undefined || expected === undefined) return;
        sink.evaluated();
        if (actual === expected) return;
        report(sink, 'COLUMNS_DIFFER', row, value.field, [
          named('field', value),
          shown('value', row, value),
          named('otherField', other),
          shown('other', rowOf(other, row, episode), other),
        ]);
      };
    });
  },
};
