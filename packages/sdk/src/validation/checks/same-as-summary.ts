import { onlyKnown, isRecord, optionalText, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * A column that repeats a column of XML1 has the same text, when it is present at all. `fields` lists columns of the
 * same name; a mapping says which column of XML1 is repeated. `code` names the finding (FK_MISSING for the key).
 */
export const sameAsSummary: Check = {
  name: 'same-as-summary',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'code']);
    const code = optionalText(args, 'code') ?? 'DIFFERS_FROM_SUMMARY';
    const pairs: readonly (readonly [string, string])[] = isRecord(args['fields'])
      ? Object.entries(args['fields']).map(([own, summary]) => [own, String(summary)])
      : textsOf(args, 'fields').map((name) => [name, name]);
    return overRows(args, context, (table) => {
      const columns = pairs
        .map(([own, summary]) => ({
          own: referenceTo(context, table.code, own),
          summary: referenceTo(context, table.code, `XML1.${summary}`),
        }))
        .filter(
          (pair): pair is { own: NonNullable<typeof pair.own>; summary: NonNullable<typeof pair.summary> } =>
            pair.own !== undefined && pair.summary !== undefined,
        );
      if (columns.length === 0) return undefined;
      return (row, episode, sink) => {
        const { summary } = episode;
        if (summary === undefined) return;
        for (const pair of columns) {
          if (row.isEmpty(pair.own.field) || summary.isEmpty(pair.summary.field)) continue;
          sink.evaluated();
          const own = row.text(pair.own.field);
          const repeated = summary.text(pair.summary.field);
          // Composed and decomposed letters are the same name.
          if (own === repeated || own.normalize('NFC') === repeated.normalize('NFC')) continue;
          report(sink, code, row, pair.own.field, [
            named('field', pair.own),
            shown('value', row, pair.own),
            named('summaryField', pair.summary),
            shown('summary', summary, pair.summary),
          ]);
        }
      };
    });
  },
};
