import { onlyKnown, recordsOf, thousandthsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overClaims } from './scope.ts';
import { compileAgreement, compileColumns, sumOfColumns } from './total-of-rows.ts';

/**
 * T_BHTT of the summary is T_TONGCHI_BH − T_BNCCT. Where other sources pay part of what the insurance covers, the sum
 * of the lines differs from this wording and is what balances: then the sum is accepted with a warning. Judged only
 * where the `totals` the formula uses agree with their rows.
 */
export const fundShareTotal: Check = {
  name: 'fund-share-total',
  compile(args, context) {
    onlyKnown(args, ['of', 'beyond', 'totals', 'when', 'from', 'until']);
    const total = referenceTo(context, 'XML1', 'T_BHTT');
    const insured = referenceTo(context, 'XML1', 'T_TONGCHI_BH');
    const copayment = referenceTo(context, 'XML1', 'T_BNCCT');
    const columns = compileColumns(context, recordsOf(args, 'of'));
    if (total === undefined || insured === undefined || copayment === undefined || columns === undefined)
      return [];
    const beyond = thousandthsOf(args, 'beyond');
    const agree = compileAgreement(context, args['totals'], beyond);
    if (agree === undefined) return [];
    return overClaims(args, context, (summary, episode, sink) => {
      const stated = summary.thousandths(total.field);
      const whole = summary.thousandths(insured.field);
      const shared = summary.thousandths(copayment.field);
      if (stated === undefined || whole === undefined || shared === undefined || agree(episode) !== true)
        return;
      sink.evaluated();
      const expected = whole - shared;
      if (Math.abs(stated - expected) <= beyond) return;
      const sum = sumOfColumns(episode, columns);
      const values = [
        named('field', total),
        plain('value', formatThousandths(stated)),
        plain('expected', formatThousandths(expected)),
        plain('formula', 'T_TONGCHI_BH − T_BNCCT'),
      ];
      if (sum !== undefined && Math.abs(stated - sum) <= beyond) {
        sink.problem({
          code: 'FUND_SHARE_BY_LINES',
          row: summary,
          field: total.field,
          values,
          severity: 'warning',
        });
      } else {
        report(sink, 'AMOUNT_MISMATCH', summary, total.field, values);
      }
    });
  },
};
