import type { Episode, Row } from '../rows/row.ts';
import { onlyKnown, textOf, thousandthsOf } from './arguments.ts';
import type { Check, CheckSink, CompileContext } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { compileExpression } from './expression.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { compileAgreement } from './total-of-rows.ts';

const shares = ['T_BHTT', 'T_BNCCT', 'T_BNTT', 'T_NGUONKHAC'];

/**
 * A cost is paid by somebody in full: `whole` = T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC within `tolerance` đồng.
 * With `totals` (of XML1) the balance is judged only where those totals agree with their rows: a wrong total has its
 * own rule.
 */
export const balance: Check = {
  name: 'balance',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'whole', 'tolerance', 'totals']);
    const tolerance = thousandthsOf(args, 'tolerance');
    const agree =
      args['totals'] === undefined ? () => true : compileAgreement(context, args['totals'], tolerance);
    if (agree === undefined) return [];
    return overRows(args, context, (table) =>
      judge(context, table.code, textOf(args, 'whole'), tolerance, agree),
    );
  },
};

function judge(
  context: CompileContext,
  table: string,
  column: string,
  tolerance: number,
  agree: (episode: Episode) => boolean | undefined,
): ((row: Row, episode: Episode, sink: CheckSink) => void) | undefined {
  const whole = referenceTo(context, table, column);
  const paid = compileExpression(context, table, { sum: shares });
  if (whole === undefined || paid === undefined) return undefined;
  return (row, episode, sink) => {
    const cost = row.thousandths(whole.field);
    const sum = paid.evaluate(row, episode);
    if (cost === undefined || sum === undefined || agree(episode) !== true) return;
    sink.evaluated();
    if (Math.abs(cost - sum) <= tolerance) return;
    report(sink, 'BALANCE_BROKEN', row, whole.field, [
      named('field', whole),
      plain('value', formatThousandths(cost)),
      plain('sum', formatThousandths(sum)),
      plain('formula', paid.words),
    ]);
  };
}
