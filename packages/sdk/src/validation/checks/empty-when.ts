import { onlyKnown, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { conditionWords } from './condition.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** The named columns are empty in every row that meets `when`, or from the date of `from`. */
export const emptyWhen: Check = {
  name: 'empty-when',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields']);
    const condition =
      args['when'] === undefined ? `NGAY_RA ≥ ${String(args['from'])}` : conditionWords(args['when']);
    return overRows(args, context, (table) => {
      const references = textsOf(args, 'fields')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, _episode, sink) => {
        sink.evaluated();
        for (const reference of references) {
          if (row.isEmpty(reference.field)) continue;
          report(sink, 'EMPTY_WHEN', row, reference.field, [
            named('field', reference),
            shown('value', row, reference),
            plain('condition', condition),
          ]);
        }
      };
    });
  },
};
