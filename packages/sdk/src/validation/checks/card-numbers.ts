import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { levelOn, levelsOf, readCard } from './insurance-card.ts';
import { named, plain, referenceTo, report, type Value } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

/**
 * Each card of a `;` list has 15 characters: two letters, the level 1–5, two digits of the province, ten digits. With
 * `objects` the object code is one the list knows and the printed level the one of its date; both only warn, since new
 * codes appear by decision.
 */
export const cardNumbers: Check = {
  name: 'card-numbers',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'fields', 'objects']);
    const fields = args['fields'];
    if (!Array.isArray(fields)) throw new Error('argument fields: expected a list of texts');
    const objects = new Map(
      context.codeList(textOf(args, 'objects')).entries.map((entry) => [entry.code, entry]),
    );
    return overRows(args, context, (table) => {
      const references = fields
        .map((code) => referenceTo(context, table.code, String(code)))
        .filter((reference) => reference !== undefined);
      if (references.length === 0) return undefined;
      return (row, episode, sink) => {
        for (const reference of references) {
          if (row.isEmpty(reference.field)) continue;
          sink.evaluated();
          for (const part of partsOf(row.text(reference.field))) {
            const card: Value = { name: 'value', value: part, personal: true };
            const parsed = readCard(part);
            if (parsed === undefined) {
              const ascii = part.normalize('NFKC');
              if (ascii !== part)
                report(sink, 'CHARSET', row, reference.field, [
                  named('field', reference),
                  card,
                  { name: 'suggested', value: ascii, personal: true },
                ]);
              else if (part.length !== 15)
                report(sink, 'BHYT_LENGTH', row, reference.field, [
                  named('field', reference),
                  card,
                  plain('length', String([...part].length)),
                ]);
              else report(sink, 'BHYT_SHAPE', row, reference.field, [named('field', reference), card]);
              continue;
            }
            const entry = objects.get(parsed.object);
            if (entry === undefined) {
              sink.problem({
                code: 'OBJECT_UNKNOWN',
                row,
                field: reference.field,
                severity: 'warning',
                values: [named('field', reference), plain('object', parsed.object)],
              });
              continue;
            }
            const current = levelOn(entry, episode.decidingDate);
            // A card printed before a change of level stays valid with the old digit.
            if (current === undefined || levelsOf(entry).some(({ level }) => level === parsed.level))
              continue;
            sink.problem({
              code: 'OBJECT_LEVEL',
              row,
              field: reference.field,
              severity: 'warning',
              values: [
                named('field', reference),
                plain('object', parsed.object),
                plain('value', String(parsed.level)),
                plain('expected', String(current.level)),
              ],
            });
          }
        }
      };
    });
  },
};
