import { onlyKnown, recordsOf, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { compileCondition } from './condition.ts';
import { named, plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/**
 * The main disease is a code of the ICD-10 list the user gave (catalogue `ICD10`), and is not marked there in one of the
 * `flags`: `{ column, when?, meaning }` – a column of the list that has a value for codes that may not stand here.
 */
export const diseaseCode: Check = {
  name: 'disease-code',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'catalogue', 'flags']);
    const { catalogue } = context.facts;
    const kind = textOf(args, 'catalogue');
    if (catalogue === undefined || !catalogue.has(kind)) return [];
    return overRows(args, context, (table) => {
      const disease = referenceTo(context, table.code, textOf(args, 'field'));
      if (disease === undefined) return undefined;
      const flags = recordsOf(args, 'flags').flatMap((flag) => {
        onlyKnown(flag, ['column', 'when', 'meaning']);
        const condition = compileCondition(context, table.code, flag['when']);
        return condition === undefined
          ? []
          : [{ column: textOf(flag, 'column'), meaning: textOf(flag, 'meaning'), test: condition.ofRow }];
      });
      return (row, _episode, sink) => {
        if (row.isEmpty(disease.field)) return;
        sink.evaluated();
        const [entry] = catalogue.find(kind, row.text(disease.field));
        if (entry === undefined) {
          report(sink, 'CATALOGUE_MISSING', row, disease.field, [
            named('field', disease),
            shown('value', row, disease),
            plain('catalogue', kind),
          ]);
          return;
        }
        const flag = flags.find(
          ({ column, test }) => (entry[column] ?? '') !== '' && (test === undefined || test(row)),
        );
        if (flag !== undefined)
          report(sink, 'DISEASE_FLAG', row, disease.field, [
            shown('value', row, disease),
            plain('column', flag.column),
            plain('meaning', flag.meaning),
          ]);
      };
    });
  },
};
