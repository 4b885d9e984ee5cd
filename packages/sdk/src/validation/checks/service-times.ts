import type { Row } from '../rows/row.ts';
import { integerOf, onlyKnown, textsOf } from './arguments.ts';
import { minuteNumber } from './calendar.ts';
import type { Check, CheckSink } from './check.ts';
import { plain, referenceTo, report, shown, type Reference } from './reference.ts';
import { overClaims, tablesOf } from './scope.ts';
import { partsOf } from './separated.ts';

interface Interval {
  readonly row: Row;
  readonly start: number;
  readonly end: number;
}

/**
 * Services of some cost groups take between `leastMinutes` and `mostMinutes` from NGAY_TH_YL to NGAY_KQ, and two of them
 * that share a performer or device (a part of a column in `apart`) do not overlap within the claim.
 */
export const serviceTimes: Check = {
  name: 'service-times',
  compile(args, context) {
    onlyKnown(args, ['table', 'when', 'from', 'until', 'groups', 'leastMinutes', 'mostMinutes', 'apart']);
    const [table] = tablesOf(args, context);
    if (table === undefined) return [];
    const group = referenceTo(context, table.code, 'MA_NHOM');
    const start = referenceTo(context, table.code, 'NGAY_TH_YL');
    const end = referenceTo(context, table.code, 'NGAY_KQ');
    const apart = textsOf(args, 'apart')
      .map((code) => referenceTo(context, table.code, code))
      .filter((reference) => reference !== undefined);
    if (group === undefined || start === undefined || end === undefined) return [];
    const groups = new Set(textsOf(args, 'groups').map((code) => Number(code) * 1000));
    const least = integerOf(args, 'leastMinutes');
    const most = integerOf(args, 'mostMinutes');
    return overClaims(args, context, (_summary, episode, sink) => {
      const intervals: Interval[] = [];
      for (const row of episode.rows(table.code)) {
        const code = row.thousandths(group.field);
        if (code === undefined || !groups.has(code)) continue;
        const from = row.minute(start.field);
        const to = row.minute(end.field);
        if (from === undefined || to === undefined || to < from) continue;
        sink.evaluated();
        const minutes = to === from ? 0 : minuteNumber(to) - minuteNumber(from);
        if (minutes < least || minutes > most) {
          report(sink, 'SERVICE_DURATION', row, end.field, [
            plain('minutes', String(minutes)),
            plain('least', String(least)),
            plain('most', String(most)),
          ]);
          continue;
        }
        intervals.push({ row, start: from, end: to });
      }
      reportOverlaps(intervals, apart, start, sink);
    });
  },
};

function reportOverlaps(
  intervals: readonly Interval[],
  apart: readonly Reference[],
  at: Reference,
  sink: CheckSink,
): void {
  for (let later = 1; later < intervals.length; later++) {
    const second = intervals[later] as Interval;
    for (let earlier = 0; earlier < later; earlier++) {
      const first = intervals[earlier] as Interval;
      if (first.start >= second.end || second.start >= first.end) continue;
      const shared = apart.find(({ field }) => sharesPart(first.row, second.row, field));
      if (shared === undefined) continue;
      report(sink, 'SERVICE_OVERLAP', second.row, at.field, [
        plain('field', shared.code),
        shown('value', second.row, shared),
        plain('otherRow', String(first.row.number)),
      ]);
      break;
    }
  }
}

function sharesPart(first: Row, second: Row, field: number): boolean {
  if (first.isEmpty(field) || second.isEmpty(field)) return false;
  const mine = first.text(field);
  const theirs = second.text(field);
  if (mine === theirs) return true;
  const parts = partsOf(theirs);
  return partsOf(mine).some((part) => parts.includes(part));
}
