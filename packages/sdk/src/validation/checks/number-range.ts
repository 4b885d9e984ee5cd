import { onlyKnown, optionalInteger, textsOf, thousandthsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** A number that is present lies between `least` and `most`, and has no more than `places` decimals. */
export const numberRange: Check = {
  name: 'number-range',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'least', 'most', 'places']);
    const least = thousandthsOf(args, 'least', -Infinity);
    const most = thousandthsOf(args, 'most', Infinity);
    const places = optionalInteger(args, 'places', 3);
    const unit = 10 ** (3 - places);
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
          if (value % unit !== 0) {
            report(sink, 'DECIMAL_PLACES', row, reference.field, [
              named('field', reference),
              shown('value', row, reference),
              plain('places', String(places)),
            ]);
          } else if (value < least || value > most) {
            report(sink, 'OUT_OF_RANGE', row, reference.field, [
              named('field', reference),
              shown('value', row, reference),
              plain('least', Number.isFinite(least) ? formatThousandths(least) : '−∞'),
              plain('most', Number.isFinite(most) ? formatThousandths(most) : '∞'),
            ]);
          }
        }
      };
    });
  },
};
