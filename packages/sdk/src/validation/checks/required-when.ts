import { onlyKnown, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { conditionWords } from './condition.ts';

/** The named columns have a value in every row that meets `when`. */
export const requiredWhen: Check = {
  name: 'required-when',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields']);
    const condition = conditionWords(args['when']);
    return overRows(args, context, (table) => {
      const references = textsOf(args, 'fields')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, _episode, sink) => {
        sink.evaluated();
        for (const reference of references) {
          if (row.isEmpty(reference.field))
            report(sink, 'REQUIRED_WHEN', row, reference.field, [
              named('field', reference),
              plain('condition', condition),
            ]);
        }
      };
    });
  },
};
