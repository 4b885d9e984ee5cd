import { onlyKnown } from './arguments.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report } from './reference.ts';
import { overClaims } from './scope.ts';

/** The settlement period NAM_QT/THANG_QT is a real month, not before the month of NGAY_RA. */
export const settlementMonth: Check = {
  name: 'settlement-month',
  compile(args, context) {
    onlyKnown(args, ['when', 'from', 'until']);
    const year = referenceTo(context, 'XML1', 'NAM_QT');
    const month = referenceTo(context, 'XML1', 'THANG_QT');
    const departure = referenceTo(context, 'XML1', 'NGAY_RA');
    if (year === undefined || month === undefined || departure === undefined) return [];
    return overClaims(args, context, (summary, _episode, sink) => {
      const years = summary.thousandths(year.field);
      const months = summary.thousandths(month.field);
      const end = summary.minute(departure.field);
      if (years === undefined || months === undefined || end === undefined) return;
      sink.evaluated();
      const period = (years / 1000) * 100 + months / 1000;
      const endMonth = Math.floor(end / 1_000_000);
      if (months >= 1000 && months <= 12_000 && period >= endMonth) return;
      report(sink, 'SETTLEMENT_MONTH', summary, month.field, [
        plain('value', String(period)),
        plain('least', String(endMonth)),
      ]);
    });
  },
};
