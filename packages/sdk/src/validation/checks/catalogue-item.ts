import { flagOf, onlyKnown, optionalText, optionalTexts, textOf } from './arguments.ts';
import { dayOf, parseMinute } from './calendar.ts';
import type { Check } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

type CatalogueRow = Readonly<Record<string, string>>;

const amount = (text: string | undefined): number | undefined => {
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/u.exec(text ?? '');
  return match === null ? undefined : Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
};

const dayIn = (row: CatalogueRow, column: string): number | undefined => {
  const minute = parseMinute(row[column] ?? '');
  return minute === undefined ? undefined : dayOf(minute);
};

/**
 * A code of a line is an item of the facility's accepted catalogue, in force (TU_NGAY … DEN_NGAY) on the day of `at`,
 * and not dearer than its price there: `price` is the column of the line, `prices` the columns of the catalogue, the
 * first with a value counts. With `each`, every part of a `;` list. Needs the catalogue; without it nothing is judged.
 */
export const catalogueItem: Check = {
  name: 'catalogue-item',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'key', 'catalogue', 'at', 'price', 'prices', 'each']);
    const { catalogue } = context.facts;
    const kind = textOf(args, 'catalogue');
    if (catalogue === undefined || !catalogue.has(kind)) return [];
    const each = flagOf(args, 'each');
    const priceColumn = optionalText(args, 'price');
    const prices = optionalTexts(args, 'prices') ?? [];
    return overRows(args, context, (table) => {
      const key = referenceTo(context, table.code, textOf(args, 'key'));
      const at = referenceTo(context, table.code, textOf(args, 'at'));
      const price = priceColumn === undefined ? undefined : referenceTo(context, table.code, priceColumn);
      if (key === undefined || at === undefined) return undefined;
      return (row, episode, sink) => {
        const minute = at.ofSummary ? episode.summary?.minute(at.field) : row.minute(at.field);
        if (row.isEmpty(key.field) || minute === undefined) return;
        sink.evaluated();
        const day = dayOf(minute);
        const text = row.text(key.field);
        for (const code of each ? partsOf(text) : [text]) {
          const rows = catalogue.find(kind, code);
          const values = [named('field', key), shown('value', row, key), plain('catalogue', kind)];
          if (rows.length === 0) {
            report(sink, 'CATALOGUE_MISSING', row, key.field, values);
            continue;
          }
          const current = rows.find(
            (item) => (dayIn(item, 'TU_NGAY') ?? 0) <= day && day <= (dayIn(item, 'DEN_NGAY') ?? Infinity),
          );
          if (current === undefined) {
            const closed =
              rows
                .map((item) => item['DEN_NGAY'] ?? '')
                .filter((end) => end !== '')
                .sort()
                .at(-1) ?? '';
            const successor = rows.map((item) => item['MA_THAY_THE'] ?? '').find((next) => next !== '') ?? '';
            report(sink, 'CODE_CLOSED', row, key.field, [
              ...values,
              plain('date', String(day)),
              plain('closed', closed),
              plain('successor', successor),
            ]);
            continue;
          }
          const stated = price === undefined ? undefined : row.thousandths(price.field);
          const approved = prices
            .map((column) => amount(current[column]))
            .find((value) => value !== undefined);
          if (price === undefined || stated === undefined || approved === undefined || stated <= approved)
            continue;
          report(sink, 'PRICE_ABOVE_CATALOGUE', row, price.field, [
            named('field', price),
            plain('value', formatThousandths(stated)),
            plain('approved', formatThousandths(approved)),
            plain('catalogue', kind),
          ]);
        }
      };
    });
  },
};
