import { onlyKnown, optionalInteger, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** Of the named columns at least `least` and at most `most` have a value. With `allOrNone`, all of them or none. */
export const someOf: Check = {
  name: 'some-of',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'least', 'most', 'allOrNone']);
    const codes = textsOf(args, 'fields');
    const allOrNone = args['allOrNone'] === true;
    const least = optionalInteger(args, 'least', allOrNone ? codes.length : 0);
    const most = optionalInteger(args, 'most', codes.length);
    return overRows(args, context, (table) => {
      const references = codes
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      const [first] = references;
      if (first === undefined || references.length < codes.length) return undefined;
      return (row, _episode, sink) => {
        let present = 0;
        for (const { field } of references) if (!row.isEmpty(field)) present++;
        sink.evaluated();
        if ((present >= least && present <= most) || (allOrNone && present === 0)) return;
        const missing = references.find(({ field }) => row.isEmpty(field)) ?? first;
        const code = allOrNone ? 'ALL_OR_NONE' : present < least ? 'NONE_OF' : 'TOO_MANY_OF';
        report(sink, code, row, missing.field, [
          plain('fields', codes.join(', ')),
          plain('count', String(present)),
        ]);
      };
    });
  },
};
