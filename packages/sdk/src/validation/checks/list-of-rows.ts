import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overClaims } from './scope.ts';
import { partsOf } from './separated.ts';

const numeric = (text: string): string =>
  text
    .replace(/^0+(?=\d)/u, '')
    .replace(/(\.\d*?)0+$/u, '$1')
    .replace(/\.$/u, '');

/** A `;` list of the summary has the same numbers, in any order, as a column over the rows of another table. */
export const listOfRows: Check = {
  name: 'list-of-rows',
  compile(args, context) {
    onlyKnown(args, ['field', 'table', 'column', 'when', 'from', 'until']);
    const list = referenceTo(context, 'XML1', textOf(args, 'field'));
    const table = textOf(args, 'table');
    const column = referenceTo(context, table, textOf(args, 'column'));
    if (list === undefined || column === undefined) return [];
    return overClaims(args, context, (summary, episode, sink) => {
      const rows = episode.rows(table);
      if (rows.length === 0 || summary.isEmpty(list.field)) return;
      sink.evaluated();
      const listed = partsOf(summary.text(list.field)).map(numeric).sort();
      const told = rows.map((row) => numeric(row.text(column.field))).sort();
      if (listed.length === told.length && listed.every((value, index) => value === told[index])) return;
      report(sink, 'LIST_DIFFERS_FROM_ROWS', summary, list.field, [
        named('field', list),
        shown('value', summary, list),
        plain('table', table),
        plain('column', column.code),
        plain('rows', told.join(';')),
      ]);
    });
  },
};
