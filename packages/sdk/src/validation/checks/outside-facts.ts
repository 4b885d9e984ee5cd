import { onlyKnown, textOf, textsOf } from './arguments.ts';
import type { Check } from './check.ts';
import { plain, referenceTo, report, shown } from './reference.ts';
import { overClaims } from './scope.ts';

/** Visits that need a check-in have one: the classes in `unless` (emergencies) do not. Needs the list of check-ins sent. */
export const checkInSent: Check = {
  name: 'check-in-sent',
  compile(args, context) {
    onlyKnown(args, ['when', 'from', 'until', 'unless']);
    const { checkedIn } = context.facts;
    const patientClass = referenceTo(context, 'XML1', 'MA_DOITUONG_KCB');
    if (checkedIn === undefined || patientClass === undefined) return [];
    const unless = new Set(textsOf(args, 'unless'));
    return overClaims(args, context, (summary, episode, sink) => {
      if (episode.key === null || summary.isEmpty(patientClass.field)) return;
      sink.evaluated();
      if (unless.has(summary.text(patientClass.field)) || checkedIn.has(episode.key)) return;
      report(sink, 'CHECK_IN_MISSING', summary, patientClass.field, [shown('value', summary, patientClass)]);
    });
  },
};

/** The patient class is the first, in the order of the list, of those that fit the episode. Needs the classes that fit. */
export const firstEligibleClass: Check = {
  name: 'first-eligible-class',
  compile(args, context) {
    onlyKnown(args, ['when', 'from', 'until', 'list']);
    const { eligibleClasses } = context.facts;
    const patientClass = referenceTo(context, 'XML1', 'MA_DOITUONG_KCB');
    if (eligibleClasses === undefined || patientClass === undefined) return [];
    const order = context.codeList(textOf(args, 'list')).entries;
    return overClaims(args, context, (summary, episode, sink) => {
      const fitting = episode.key === null ? undefined : eligibleClasses.get(episode.key);
      if (fitting === undefined || summary.isEmpty(patientClass.field)) return;
      const first = order.find(
        ({ code, from, to }) =>
          fitting.includes(code) &&
          (from ?? '') <= episode.decidingDate &&
          episode.decidingDate <= (to ?? '9999'),
      );
      if (first === undefined) return;
      sink.evaluated();
      if (summary.text(patientClass.field) === first.code) return;
      report(sink, 'CLASS_NOT_FIRST', summary, patientClass.field, [
        shown('value', summary, patientClass),
        plain('expected', first.code),
      ]);
    });
  },
};

/** A table that holds specially protected data is sent only by an account with the right named. Needs the account's rights. */
export const accessRight: Check = {
  name: 'access-right',
  compile(args, context) {
    onlyKnown(args, ['table', 'right']);
    const { rights } = context.facts;
    const table = textOf(args, 'table');
    const right = textOf(args, 'right');
    if (rights === undefined || context.table(table) === undefined) return [];
    return [
      {
        scope: 'episode',
        run(episode, sink) {
          if (episode.rows(table).length === 0) return;
          sink.evaluated();
          if (!rights.has(right))
            sink.problem({
              code: 'ACCESS_RIGHT',
              row: null,
              field: -1,
              table,
              values: [plain('table', table), plain('right', right)],
            });
        },
      },
    ];
  },
};
