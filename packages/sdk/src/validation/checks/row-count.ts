import { onlyKnown, optionalInteger, optionalText } from './arguments.ts';
import type { Check } from './check.ts';
import { compileCondition, conditionWords } from './condition.ts';
import { plain, referenceTo } from './reference.ts';
import { overClaims, tablesOf } from './scope.ts';

/**
 * How many rows of a table meet `rows` (a condition on the row), for claims that meet `when`: at most `most`, at
 * least `least`; with `equals`, as many as that column says in the first row of the table.
 */
export const rowCount: Check = {
  name: 'row-count',
  compile(args, context) {
    onlyKnown(args, ['table', 'rows', 'when', 'from', 'until', 'least', 'most', 'equals']);
    const least = optionalInteger(args, 'least', 0);
    const most = optionalInteger(args, 'most', Infinity);
    const [table] = tablesOf(args, context);
    if (table === undefined) return [];
    const counted = compileCondition(context, table.code, args['rows']);
    const equals = optionalText(args, 'equals');
    const stated = equals === undefined ? undefined : referenceTo(context, table.code, equals);
    if (counted === undefined || (equals !== undefined && stated === undefined)) return [];
    const words = conditionWords(args['rows']);
    const condition = conditionWords(args['when']);
    return overClaims(args, context, (_summary, episode, sink) => {
      const rows = episode
        .rows(table.code)
        .filter((row) => counted.ofRow === undefined || counted.ofRow(row));
      const [first] = rows;
      let lower = least;
      let upper = most;
      if (stated !== undefined) {
        const said = first?.thousandths(stated.field);
        if (said === undefined || said % 1000 !== 0) return;
        lower = said / 1000;
        upper = lower;
      }
      sink.evaluated();
      if (rows.length >= lower && rows.length <= upper) return;
      const surplus = rows.length > upper ? (rows[upper] ?? first) : first;
      sink.problem({
        code: rows.length > upper ? 'TOO_MANY_ROWS' : 'TOO_FEW_ROWS',
        row: surplus ?? null,
        field: -1,
        table: table.code,
        values: [
          plain('table', table.code),
          plain('rows', words),
          plain('count', String(rows.length)),
          plain('bound', String(rows.length > upper ? upper : lower)),
          plain('condition', condition),
        ],
      });
    });
  },
};
