import { flagOf, onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, rowOf, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { hasPart } from './separated.ts';

/** The value of `field` is one part of the `;` list in `list`; with `absent`, it is none of them. */
export const listMembership: Check = {
  name: 'list-membership',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'list', 'absent']);
    const absent = flagOf(args, 'absent');
    return overRows(args, context, (table) => {
      const value = referenceTo(context, table.code, textOf(args, 'field'));
      const list = referenceTo(context, table.code, textOf(args, 'list'));
      if (value === undefined || list === undefined) return undefined;
      return (row, episode, sink) => {
        const holder = rowOf(list, row, episode);
        if (holder === undefined || row.isEmpty(value.field) || holder.isEmpty(list.field)) return;
        sink.evaluated();
        if (hasPart(holder.text(list.field), row.text(value.field)) !== absent) return;
        report(sink, absent ? 'LISTED' : 'NOT_LISTED', row, value.field, [
          named('field', value),
          shown('value', row, value),
          named('listField', list),
          shown('list', holder, list),
        ]);
      };
    });
  },
};
