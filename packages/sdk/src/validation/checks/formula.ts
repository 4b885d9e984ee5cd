import { onlyKnown, recordsOf, textOf, thousandthsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { compileExpression, type Expression } from './expression.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * An amount equals a closed expression over columns of its row: `result` is one of the expressions in `is`, within
 * `tolerance` đồng. A row with an empty or malformed column is not decided here.
 */
export const formula: Check = {
  name: 'formula',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'result', 'is', 'tolerance']);
    const tolerance = thousandthsOf(args, 'tolerance', 0);
    return overRows(args, context, (table) => {
      const result = referenceTo(context, table.code, textOf(args, 'result'));
      const expressions = recordsOf(args, 'is')
        .map((expression) => compileExpression(context, table.code, expression))
        .filter((expression): expression is Expression => expression !== undefined);
      const [first, ...others] = expressions;
      if (result === undefined || first === undefined) return undefined;
      const { field } = result;
      return (row, episode, sink) => {
        const actual = row.thousandths(field);
        if (actual === undefined) return;
        const expected = first.evaluate(row, episode);
        if (expected === undefined) return;
        sink.evaluated();
        if (Math.abs(actual - expected) <= tolerance) return;
        for (const other of others) {
          const alternative = other.evaluate(row, episode);
          if (alternative !== undefined && Math.abs(actual - alternative) <= tolerance) return;
        }
        report(sink, 'AMOUNT_MISMATCH', row, field, [
          named('field', result),
          plain('value', formatThousandths(actual)),
          plain('expected', formatThousandths(expected)),
          plain('formula', first.words),
        ]);
      };
    });
  },
};
