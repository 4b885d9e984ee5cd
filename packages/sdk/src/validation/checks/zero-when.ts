import { onlyKnown, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { conditionWords } from './condition.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** The named amounts are 0 in every row that meets `when`. */
export const zeroWhen: Check = {
  name: 'zero-when',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields']);
    const condition = conditionWords(args['when']);
    return overRows(args, context, (table) => {
      const references = textsOf(args, 'fields')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, _episode, sink) => {
        for (const reference of references) {
          const value = row.thousandths(reference.field);
          if (value === undefined) continue;
          sink.evaluated();
          if (value !== 0)
            report(sink, 'NOT_ZERO', row, reference.field, [
              named('field', reference),
              shown('value', row, reference),
              plain('condition', condition),
            ]);
        }
      };
    });
  },
};
