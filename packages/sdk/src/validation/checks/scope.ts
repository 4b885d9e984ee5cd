import type { TableSpec } from '../../specifications/types.ts';
import type { Episode, Row } from '../rows/row.ts';
import { optionalText, textsOf, type Arguments } from './arguments.ts';
import type { CheckSink, CompileContext, CompiledCheck } from './check.ts';
import { compileCondition } from './condition.ts';

/** Arguments every mechanism over rows takes, beside its own. */
export const scopeArguments: readonly string[] = ['table', 'tables', 'when', 'from', 'until'];

export type RowRun = (row: Row, episode: Episode, sink: CheckSink) => void;

/** Tables a rule names, those this standard has. */
export function tablesOf(args: Arguments, context: CompileContext): readonly TableSpec[] {
  const names =
    args['tables'] === undefined ? [optionalText(args, 'table') ?? 'XML1'] : textsOf(args, 'tables');
  return names.map((name) => context.table(name)).filter((table) => table !== undefined);
}

/** Whether the deciding date lies between the rule part's `from` and `until`, both included. */
export function dateTest(args: Arguments): ((episode: Episode) => boolean) | undefined {
  const from = optionalText(args, 'from');
  const until = optionalText(args, 'until');
  if (from === undefined && until === undefined) return undefined;
  return ({ decidingDate }) =>
    (from === undefined || decidingDate >= from) && (until === undefined || decidingDate <= until);
}

/**
 * Compiles a rule part for each of its tables: `build` returns what to do with a row that meets `when`, or undefined
 * when the table lacks a column it needs. What the summary row or the date decide is asked once for a claim.
 */
export function overRows(
  args: Arguments,
  context: CompileContext,
  build: (table: TableSpec) => RowRun | undefined,
): readonly CompiledCheck[] {
  const compiled: CompiledCheck[] = [];
  const inForce = dateTest(args);
  for (const table of tablesOf(args, context)) {
    const condition = compileCondition(context, table.code, args['when']);
    const run = condition === undefined ? undefined : build(table);
    if (condition === undefined || run === undefined) continue;
    const { ofRow, ofSummary } = condition;
    const { code } = table;
    if (ofSummary === undefined && inForce === undefined) {
      compiled.push({
        scope: 'row',
        table: code,
        run: ofRow === undefined ? run : (row, episode, sink) => void (ofRow(row) && run(row, episode, sink)),
      });
      continue;
    }
    compiled.push({
      scope: 'episode',
      run(episode, sink) {
        if (inForce !== undefined && !inForce(episode)) return;
        if (ofSummary !== undefined && (episode.summary === undefined || !ofSummary(episode.summary))) return;
        for (const row of episode.rows(code)) if (ofRow === undefined || ofRow(row)) run(row, episode, sink);
      },
    });
  }
  return compiled;
}

/** Compiles a rule part decided once for each claim that has a summary row and meets `when` (columns of XML1). */
export function overClaims(
  args: Arguments,
  context: CompileContext,
  run: (summary: Row, episode: Episode, sink: CheckSink) => void,
): readonly CompiledCheck[] {
  const condition = compileCondition(context, 'XML1', args['when']);
  if (condition === undefined || context.table('XML1') === undefined) return [];
  const inForce = dateTest(args);
  const { ofRow } = condition;
  return [
    {
      scope: 'episode',
      run(episode, sink) {
        const { summary } = episode;
        if (summary === undefined || (inForce !== undefined && !inForce(episode))) return;
        if (ofRow === undefined || ofRow(summary)) run(summary, episode, sink);
      },
    },
  ];
}
