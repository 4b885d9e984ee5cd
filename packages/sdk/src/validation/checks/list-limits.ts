import { onlyKnown, optionalInteger, optionalText, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { hasPart, partsOf } from './separated.ts';

/** A `;` list has at most `most` parts, none of which is the value of the column `without`. */
export const listLimits: Check = {
  name: 'list-limits',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'most', 'without']);
    const most = optionalInteger(args, 'most', Infinity);
    const without = optionalText(args, 'without');
    return overRows(args, context, (table) => {
      const list = referenceTo(context, table.code, textOf(args, 'field'));
      const excluded = without === undefined ? undefined : referenceTo(context, table.code, without);
      if (list === undefined || (without !== undefined && excluded === undefined)) return undefined;
      return (row, _episode, sink) => {
        if (row.isEmpty(list.field)) return;
        sink.evaluated();
        const text = row.text(list.field);
        const { length } = partsOf(text);
        if (length > most) {
          report(sink, 'LIST_TOO_LONG', row, list.field, [
            named('field', list),
            plain('count', String(length)),
            plain('most', String(most)),
          ]);
        } else if (
          excluded !== undefined &&
          !row.isEmpty(excluded.field) &&
          hasPart(text, row.text(excluded.field))
        ) {
          report(sink, 'LIST_REPEATS', row, list.field, [
            named('field', list),
            plain('value', row.text(excluded.field)),
            named('otherField', excluded),
          ]);
        }
      };
    });
  },
};
