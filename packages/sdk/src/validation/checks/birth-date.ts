import { integerOf, onlyKnown, optionalText } from './arguments.ts';
import { dayNumber, dayOf, isRealDay } from './calendar.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

const shape = /^\d{12}$/u;

/**
 * NGAY_SINH has twelve digits; month and day, and hour and minute, may be 0000 when unknown. With `infantDays`, a
 * child not older than that on arrival (NGAY_VAO) needs hour and minute instead.
 */
export const birthDate: Check = {
  name: 'birth-date',
  compile(args, context) {
    onlyKnown(args, [...scopeArguments, 'infantDays', 'arrival']);
    const infantDays = args['infantDays'] === undefined ? undefined : integerOf(args, 'infantDays');
    const arrivalCode = optionalText(args, 'arrival') ?? 'NGAY_VAO';
    return overRows(args, context, (table) => {
      const birth = referenceTo(context, table.code, 'NGAY_SINH');
      const arrival = referenceTo(context, table.code, arrivalCode);
      if (birth === undefined) return undefined;
      return (row, _episode, sink) => {
        if (row.isEmpty(birth.field)) return;
        const text = row.text(birth.field);
        const valid = isBirthDate(text);
        if (infantDays === undefined) {
          sink.evaluated();
          if (!valid) report(sink, 'BIRTH_DATE', row, birth.field, [shown('value', row, birth)]);
          return;
        }
        const arrived = arrival === undefined ? undefined : row.minute(arrival.field);
        if (!valid || arrived === undefined || text.slice(4, 8) === '0000') return;
        const age = dayNumber(dayOf(arrived)) - dayNumber(Number(text.slice(0, 8)));
        if (age < 0 || age > infantDays) return;
        sink.evaluated();
        // Born at midnight is as good as not recorded: the wire format has no other way to say it is unknown.
        if (text.endsWith('0000'))
          report(sink, 'BIRTH_TIME', row, birth.field, [
            shown('value', row, birth),
            plain('days', String(age)),
            plain('most', String(infantDays)),
          ]);
      };
    });
  },
};

function isBirthDate(text: string): boolean {
  if (!shape.test(text)) return false;
  const time = Number(text.slice(8));
  if (time % 100 > 59 || time >= 2400 || Number(text.slice(0, 4)) < 1800) return false;
  return text.slice(4, 8) === '0000' || isRealDay(Number(text.slice(0, 8)));
}
