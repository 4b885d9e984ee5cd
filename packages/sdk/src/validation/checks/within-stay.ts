import { onlyKnown, textOf } from './arguments.ts';
import type { Check } from './check.ts';
import { named, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

/** A time of a row lies between NGAY_VAO and NGAY_RA of the claim, both included. */
export const withinStay: Check = {
  name: 'within-stay',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'field']);
    const arrival = referenceTo(context, 'XML1', 'NGAY_VAO');
    const departure = referenceTo(context, 'XML1', 'NGAY_RA');
    if (arrival === undefined || departure === undefined) return [];
    return overRows(args, context, (table) => {
      const time = referenceTo(context, table.code, textOf(args, 'field'));
      if (time === undefined) return undefined;
      return (row, episode, sink) => {
        const at = row.minute(time.field);
        const from = episode.summary?.minute(arrival.field);
        const to = episode.summary?.minute(departure.field);
        if (at === undefined || from === undefined || to === undefined || to < from) return;
        sink.evaluated();
        if (at >= from && at <= to) return;
        report(sink, 'OUTSIDE_STAY', row, time.field, [
          named('field', time),
          shown('value', row, time),
          shown('from', episode.summary, arrival),
          shown('to', episode.summary, departure),
        ]);
      };
    });
  },
};
