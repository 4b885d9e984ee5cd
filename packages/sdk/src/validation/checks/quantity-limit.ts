import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { compileCondition, conditionWords } from './condition.ts';
import { formatThousandths } from './decimal.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overClaims } from './scope.ts';

/** The sum of a column over the rows that meet `rows` is at most a column of the summary (bed days and days of treatment). */
export const quantityLimit: Check = {
  name: 'quantity-limit',
  compile(args, context) {
    onlyKnown(args, ['table', 'field', 'rows', 'bound', 'when', 'from', 'until']);
    const table = textOf(args, 'table');
    const quantity = referenceTo(context, table, textOf(args, 'field'));
    const bound = referenceTo(context, 'XML1', textOf(args, 'bound'));
    const counted = compileCondition(context, table, args['rows']);
    if (quantity === undefined || bound === undefined || counted === undefined) return [];
    return overClaims(args, context, (summary, episode, sink) => {
      const most = summary.thousandths(bound.field);
      if (most === undefined) return;
      let sum = 0;
      let last;
      for (const row of episode.rows(table)) {
        if (counted.ofRow !== undefined && !counted.ofRow(row)) continue;
        const value = row.thousandths(quantity.field);
        if (value === undefined) return;
        sum += value;
        last = row;
      }
      if (last === undefined) return;
      sink.evaluated();
      if (sum <= most) return;
      report(sink, 'QUANTITY_LIMIT', last, quantity.field, [
        named('field', quantity),
        plain('rows', conditionWords(args['rows'])),
        plain('sum', formatThousandths(sum)),
        named('boundField', bound),
        plain('bound', formatThousandths(most)),
      ]);
    });
  },
};
