import { onlyKnown } from './arguments.ts';
import type { Check } from './check.ts';
import { readCard } from './insurance-card.ts';
import { plain, referenceTo, report } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';
import { partsOf } from './separated.ts';

const facility = /^\d{5}$/u;
const placeholder = /^\d{2}000$/u;

/**
 * Each registered facility (MA_DKBD) has five digits; the place-holder of a temporary card, province + 000, has the
 * province of its card.
 */
export const registeredFacility: Check = {
  name: 'registered-facility',
  compile(args, context) {
    onlyKnown(args, scopeArguments);
    return overRows(args, context, (table) => {
      const registered = referenceTo(context, table.code, 'MA_DKBD');
      const card = referenceTo(
        context,
        table.code,
        table.fields.some(({ code }) => code === 'MA_THE_BHYT') ? 'MA_THE_BHYT' : 'MA_THE',
      );
      if (registered === undefined || card === undefined) return undefined;
      return (row, _episode, sink) => {
        if (row.isEmpty(registered.field)) return;
        sink.evaluated();
        const cards = partsOf(row.text(card.field));
        for (const [index, code] of partsOf(row.text(registered.field)).entries()) {
          if (!facility.test(code)) {
            report(sink, 'FACILITY_CODE', row, registered.field, [
              plain('field', registered.code),
              plain('value', code),
            ]);
          } else if (placeholder.test(code)) {
            const printed = readCard(cards[index] ?? '');
            if (printed === undefined || printed.province === code.slice(0, 2)) continue;
            report(sink, 'TEMPORARY_CARD_PROVINCE', row, registered.field, [
              plain('value', code),
              plain('expected', `${printed.province}000`),
            ]);
          }
        }
      };
    });
  },
};
