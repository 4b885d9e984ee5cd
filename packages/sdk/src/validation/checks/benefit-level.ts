import type { CodeListEntry } from '../../specifications/types.ts';
import type { Row } from '../rows/row.ts';
import {
  onlyKnown,
  optionalInteger,
  optionalText,
  optionalTexts,
  recordOf,
  textOf,
  textsOf,
  type Arguments,
} from './arguments.ts';
import { dayOf, isoOfDay } from './calendar.ts';
import type { Check, CompileContext } from './check.ts';
import { formatThousandths, roundedProduct } from './decimal.ts';
import { levelOn, levelsOf, readCards, type CardNumber } from './insurance-card.ts';
import { plain, referenceTo, report, type Reference } from './reference.ts';
import { overClaims, tablesOf } from './scope.ts';

interface Line {
  readonly table: string;
  readonly level: Reference;
  readonly insured: Reference;
  readonly scope: Reference;
}

/** What a claim's cards entitle to. Percentages in thousandths. */
interface Entitlement {
  /** Accepted percentages, the one of the first card first. */
  readonly percents: readonly number[];
  /** The object whose level changed since its card was printed, when there is one. */
  readonly changed:
    | { readonly object: string; readonly printed: number; readonly level: number; readonly from: string }
    | undefined;
}

const summaryColumns = [
  'MA_THE_BHYT',
  'NGAY_VAO',
  'NGAY_RA',
  'T_TONGCHI_BH',
  'NGAY_MIEN_CCT',
  'MA_LOAI_KCB',
  'MA_DOITUONG_KCB',
] as const;
type SummaryFields = Readonly<Record<(typeof summaryColumns)[number], number>>;

function linesOf(args: Arguments, context: CompileContext): readonly Line[] {
  return tablesOf(args, context).flatMap(({ code }) => {
    const level = referenceTo(context, code, 'MUC_HUONG');
    const insured = referenceTo(context, code, 'THANH_TIEN_BH');
    const scope = referenceTo(context, code, 'PHAM_VI');
    return level === undefined || insured === undefined || scope === undefined
      ? []
      : [{ table: code, level, insured, scope }];
  });
}

function summaryFieldsOf(context: CompileContext): SummaryFields | undefined {
  const entries = summaryColumns.map((code) => [code, context.field('XML1', code)] as const);
  return entries.every(([, field]) => field >= 0)
    ? (Object.fromEntries(entries) as Record<(typeof summaryColumns)[number], number>)
    : undefined;
}

/** The percentage of each level, from `levels: { '4': 80 }`. */
function percentsOf(args: Arguments): ReadonlyMap<number, number> {
  return new Map(
    Object.entries(recordOf(args, 'levels')).map(([level, percent]) => [
      Number(level),
      Number(percent) * 1000,
    ]),
  );
}

function entitlement(
  cards: readonly CardNumber[],
  dates: readonly string[],
  objects: ReadonlyMap<string, CodeListEntry>,
  percents: ReadonlyMap<number, number>,
): Entitlement | undefined {
  const accepted = new Set<number>();
  let changed: Entitlement['changed'];
  const accept = (level: number): void => {
    const percent = percents.get(level);
    if (percent !== undefined) accepted.add(percent);
  };
  for (const card of cards) {
    const entry = objects.get(card.object);
    if (entry === undefined) {
      accept(card.level);
      continue;
    }
    const history = levelsOf(entry);
    // Where the date of a change is itself uncertain, the printed digit counts as well.
    if (history.length <= 1 || entry['confidence'] !== 'high') accept(card.level);
    for (const date of dates) {
      const current = levelOn(entry, date);
      if (current === undefined) continue;
      accept(current.level);
      if (current.level !== card.level && current.from !== null)
        changed = { object: card.object, printed: card.level, level: current.level, from: current.from };
    }
  }
  return accepted.size === 0 ? undefined : { percents: [...accepted], changed };
}

