import { flagOf, onlyKnown, optionalText, patternOf, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

/**
 * A value that is present has a shape; with `each`, every part of a `;` list has it. `shape` is the shape in words
 * people read (`G1…G999`), shown instead of the expression.
 */
export const pattern: Check = {
  name: 'pattern',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'pattern', 'each', 'shape']);
    const expression = patternOf(args, 'pattern');
    const each = flagOf(args, 'each');
    const shape = optionalText(args, 'shape') ?? String(args['pattern']);
    return overRows(args, context, (table) => {
      const references = textsOf(args, 'fields')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, _episode, sink) => {
        for (const reference of references) {
          if (row.isEmpty(reference.field)) continue;
          sink.evaluated();
          const text = row.text(reference.field);
          if (each ? partsOf(text).every((part) => expression.test(part)) : expression.test(text)) continue;
          report(sink, 'PATTERN', row, reference.field, [
            named('field', reference),
            shown('value', row, reference),
            plain('shape', shape),
          ]);
        }
      };
    });
  },
};
