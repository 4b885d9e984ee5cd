import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** A numbering column runs 1, 2, 3 … in the order of the rows of its table. */
export const sequence: Check = {
  name: 'sequence',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field']);
    return overRows(args, context, (table) => {
      const number = referenceTo(context, table.code, textOf(args, 'field'));
      if (number === undefined) return undefined;
      return (row, _episode, sink) => {
        const value = row.thousandths(number.field);
        if (value === undefined) return;
        sink.evaluated();
        if (value === row.number * 1000) return;
        report(sink, 'SEQUENCE', row, number.field, [
          named('field', number),
          shown('value', row, number),
          plain('expected', String(row.number)),
        ]);
      };
    });
  },
};