/**
 * MUC_HUONG of each insured line (PHAM_VI 1) is the percentage of the card's level, times `rate` % for the classes of
 * `when` that the fund pays in part. The level is a function of object code, printed digit and date (`objects` is the
 * list with its history). 100 is also accepted where the fund pays all: below the threshold `lowCost`, from
 * NGAY_MIEN_CCT on, and for the classes and visits of `fullClasses` and `fullVisits`. Several cards accept each one's level.
 */
export const benefitLevel: Check = {
  name: 'benefit-level',
  compile(args, context) {
    onlyKnown(args, [
      'table',
      'tables',
      'when',
      'from',
      'until',
      'objects',
      'levels',
      'rate',
      'lowCost',
      'fullClasses',
      'fullVisits',
    ]);
    const fields = summaryFieldsOf(context);
    const lines = linesOf(args, context);
    if (fields === undefined || lines.length === 0) return [];
    const objects = new Map(
      context.codeList(textOf(args, 'objects')).entries.map((entry) => [entry.code, entry]),
    );
    const percents = percentsOf(args);
    const rate = optionalInteger(args, 'rate', 100);
    const lowCost = optionalText(args, 'lowCost');
    const threshold = lowCost === undefined ? undefined : thresholdOn(context, lowCost);
    const fullClasses = new Set(optionalTexts(args, 'fullClasses') ?? []);
    const fullVisits = new Set(optionalTexts(args, 'fullVisits') ?? []);
    return overClaims(args, context, (summary, episode, sink) => {
      const arrived = summary.minute(fields.NGAY_VAO);
      const departed = summary.minute(fields.NGAY_RA);
      if (summary.isEmpty(fields.MA_THE_BHYT) || arrived === undefined || departed === undefined) return;
      const cards = readCards(summary.text(fields.MA_THE_BHYT));
      const entitled =
        cards === undefined
          ? undefined
          : entitlement(cards, [episode.decidingDate, isoOfDay(dayOf(arrived))], objects, percents);
      if (entitled === undefined) return;
      const shared = entitled.percents.map((percent) => (rate === 100 ? percent : (percent * rate) / 100));
      const expected = shared[0] as number;
      const full =
        (threshold !== undefined && isBelow(summary, fields, threshold(episode.decidingDate))) ||
        exemptSince(summary, fields) <= departed ||
        fullClasses.has(summary.text(fields.MA_DOITUONG_KCB)) ||
        fullVisits.has(summary.text(fields.MA_LOAI_KCB));
      for (const { table, level, insured, scope } of lines) {
        for (const row of episode.rows(table)) {
          const stated = row.thousandths(level.field);
          const amount = row.thousandths(insured.field);
          if (
            stated === undefined ||
            amount === undefined ||
            amount <= 0 ||
            row.thousandths(scope.field) !== 1000
          )
            continue;
          // Above the rate of the route another rule speaks.
          if (rate !== 100 && stated > rate * 1000) continue;
          sink.evaluated();
          if (shared.includes(stated) || (full && stated === 100_000)) continue;
          const due = roundedProduct([amount, expected], 2, 1);
          const values = [
            plain('value', formatThousandths(stated)),
            plain('expected', shared.map(formatThousandths).join(' | ')),
            plain('amount', due === undefined ? '' : formatThousandths(due)),
          ];
          if (entitled.changed === undefined) {
            report(sink, 'BENEFIT_LEVEL', row, level.field, values);
          } else {
            const { object, printed, level: now, from } = entitled.changed;
            sink.problem({
              code: 'BENEFIT_LEVEL_CHANGED',
              row,
              field: level.field,
              severity: 'warning',
              values: [
                ...values,
                plain('object', object),
                plain('printed', String(printed)),
                plain('level', String(now)),
                plain('from', from),
              ],
            });
          }
        }
      }
    });
  },
};

/**
 * Lines that the fund pays in full have MUC_HUONG 100: the insured total of the visit is below the threshold, or the
 * patient is exempt from co-payment since before arrival.
 */
