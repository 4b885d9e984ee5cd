import { onlyKnown } from './arguments.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overRows, scopeArguments } from './scope.ts';

const shape = /^\d{3}(\d)(\d{2})\d{6}$/u;

/** A citizen id of 12 digits tells century and sex (4th digit) and year (5th, 6th); they agree with GIOI_TINH and NGAY_SINH. */
export const citizenId: Check = {
  name: 'citizen-id',
  compile(args, context) {
    onlyKnown(args, scopeArguments);
    return overRows(args, context, (table) => {
      const id = referenceTo(context, table.code, 'SO_CCCD');
      const sex = referenceTo(context, table.code, 'GIOI_TINH');
      const birth = referenceTo(context, table.code, 'NGAY_SINH');
      if (id === undefined || sex === undefined || birth === undefined) return undefined;
      return (row, _episode, sink) => {
        if (row.isEmpty(id.field)) return;
        const match = shape.exec(row.text(id.field));
        if (match === null) return;
        const century = Number(match[1]);
        const stated = row.thousandths(sex.field);
        if (stated === 1000 || stated === 2000) {
          sink.evaluated();
          const expected = century % 2 === 0 ? 1000 : 2000;
          if (stated !== expected)
            report(sink, 'CITIZEN_ID_SEX', row, sex.field, [
              shown('value', row, sex),
              plain('expected', String(expected / 1000)),
            ]);
        }
        const year = row.text(birth.field).slice(0, 4);
        const told = String(1900 + Math.floor(century / 2) * 100 + Number(match[2]));
        if (!/^\d{4}$/u.test(year)) return;
        sink.evaluated();
        if (year !== told)
          report(sink, 'CITIZEN_ID_YEAR', row, birth.field, [
            { name: 'value', value: year, personal: true },
            { name: 'expected', value: told, personal: true },
          ]);
      };
    });
  },
};
