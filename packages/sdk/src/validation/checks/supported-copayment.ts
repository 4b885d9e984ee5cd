import { onlyKnown, textOf, thousandthsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { compileExpression } from './expression.ts';
import { plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * ARV drugs that the fund pays: what other sources give is the patient's co-payment, THANH_TIEN_BH less the fund's
 * share by MUC_HUONG. Lines are recognised by the presence of a treatment table (`presence`) in the claim.
 */
export const supportedCopayment: Check = {
  name: 'supported-copayment',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'presence', 'tolerance']);
    const presence = textOf(args, 'presence');
    const tolerance = thousandthsOf(args, 'tolerance');
    if (context.table(presence) === undefined) return [];
    return overRows(args, context, (table) => {
      const support = referenceTo(context, table.code, 'T_NGUONKHAC');
      const insured = referenceTo(context, table.code, 'THANH_TIEN_BH');
      const fund = compileExpression(context, table.code, {
        product: ['THANH_TIEN_BH'],
        percent: ['MUC_HUONG'],
      });
      if (support === undefined || insured === undefined || fund === undefined) return undefined;
      return (row, episode, sink) => {
        if (episode.rows(presence).length === 0) return;
        const given = row.thousandths(support.field);
        const whole = row.thousandths(insured.field);
        const share = fund.evaluate(row, episode);
        if (given === undefined || whole === undefined || share === undefined) return;
        sink.evaluated();
        if (Math.abs(given - (whole - share)) <= tolerance) return;
        report(sink, 'SUPPORTED_COPAYMENT', row, support.field, [
          plain('value', formatThousandths(given)),
          plain('expected', formatThousandths(whole - share)),
        ]);
      };
    });
  },
};
