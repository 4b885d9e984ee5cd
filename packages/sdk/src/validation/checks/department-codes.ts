import { onlyKnown, textOf, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

const joined = /^K(\d{2}(?:\d{2})+)$/u;

/**
 * Each department of a `;` list is in the list on the deciding date. A joined code (K0809) names several departments, a
 * unit (.Dnn) or part (.n) one department. The list is not complete, so an unknown code only warns.
 */
export const departmentCodes: Check = {
  name: 'department-codes',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'list', 'others']);
    const list = context.codeList(textOf(args, 'list'));
    const others = new Set(textsOf(args, 'others'));
    const known = (code: string, date: string): boolean =>
      list.entries.some(
        (entry) => entry.code === code && (entry.from ?? '') <= date && date <= (entry.to ?? '9999'),
      );
    // Few departments occur again and again: remember what was found good, per date.
    const good = new Map<string, Set<string>>();
    return overRows(args, context, (table) => {
      const references = textsOf(args, 'fields')
        .map((code) => referenceTo(context, table.code, code))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, { decidingDate }, sink) => {
        let seen = good.get(decidingDate);
        if (seen === undefined) good.set(decidingDate, (seen = new Set()));
        for (const reference of references) {
          if (row.isEmpty(reference.field)) continue;
          sink.evaluated();
          const text = row.text(reference.field);
          if (seen.has(text)) continue;
          const unknown = partsOf(text).find(
            (part) => !others.has(part) && !departmentsOf(part).every((code) => known(code, decidingDate)),
          );
          if (unknown === undefined) {
            if (seen.size < 1000) seen.add(text);
            continue;
          }
          report(sink, 'CODE_UNKNOWN', row, reference.field, [
            named('field', reference),
            plain('value', unknown),
            plain('list', list.id),
          ]);
        }
      };
    });
  },
};

function departmentsOf(part: string): readonly string[] {
  const base = part.replace(/\.D\d{2}$/u, '').replace(/\.\d+$/u, '');
  const match = joined.exec(base);
  if (match === null) return [base];
  return (match[1] as string).match(/\d{2}/gu)?.map((digits) => `K${digits}`) ?? [base];
}
