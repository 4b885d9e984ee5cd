import type { Episode, Row } from '../rows/row.ts';
import { onlyKnown, optionalText, recordOf, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { compileCondition } from './condition.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * The value of `key` also stands in a row of another table (or of the same one): `in: { table, key, when }`. With
 * `require`, a match is not required, but a row that has one needs a value in that column.
 */
export const matchingRow: Check = {
  name: 'matching-row',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'key', 'in', 'require']);
    const target = recordOf(args, 'in');
    onlyKnown(target, ['table', 'key', 'when']);
    const otherTable = textOf(target, 'table');
    const other = referenceTo(context, otherTable, textOf(target, 'key'));
    const condition = compileCondition(context, otherTable, target['when']);
    const required = optionalText(args, 'require');
    if (other === undefined || condition === undefined) return [];
    const stands = (episode: Episode, value: string): boolean =>
      episode
        .rows(otherTable)
        .some(
          (row: Row) =>
            (condition.ofRow === undefined || condition.ofRow(row)) && row.text(other.field) === value,
        );
    return overRows(args, context, (table) => {
      const key = referenceTo(context, table.code, textOf(args, 'key'));
      const needed = required === undefined ? undefined : referenceTo(context, table.code, required);
      if (key === undefined || (required !== undefined && needed === undefined)) return undefined;
      return (row, episode, sink) => {
        if (row.isEmpty(key.field)) return;
        if (needed === undefined) {
          sink.evaluated();
          if (stands(episode, row.text(key.field))) return;
          report(sink, 'NO_MATCHING_ROW', row, key.field, [
            named('field', key),
            shown('value', row, key),
            plain('table', otherTable),
            plain('otherField', other.code),
          ]);
          return;
        }
        if (!stands(episode, row.text(key.field))) return;
        sink.evaluated();
        if (row.isEmpty(needed.field))
          report(sink, 'REQUIRED_WITH_MATCH', row, needed.field, [
            named('field', needed),
            named('keyField', key),
            shown('value', row, key),
            plain('table', otherTable),
          ]);
      };
    });
  },
};
