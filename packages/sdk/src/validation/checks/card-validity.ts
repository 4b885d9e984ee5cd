import { integerOf, onlyKnown } from './arguments.ts';
import { dayNumber, dayOf, parseMinute } from './calendar.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overClaims } from './scope.ts';
import { partsOf } from './separated.ts';

/**
 * NGAY_VAO lies within the validity (GT_THE_TU … GT_THE_DEN) of one of the cards, and NGAY_RA at most `grace` days
 * after the last validity ends. A card without end is open.
 */
export const cardValidity: Check = {
  name: 'card-validity',
  compile(args, context) {
    onlyKnown(args, ['when', 'from', 'until', 'grace']);
    const grace = integerOf(args, 'grace');
    const starts = referenceTo(context, 'XML1', 'GT_THE_TU');
    const ends = referenceTo(context, 'XML1', 'GT_THE_DEN');
    const arrival = referenceTo(context, 'XML1', 'NGAY_VAO');
    const departure = referenceTo(context, 'XML1', 'NGAY_RA');
    if (starts === undefined || ends === undefined || arrival === undefined || departure === undefined)
      return [];
    return overClaims(args, context, (summary, _episode, sink) => {
      const arrived = summary.minute(arrival.field);
      const left = summary.minute(departure.field);
      if (summary.isEmpty(starts.field) || arrived === undefined || left === undefined) return;
      const from = partsOf(summary.text(starts.field)).map(parseMinute);
      const open = summary.isEmpty(ends.field);
      const to = open
        ? []
        : partsOf(summary.text(ends.field)).map((part) => (part === '' ? Infinity : parseMinute(part)));
      if (
        !from.every((day) => day !== undefined) ||
        !to.every((day) => day !== undefined) ||
        (!open && to.length !== from.length)
      )
        return;
      sink.evaluated();
      const day = dayOf(arrived);
      let covered = false;
      let last = 0;
      for (const [index, start] of from.entries()) {
        const end = open ? Infinity : (to[index] as number);
        covered ||= dayOf(start) <= day && (end === Infinity || day <= dayOf(end));
        last = Math.max(last, end);
      }
      if (!covered) {
        report(sink, 'CARD_NOT_VALID', summary, arrival.field, [
          shown('value', summary, arrival),
          shown('from', summary, starts),
          shown('to', summary, ends),
        ]);
      } else if (last !== Infinity && dayNumber(dayOf(left)) - dayNumber(dayOf(last)) > grace) {
        report(sink, 'CARD_EXPIRED_IN_STAY', summary, departure.field, [
          shown('value', summary, departure),
          shown('to', summary, ends),
          plain('grace', String(grace)),
        ]);
      }
    });
  },
};
