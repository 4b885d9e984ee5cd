import { onlyKnown, textOf, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

/** Parallel `;` lists have as many parts as `field`; the columns in `mayBeEmpty` may also be empty as a whole. */
export const listCount: Check = {
  name: 'list-count',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'parallel', 'mayBeEmpty']);
    const mayBeEmpty = args['mayBeEmpty'] === undefined ? [] : textsOf(args, 'mayBeEmpty');
    return overRows(args, context, (table) => {
      const lead = referenceTo(context, table.code, textOf(args, 'field'));
      const parallel = textsOf(args, 'parallel')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (lead === undefined || parallel.length === 0) return undefined;
      return (row, _episode, sink) => {
        if (row.isEmpty(lead.field) && parallel.every(({ field }) => row.isEmpty(field))) return;
        sink.evaluated();
        const count = partsOf(row.text(lead.field)).length;
        for (const reference of parallel) {
          if (row.isEmpty(reference.field) && mayBeEmpty.includes(reference.code)) continue;
          const own = partsOf(row.text(reference.field)).length;
          if (own === count) continue;
          report(sink, 'LIST_COUNT_MISMATCH', row, reference.field, [
            named('field', reference),
            plain('count', String(own)),
            named('leadField', lead),
            plain('leadCount', String(count)),
          ]);
        }
      };
    });
  },
};
