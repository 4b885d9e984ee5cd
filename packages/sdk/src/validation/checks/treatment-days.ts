import type { Episode, Row } from '../rows/row.ts';
import { onlyKnown, optionalTexts } from './arguments.ts';
import { dayNumber, dayOf } from './calendar.ts';
import type { Check, CompileContext } from './check.ts';
import { formatThousandths } from './decimal.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overClaims } from './scope.ts';

/**
 * SO_NGAY_DTRI by MA_LOAI_KCB: 0 for the visits in `none`; calendar days from NGAY_VAO to NGAY_RA, both counted, for
 * `calendarDays`; days that have a service (XML3.NGAY_YL) for `daysWithServices`; at least one for `atLeastOne`.
 */
export const treatmentDays: Check = {
  name: 'treatment-days',
  compile(args, context) {
    onlyKnown(args, ['none', 'calendarDays', 'daysWithServices', 'atLeastOne', 'when', 'from', 'until']);
    const days = referenceTo(context, 'XML1', 'SO_NGAY_DTRI');
    const visit = referenceTo(context, 'XML1', 'MA_LOAI_KCB');
    const arrival = referenceTo(context, 'XML1', 'NGAY_VAO');
    const departure = referenceTo(context, 'XML1', 'NGAY_RA');
    if (days === undefined || visit === undefined || arrival === undefined || departure === undefined)
      return [];
    const kinds = new Map<string, (summary: Row, episode: Episode) => number | undefined>();
    const calendarDays = (summary: Row): number | undefined => {
      const from = summary.minute(arrival.field);
      const to = summary.minute(departure.field);
      return from === undefined || to === undefined || to < from
        ? undefined
        : dayNumber(dayOf(to)) - dayNumber(dayOf(from)) + 1;
    };
    const serviceDays = countServiceDays(context);
    for (const code of optionalTexts(args, 'none') ?? []) kinds.set(code, () => 0);
    for (const code of optionalTexts(args, 'calendarDays') ?? []) kinds.set(code, calendarDays);
    for (const code of optionalTexts(args, 'daysWithServices') ?? [])
      kinds.set(code, (_summary, episode) => serviceDays(episode));
    const atLeastOne = new Set(optionalTexts(args, 'atLeastOne') ?? []);
    return overClaims(args, context, (summary, episode, sink) => {
      const stated = summary.thousandths(days.field);
      if (stated === undefined || summary.isEmpty(visit.field)) return;
      const code = summary.text(visit.field);
      const expected = atLeastOne.has(code)
        ? Math.max(1, Math.floor(stated / 1000))
        : kinds.get(code)?.(summary, episode);
      if (expected === undefined) return;
      sink.evaluated();
      if (stated === expected * 1000) return;
      report(sink, 'TREATMENT_DAYS', summary, days.field, [
        plain('value', formatThousandths(stated)),
        plain('expected', String(expected)),
        shown('visit', summary, visit),
        shown('from', summary, arrival),
        shown('to', summary, departure),
      ]);
    });
  },
};

function countServiceDays(context: CompileContext): (episode: Episode) => number | undefined {
  const service = context.field('XML3', 'MA_DICH_VU');
  const order = context.field('XML3', 'NGAY_YL');
  return (episode) => {
    if (service < 0 || order < 0) return undefined;
    const seen = new Set<number>();
    for (const row of episode.rows('XML3')) {
      if (row.isEmpty(service)) continue;
      const minute = row.minute(order);
      if (minute === undefined) return undefined;
      seen.add(dayOf(minute));
    }
    return seen.size;
  };
}
