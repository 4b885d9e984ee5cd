import { onlyKnown, textOf, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

const folded = (text: string): string => text.normalize('NFC').toLocaleLowerCase('vi');

/** A free text contains one of the `phrases`, whatever the case of its letters. An empty text is not decided here. */
export const textContains: Check = {
  name: 'text-contains',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field', 'phrases']);
    const phrases = textsOf(args, 'phrases');
    const wanted = phrases.map(folded);
    return overRows(args, context, (table) => {
      const text = referenceTo(context, table.code, textOf(args, 'field'));
      if (text === undefined) return undefined;
      return (row, _episode, sink) => {
        if (row.isEmpty(text.field)) return;
        sink.evaluated();
        const content = folded(row.text(text.field));
        if (wanted.some((phrase) => content.includes(phrase))) return;
        report(sink, 'PHRASE_MISSING', row, text.field, [
          named('field', text),
          plain('phrases', phrases.join(' | ')),
        ]);
      };
    });
  },
};
