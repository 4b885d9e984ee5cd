import type { Episode, Row } from '../rows/row.ts';
import { onlyKnown, textOf, textsOf, thousandthsOf } from './arguments.ts';
import type { Check, CompileContext } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { compileExpression, type Expression } from './expression.ts';
import { named, plain, referenceTo, report, type Reference } from './reference.ts';
import { overClaims, overRows, scopeArguments, type RowRun } from './scope.ts';
import { compileAgreement } from './total-of-rows.ts';

const shares = ['T_BHTT', 'T_BNCCT', 'T_BNTT', 'T_NGUONKHAC'];

interface Balance {
  readonly whole: Reference;
  readonly paid: Expression;
}

function balanceOf(context: CompileContext, table: string, column: string): Balance | undefined {
  const whole = referenceTo(context, table, column);
  const paid = compileExpression(context, table, { sum: shares });
  return whole === undefined || paid === undefined ? undefined : { whole, paid };
}

function judge({ whole, paid }: Balance, tolerance: number): RowRun {
  return (row, episode, sink) => {
    const cost = row.thousandths(whole.field);
    const sum = paid.evaluate(row, episode);
    if (cost === undefined || sum === undefined) return;
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

/** A line's cost is paid by somebody in full: `whole` = T_BHTT + T_BNCCT + T_BNTT + T_NGUONKHAC within `tolerance` đồng. */
export const balance: Check = {
  name: 'balance',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'whole', 'tolerance']);
    const tolerance = thousandthsOf(args, 'tolerance');
    return overRows(args, context, (table) => {
      const columns = balanceOf(context, table.code, textOf(args, 'whole'));
      return columns === undefined ? undefined : judge(columns, tolerance);
    });
  },
};

/**
 * The same for the summary. Judged only where nothing that has a rule of its own is wrong: the `totals` agree with
 * their rows, the rows of `lines` balance, and T_BHTT is T_TONGCHI_BH − T_BNCCT.
 */
export const summaryBalance: Check = {
  name: 'summary-balance',
  compile(args, context) {
    onlyKnown(args, ['whole', 'tolerance', 'totals', 'lines', 'when', 'from', 'until']);
    const tolerance = thousandthsOf(args, 'tolerance');
    const agree = compileAgreement(context, args['totals'], tolerance);
    const columns = balanceOf(context, 'XML1', textOf(args, 'whole'));
    const fund = referenceTo(context, 'XML1', 'T_BHTT');
    const official = compileExpression(context, 'XML1', { sum: ['T_TONGCHI_BH', '-T_BNCCT'] });
    if (agree === undefined || columns === undefined || fund === undefined || official === undefined)
      return [];
    const lines = textsOf(args, 'lines').flatMap((table) => {
      const line = balanceOf(context, table, 'THANH_TIEN_BV');
      return line === undefined ? [] : [{ table, line }];
    });
    const isOfficial = (summary: Row, episode: Episode): boolean => {
      const stated = summary.thousandths(fund.field);
      const due = official.evaluate(summary, episode);
      return stated !== undefined && due !== undefined && Math.abs(stated - due) <= tolerance;
    };
    const linesBalance = (episode: Episode): boolean =>
      lines.every(({ table, line: { whole, paid } }) =>
        episode.rows(table).every((row) => {
          const cost = row.thousandths(whole.field);
          const sum = paid.evaluate(row, episode);
          return cost !== undefined && sum !== undefined && Math.abs(cost - sum) <= tolerance;
        }),
      );
    const run = judge(columns, tolerance);
    return overClaims(args, context, (summary, episode, sink) => {
      if (isOfficial(summary, episode) && agree(episode) === true && linesBalance(episode))
        run(summary, episode, sink);
    });
  },
};
