import type { Episode } from '../rows/row.ts';
import { isRecord, onlyKnown, recordsOf, textOf, thousandthsOf, type Arguments } from './arguments.ts';
import type { Check, CompileContext } from './check.ts';
import { compileCondition, type RowTest } from './condition.ts';
import { formatThousandths } from './decimal.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overClaims } from './scope.ts';

interface Column {
  readonly table: string;
  readonly field: number;
  readonly counts: RowTest | undefined;
}

/** The sum of a column over the rows that count, in thousandths; undefined when a value is malformed or the sum too large. */
export function sumOfColumns(episode: Episode, columns: readonly Column[]): number | undefined {
  let total = 0;
  for (const { table, field, counts } of columns) {
    for (const row of episode.rows(table)) {
      if (counts !== undefined && !counts(row)) continue;
      const value = row.thousandths(field);
      if (value === undefined) return undefined;
      total += value;
    }
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Compiles `of: [{ table, field, when }]`; undefined when the standard lacks all of the columns. */
export function compileColumns(
  context: CompileContext,
  of: readonly Arguments[],
): readonly Column[] | undefined {
  const columns: Column[] = [];
  for (const part of of) {
    onlyKnown(part, ['table', 'field', 'when']);
    const table = textOf(part, 'table');
    const reference = referenceTo(context, table, textOf(part, 'field'));
    const condition = compileCondition(context, table, part['when']);
    if (reference === undefined || condition === undefined) continue;
    if (condition.ofSummary !== undefined)
      throw new Error('argument of.when: only columns of the rows counted');
    columns.push({ table, field: reference.field, counts: condition.ofRow });
  }
  return columns.length === 0 ? undefined : columns;
}

/**
 * A total of XML1 equals the sum over its rows. `beyond: 1` reports differences of more than 1 đồng; `within: 1`
 * those above nothing and of at most 1 đồng, so that two rules can grade one comparison.
 */
export const totalOfRows: Check = {
  name: 'total-of-rows',
  compile(args, context) {
    onlyKnown(args, ['total', 'of', 'beyond', 'within', 'when', 'from', 'until']);
    const total = referenceTo(context, 'XML1', textOf(args, 'total'));
    const columns = compileColumns(context, recordsOf(args, 'of'));
    if (total === undefined || columns === undefined) return [];
    const within = args['within'] === undefined ? undefined : thousandthsOf(args, 'within');
    const beyond = thousandthsOf(args, 'beyond', 0);
    const { field } = total;
    return overClaims(args, context, (summary, episode, sink) => {
      const stated = summary.thousandths(field);
      const sum = stated === undefined ? undefined : sumOfColumns(episode, columns);
      if (stated === undefined || sum === undefined) return;
      sink.evaluated();
      const difference = Math.abs(stated - sum);
      const wrong = within === undefined ? difference > beyond : difference > 0 && difference <= within;
      if (!wrong) return;
      report(sink, 'TOTAL_MISMATCH', summary, field, [
        named('field', total),
        plain('value', formatThousandths(stated)),
        plain('sum', formatThousandths(sum)),
        plain('difference', formatThousandths(stated - sum)),
      ]);
    });
  },
};

/** Whether every total of XML1 in `{ TOTAL: [{ table, field }] }` agrees with its rows within `tolerance`; undefined when undecided. */
export function compileAgreement(
  context: CompileContext,
  totals: unknown,
  tolerance: number,
): ((episode: Episode) => boolean | undefined) | undefined {
  if (!isRecord(totals)) throw new Error('argument totals: expected a mapping');
  const pairs: { field: number; columns: readonly Column[] }[] = [];
  for (const [name, of] of Object.entries(totals)) {
    const total = referenceTo(context, 'XML1', name);
    const columns = compileColumns(context, recordsOf({ of }, 'of'));
    if (total === undefined || columns === undefined) return undefined;
    pairs.push({ field: total.field, columns });
  }
  return (episode) => {
    for (const { field, columns } of pairs) {
      const stated = episode.summary?.thousandths(field);
      const sum = sumOfColumns(episode, columns);
      if (stated === undefined || sum === undefined) return undefined;
      if (Math.abs(stated - sum) > tolerance) return false;
    }
    return true;
  };
}
