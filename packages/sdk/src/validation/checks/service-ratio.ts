import type { Row } from '../rows/row.ts';
import { onlyKnown, recordOf, textsOf, type Arguments } from './arguments.ts';
import { dayOf } from './calendar.ts';
import type { Check, CheckSink } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { plain, referenceTo, report } from './reference.ts';
import { overClaims, tablesOf } from './scope.ts';

interface Series {
  readonly groups: ReadonlySet<number>;
  /** Thousandths of a percent. */
  readonly ratios: readonly number[];
}

function seriesOf(args: Arguments, name: string): Series {
  const series = recordOf(args, name);
  onlyKnown(series, ['groups', 'ratios']);
  const ratios = series['ratios'];
  if (!Array.isArray(ratios) || !ratios.every((ratio) => typeof ratio === 'number'))
    throw new Error(`argument ${name}.ratios: expected numbers`);
  return {
    groups: new Set(textsOf(series, 'groups').map((code) => Number(code) * 1000)),
    ratios: ratios.map((ratio: number) => ratio * 1000),
  };
}

/**
 * TYLE_TT_DV of the exams of one day is the series of `exams` (the last ratio repeats); of beds and of operations it is
 * one of the ratios given. Lines outside the benefit (PHAM_VI 2) are left out.
 */
export const serviceRatio: Check = {
  name: 'service-ratio',
  compile(args, context) {
    onlyKnown(args, ['table', 'when', 'from', 'until', 'exams', 'beds', 'operations']);
    const [table] = tablesOf(args, context);
    if (table === undefined) return [];
    const group = referenceTo(context, table.code, 'MA_NHOM');
    const ratio = referenceTo(context, table.code, 'TYLE_TT_DV');
    const scope = referenceTo(context, table.code, 'PHAM_VI');
    const order = referenceTo(context, table.code, 'NGAY_YL');
    if (group === undefined || ratio === undefined || scope === undefined || order === undefined) return [];
    const exams = seriesOf(args, 'exams');
    const others = [seriesOf(args, 'beds'), seriesOf(args, 'operations')];
    const tell = (sink: CheckSink, row: Row, value: number, expected: string): void =>
      report(sink, 'SERVICE_RATIO', row, ratio.field, [
        plain('value', formatThousandths(value)),
        plain('expected', expected),
      ]);
    return overClaims(args, context, (_summary, episode, sink) => {
      const days = new Map<number, { row: Row; value: number }[]>();
      for (const row of episode.rows(table.code)) {
        const code = row.thousandths(group.field);
        const value = row.thousandths(ratio.field);
        if (code === undefined || value === undefined || row.thousandths(scope.field) === 2000) continue;
        if (exams.groups.has(code)) {
          const minute = row.minute(order.field);
          if (minute === undefined) continue;
          const day = dayOf(minute);
          const known = days.get(day);
          if (known === undefined) days.set(day, [{ row, value }]);
          else known.push({ row, value });
          continue;
        }
        for (const series of others) {
          if (!series.groups.has(code)) continue;
          sink.evaluated();
          if (!series.ratios.includes(value))
            tell(sink, row, value, series.ratios.map(formatThousandths).join(', '));
        }
      }
      for (const lines of days.values()) {
        sink.evaluated();
        const sorted = [...lines].sort((a, b) => b.value - a.value);
        for (const [index, { row, value }] of sorted.entries()) {
          const expected = exams.ratios[Math.min(index, exams.ratios.length - 1)] as number;
          if (value === expected) continue;
          tell(sink, row, value, formatThousandths(expected));
          break;
        }
      }
    });
  },
};
