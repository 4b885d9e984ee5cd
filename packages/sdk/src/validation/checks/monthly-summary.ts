import { isRecord, onlyKnown, recordsOf, textOf, textsOf, thousandthsOf } from './arguments.ts';
import type { BatchCheck, Check } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { plain } from './reference.ts';

const amount = (text: string | undefined): number | undefined => {
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/u.exec(text ?? '');
  return match === null ? undefined : Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
};

/** In each line of the monthly summary 01/BH a column is the sum of others, within `tolerance` đồng. Needs the summary. */
export const monthlySummary: Check = {
  name: 'monthly-summary',
  compile(args, context) {
    onlyKnown(args, ['sums', 'tolerance']);
    const tolerance = thousandthsOf(args, 'tolerance');
    const sums = recordsOf(args, 'sums').map((sum) => ({
      column: textOf(sum, 'column'),
      of: textsOf(sum, 'of'),
    }));
    const lines = context.facts.monthlySummary;
    if (lines === undefined || !lines.every(isRecord)) return [];
    const start = (): BatchCheck => {
      let judged = false;
      return {
        episode(_episode, sink) {
          if (judged) return;
          judged = true;
          for (const [index, line] of lines.entries()) {
            for (const { column, of } of sums) {
              const stated = amount(line[column]);
              const parts = of.map((part) => amount(line[part]));
              if (stated === undefined || !parts.every((part) => part !== undefined)) continue;
              sink.evaluated();
              const sum = parts.reduce((total: number, part) => total + (part ?? 0), 0);
              if (Math.abs(stated - sum) <= tolerance) continue;
              sink.problem({
                code: 'MONTHLY_SUMMARY',
                row: null,
                field: -1,
                table: 'XML1',
                values: [
                  plain('line', String(index + 1)),
                  plain('column', column),
                  plain('value', formatThousandths(stated)),
                  plain('sum', formatThousandths(sum)),
                  plain('formula', of.join(' + ')),
                ],
              });
            }
          }
        },
      };
    };
    return [{ scope: 'batch', start }];
  },
};