export const fullBenefit: Check = {
  name: 'full-benefit',
  compile(args, context) {
    onlyKnown(args, ['table', 'tables', 'when', 'from', 'until', 'lowCost']);
    const fields = summaryFieldsOf(context);
    const lines = linesOf(args, context);
    if (fields === undefined || lines.length === 0) return [];
    const threshold = thresholdOn(context, textOf(args, 'lowCost'));
    return overClaims(args, context, (summary, episode, sink) => {
      if (summary.isEmpty(fields.MA_THE_BHYT)) return;
      const bound = threshold(episode.decidingDate);
      const low = isBelow(summary, fields, bound);
      if (!low && !isExempt(summary, fields)) return;
      for (const { table, level, insured, scope } of lines) {
        for (const row of episode.rows(table)) {
          const stated = row.thousandths(level.field);
          const amount = row.thousandths(insured.field);
          if (
            stated === undefined ||
            amount === undefined ||
            amount <= 0 ||
            row.thousandths(scope.field) !== 1000
          )
            continue;
          sink.evaluated();
          if (stated === 100_000) continue;
          report(sink, low ? 'FULL_BELOW_THRESHOLD' : 'FULL_WHEN_EXEMPT', row, level.field, [
            plain('value', formatThousandths(stated)),
            plain('total', summary.text(fields.T_TONGCHI_BH)),
            plain('threshold', bound === undefined ? '' : formatThousandths(bound)),
          ]);
        }
      }
    });
  },
};

/** MUC_HUONG is one value for all insured lines of a claim with one card and no exemption from co-payment. */
export const oneBenefitLevel: Check = {
  name: 'one-benefit-level',
  compile(args, context) {
    onlyKnown(args, ['table', 'tables', 'when', 'from', 'until']);
    const fields = summaryFieldsOf(context);
    const lines = linesOf(args, context);
    if (fields === undefined || lines.length === 0) return [];
    textsOf(args, 'tables');
    return overClaims(args, context, (summary, episode, sink) => {
      if (
        summary.isEmpty(fields.MA_THE_BHYT) ||
        !summary.isEmpty(fields.NGAY_MIEN_CCT) ||
        summary.text(fields.MA_THE_BHYT).includes(';')
      )
        return;
      let first: number | undefined;
      for (const { table, level, insured, scope } of lines) {
        for (const row of episode.rows(table)) {
          const stated = row.thousandths(level.field);
          const amount = row.thousandths(insured.field);
          if (
            stated === undefined ||
            amount === undefined ||
            amount <= 0 ||
            row.thousandths(scope.field) !== 1000
          )
            continue;
          first ??= stated;
          sink.evaluated();
          if (stated === first) continue;
          report(sink, 'BENEFIT_LEVELS_DIFFER', row, level.field, [
            plain('value', formatThousandths(stated)),
            plain('other', formatThousandths(first)),
          ]);
          return;
        }
      }
    });
  },
};

function thresholdOn(context: CompileContext, id: string): (date: string) => number | undefined {
  const { values } = context.parameter(id);
  return (date) => {
    const value = values.findLast(({ from }) => from <= date)?.value;
    return value === undefined ? undefined : value * 1000;
  };
}

function isBelow(summary: Row, fields: SummaryFields, threshold: number | undefined): boolean {
  const total = summary.thousandths(fields.T_TONGCHI_BH);
  return total !== undefined && threshold !== undefined && total < threshold;
}

/** The minute (of the day's beginning) from which the patient is exempt from co-payment; Infinity when not. */
function exemptSince(summary: Row, fields: SummaryFields): number {
  const since = summary.minute(fields.NGAY_MIEN_CCT);
  return since === undefined ? Infinity : dayOf(since) * 10_000;
}

/** Exempt from co-payment since before, or on the day of, arrival. */
function isExempt(summary: Row, fields: SummaryFields): boolean {
  const arrived = summary.minute(fields.NGAY_VAO);
  return arrived !== undefined && exemptSince(summary, fields) <= arrived;
}
