import { flagOf, onlyKnown, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

/** A value that is present is one of `values`, compared as text; with `each`, every part of a `;` list. */
export const allowedValues: Check = {
  name: 'allowed-values',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'values', 'each']);
    const values = textsOf(args, 'values');
    const allowed = new Set(values);
    // Small whole numbers are compared without decoding their text.
    const numbers = values.every((value) => /^(?:0|[1-9]\d{0,8})$/u.test(value))
      ? new Set(values.map((value) => Number(value) * 1000))
      : undefined;
    const each = flagOf(args, 'each');
    return overRows(args, context, (table) => {
      const references = textsOf(args, 'fields')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, _episode, sink) => {
        for (const reference of references) {
          const { field } = reference;
          if (row.isEmpty(field)) continue;
          const number =
            numbers === undefined || table.fields[field]?.type !== 'number'
              ? undefined
              : row.thousandths(field);
          if (number !== undefined && numbers?.has(number) === true) {
            sink.evaluated();
            continue;
          }
          const text = row.text(field);
          // A number that is none has its own rule.
          if (
            table.fields[field]?.type === 'number' &&
            number === undefined &&
            !/^\d+(?:\.\d+)?$/u.test(text)
          )
            continue;
          sink.evaluated();
          if (each ? partsOf(text).every((part) => allowed.has(part)) : allowed.has(text)) continue;
          report(sink, 'VALUE_NOT_ALLOWED', row, field, [
            named('field', reference),
            shown('value', row, reference),
            plain('allowed', values.join(', ')),
          ]);
        }
      };
    });
  },
};
