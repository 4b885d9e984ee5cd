import type { Episode } from '../rows/row.ts';
import { onlyKnown, recordOf, textOf, type Arguments } from './arguments.ts';
import type { Check, CompileContext } from './check.ts';
import { compileCondition, conditionWords } from './condition.ts';
import { plain } from './reference.ts';
import { overClaims } from './scope.ts';

/**
 * A table of the claim must be there (`must: present`) or must not (`must: absent`) when the summary row meets `when`.
 * `unlessRows: { table, when }` leaves out claims that have such a row.
 */
export const tablePresence: Check = {
  name: 'table-presence',
  compile(args, context) {
    onlyKnown(args, ['table', 'must', 'when', 'from', 'until', 'unlessRows']);
    const table = textOf(args, 'table');
    const must = textOf(args, 'must');
    if (must !== 'present' && must !== 'absent') throw new Error('argument must: expected present or absent');
    if (context.table(table) === undefined) return [];
    const condition = conditionWords(args['when']);
    const unless =
      args['unlessRows'] === undefined ? undefined : rowsElsewhere(recordOf(args, 'unlessRows'), context);
    return overClaims(args, context, (_summary, episode, sink) => {
      if (unless !== undefined && unless(episode)) return;
      sink.evaluated();
      const present = episode.rows(table).length > 0;
      if (present === (must === 'present')) return;
      sink.problem({
        code: present ? 'TABLE_UNEXPECTED' : 'TABLE_REQUIRED',
        row: null,
        field: -1,
        table,
        values: [plain('table', table), plain('condition', condition)],
      });
    });
  },
};

function rowsElsewhere(args: Arguments, context: CompileContext): (episode: Episode) => boolean {
  onlyKnown(args, ['table', 'when']);
  const table = textOf(args, 'table');
  const condition = compileCondition(context, table, args['when']);
  if (condition === undefined) return () => false;
  return (episode) =>
    episode.rows(table).some((row) => condition.ofRow === undefined || condition.ofRow(row));
}
