import { monthsBetween } from '../contributions/month.ts';
import type { Bilingual } from '../errors/bhxh-error.ts';
import { declarationSentence, type FindingSentenceCode } from '../messages/declarations/index.ts';
import type { Fund } from '../contributions/types.ts';
import { monthOf } from './checks/check.ts';
import type { PayrollRow, PayrollStatus } from './read-payroll.ts';
import type { DeclarationSpecs } from './specs.ts';
import type { FormDocument, Values } from './types.ts';

/** One row of D02-TS and why it is there. */
export interface DiffRow {
  /** Phương án. */
  readonly plan: string;
  readonly values: Values;
  readonly reasonCode: FindingSentenceCode;
  readonly reason: Bilingual;
  readonly identity: string;
}

export interface PayrollDiff {
  readonly rows: readonly DiffRow[];
  /** People who joined without a BHXH number: each needs a TK1-TS with its household appendix. */
  readonly withoutNumber: readonly string[];
  /** Rows that a late decrease may need besides: the card of months that were billed already. Never added silently. */
  readonly companions: readonly CompanionRow[];
  /** People of both months. */
  readonly unchanged: number;
}

export interface CompanionRow {
  readonly identity: string;
  /** The plan that was late. */
  readonly of: string;
  readonly plan: 'TT';
  /** `MM/yyyy`. */
  readonly from: string;
  readonly to: string;
}

export interface DiffChoice {
  /** `yyyy-MM` of the second payroll. */
  readonly month: string;
  /** What somebody who joins with a number did before: worked in this province (TD, default) or in another (TC). */
  readonly joinedPlan?: 'TD' | 'TC';
}

const away: Readonly<Partial<Record<PayrollStatus, readonly [string, FindingSentenceCode]>>> = {
  maternity: ['TS', 'REASON_MATERNITY'],
  sickness: ['OF', 'REASON_SICKNESS'],
  unpaid: ['KL', 'REASON_UNPAID'],
};

/** The plans by which somebody joins or leaves one fund. */
const fundPlans: readonly (readonly [Fund, string, string])[] = [
  ['unemployment', 'TN', 'GN'],
  ['occupational', 'TL', 'GL'],
  ['retirement-death', 'TV', 'GV'],
  ['health', 'TT', 'TU'],
];

/** Collected or given back for the months a row names and never for those that follow. */
const BY_MONTHS: Fund = 'health';

/** Somebody who pays one fund alone has its own plans to join and to change the wage, which is our reading of them. */
interface LoneFund {
  readonly fund: Fund;
  readonly join: string;
  readonly change: string;
}

const loneFunds: readonly LoneFund[] = [
  { fund: 'occupational', join: 'TL', change: 'DL' },
  { fund: 'unemployment', join: 'TN', change: 'DN' },
];

function loneFundOf({ without }: PayrollRow): LoneFund | undefined {
  const paid = fundPlans.map(([fund]) => fund).filter((fund) => !without.includes(fund));
  return paid.length === 1 ? loneFunds.find(({ fund }) => fund === paid[0]) : undefined;
}

/**
 * Compares last month's payroll with this month's and gives the rows of D02-TS: who is new, back or left, whose wage or
 * position changed, who is away for 14 working days or more, who joins or leaves one fund. A change that holds since an
 * earlier month gets a second row for the months between (AD collects, SB gives back; for a change of wage over the
 * difference, which is our reference profile).
 *
 * Health insurance is left month by month: TU gives back the months it names, so a payroll that goes on without it gets a row
 * each month, and one that pays it again gets TT for the months that have passed and none for those to come. Whoever turns to
 * one fund alone leaves and joins that one, and the other way round. Both are our reading of the plans.
 */
export function diffPayrolls(
  before: readonly PayrollRow[],
  after: readonly PayrollRow[],
  choice: DiffChoice,
): PayrollDiff {
  const was = new Map(before.map((row) => [row.identity, row]));
  const is = new Map(after.map((row) => [row.identity, row]));
  const period = declared(choice.month);
  const rows: DiffRow[] = [];
  const companions: CompanionRow[] = [];
  let unchanged = 0;
  const add = (
    row: PayrollRow,
    plan: string,
    reasonCode: FindingSentenceCode,
    own: Values,
    words: Values = {},
  ): void => {
    rows.push({
      plan,
      values: compact({ pa: plan, ...personOf(row), tuThang: period, ...own }),
      reasonCode,
      reason: declarationSentence(reasonCode, words),
      identity: row.identity,
    });
  };
  const addRetro = (
    row: PayrollRow,
    plan: 'AD' | 'SB',
    wage: number,
    reasonCode: FindingSentenceCode,
    words: Values = {},
  ): void => {
    const first = monthOf(row.effective);
    const last = monthBefore(choice.month);
    if (first === undefined || first > last) return;
    add(
      row,
      plan,
      reasonCode,
      { tienLuong: String(wage), tuThang: row.effective, denThang: declared(last) },
      words,
    );
  };

  const addCompanion = (row: PayrollRow, of: string): void => {
    const first = monthOf(row.effective);
    const last = monthBefore(choice.month);
    if (first !== undefined && first <= last && !row.without.includes('health'))
      companions.push({ identity: row.identity, of, plan: 'TT', from: row.effective, to: declared(last) });
  };
  /** The first month of a change, and the last one that has passed since; the second is undefined where none has. */
  const passedOf = ({ effective }: PayrollRow): readonly [string, string | undefined] => {
    const first = monthOf(effective);
    const last = monthBefore(choice.month);
    return first === undefined || first > last ? [period, undefined] : [effective, declared(last)];
  };
  /** `isSince`: the change itself tells since when; otherwise another row does. */
  const addFunds = (now: PayrollRow, then: PayrollRow, isSince = true): void => {
    const [since] = isSince ? passedOf(now) : [period];
    for (const [fund, joins, leaves] of fundPlans) {
      const [is, was] = [!now.without.includes(fund), !then.without.includes(fund)];
      if (is === was || fund === BY_MONTHS) continue;
      const own = { ...wageOf(now), tuThang: since, ...(is ? {} : decisionOf(now)) };
      add(now, is ? joins : leaves, is ? 'REASON_FUND_JOINED' : 'REASON_FUND_LEFT', own, { fund });
    }
    addHealth(now, then);
  };
  const addHealth = (now: PayrollRow, then: PayrollRow): void => {
    const fund = BY_MONTHS;
    const [, joins, leaves] = fundPlans.find(([one]) => one === fund) as (typeof fundPlans)[number];
    const [is, was] = [!now.without.includes(fund), !then.without.includes(fund)];
    const [since, passed] = passedOf(now);
    // Whoever is away pays none, and nothing has to be given back.
    if (!is && now.status === 'working')
      add(
        now,
        leaves,
        was ? 'REASON_FUND_LEFT' : 'REASON_FUND_STILL_LEFT',
        { ...wageOf(now), tuThang: was ? since : period, denThang: period },
        { fund },
      );
    else if (is && !was && then.status === 'working' && passed !== undefined)
      add(now, joins, 'REASON_FUND_JOINED', { ...wageOf(then), tuThang: since, denThang: passed }, { fund });
  };
  /** From one fund alone to all or to another, and back. Gives whether it was so. */
  const addLone = (now: PayrollRow, then: PayrollRow): boolean => {
    const [is, was] = [loneFundOf(now), loneFundOf(then)];
    if (is?.fund === was?.fund) return false;
    const [since] = passedOf(now);
    const own = { ...wageOf(now), tuThang: since };
    if (is === undefined) {
      const joins = choice.joinedPlan ?? 'TD';
      add(now, joins, 'REASON_JOINED', { ...own, ...decisionOf(now), ...contractOf(now) });
      addFunds(now, { ...now, without: [] });
    } else {
      if (was === undefined) add(now, 'GH', 'REASON_LEFT', { tuThang: since, ...decisionOf(now) });
      add(now, is.join, 'REASON_FUND_JOINED', own, { fund: is.fund });
      if (was !== undefined) {
        const leaves = fundPlans.find(([fund]) => fund === was.fund)?.[2] ?? '';
        add(
          now,
          leaves,
          'REASON_FUND_LEFT',
          { ...wageOf(now), tuThang: since, ...decisionOf(now) },
          { fund: was.fund },
        );
      }
    }
    return true;
  };

  for (const now of after) {
    const then = was.get(now.identity);
    if (now.status === 'left') {
      if (then !== undefined && then.status !== 'left') {
        add(now, 'GH', 'REASON_LEFT', decisionOf(now));
        addRetro(now, 'SB', then.wage, 'REASON_LEFT');
        addCompanion(now, 'GH');
      }
      continue;
    }
    if (then === undefined || then.status === 'left') {
      const hasNumber = now.number !== '';
      const reason = hasNumber ? 'REASON_JOINED' : 'REASON_NEW';
      const lone = loneFundOf(now);
      const joins = lone?.join ?? choice.joinedPlan ?? 'TD';
      add(now, hasNumber ? joins : 'TM', reason, {
        ...wageOf(now),
        ...decisionOf(now),
        ...contractOf(now),
      });
      // Whoever joins joins every fund; those he does not pay he leaves with the same dossier.
      if (lone === undefined || !hasNumber) addFunds(now, { ...now, without: [] }, false);
      if (!hasNumber) continue;
      addRetro(now, 'AD', now.wage, reason);
      continue;
    }
    const rowsSoFar = rows.length;
    const isOther = addLone(now, then);
    if (now.status !== then.status) {
      const leave = away[now.status];
      if (leave !== undefined) {
        add(now, leave[0], leave[1], {});
        if (leave[0] !== 'TS') addCompanion(now, leave[0]);
      } else if (!isOther) add(now, 'ON', 'REASON_BACK', wageOf(now));
    }
    if (isOther) continue;
    const words = { before: String(then.wage), after: String(now.wage) };
    if (now.status === 'working' && now.wage !== then.wage && then.status === 'working') {
      add(now, loneFundOf(now)?.change ?? 'DC', 'REASON_WAGE', { ...wageOf(now), ...decisionOf(now) }, words);
      const difference = now.wage - then.wage;
      addRetro(now, difference > 0 ? 'AD' : 'SB', Math.abs(difference), 'REASON_WAGE', words);
    } else if (now.status === 'working' && now.position !== then.position)
      add(now, 'CD', 'REASON_POSITION', { ...wageOf(now), ...decisionOf(now) });
    if (loneFundOf(now) === undefined) addFunds(now, then);
    if (rows.length === rowsSoFar) unchanged += 1;
  }
  for (const then of before)
    if (then.status !== 'left' && !is.has(then.identity)) add(then, 'GH', 'REASON_LEFT', {});

  return {
    rows,
    withoutNumber: rows.filter(({ plan }) => plan === 'TM').map(({ identity }) => identity),
    companions,
    unchanged,
  };
}

/**
 * The rows as a form D02-TS, numbered. `header` is that of the form without KyKeKhai. With `specs` every row gets the note that
 * products write for its plan, where its decision or contract is known.
 */
export function formOfDiff(
  diff: PayrollDiff,
  header: Values,
  month: string,
  specs?: DeclarationSpecs,
): FormDocument {
  return {
    form: 'D02-TS',
    header: { ...header, KyKeKhai: declared(month) },
    rows: diff.rows.map(({ plan, values }, index) => ({
      values: { stt: String(index + 1), ...values, ...noteOf(specs?.plan('D02-TS', plan)?.note, values) },
    })),
  };
}

/** Nothing where a field of the note has no value. */
function noteOf(template: string | undefined, values: Values): Values {
  if (template === undefined) return {};
  let isWhole = true;
  const ghiChu = template.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = values[field] ?? '';
    isWhole &&= value !== '';
    return value;
  });
  return isWhole ? { ghiChu } : {};
}

function declared(month: string): string {
  return `${month.slice(5)}/${month.slice(0, 4)}`;
}

function monthBefore(month: string): string {
  const year = Number(month.slice(0, 4));
  const number = Number(month.slice(5));
  const [last = month] =
    number === 1 ? [`${year - 1}-12`] : monthsBetween(`${month.slice(0, 5)}01`, month).slice(-2, -1);
  return last;
}

function personOf(row: PayrollRow): Values {
  return {
    Hoten: row.name,
    Masobhxh: row.number,
    Ngaysinh: row.birth,
    Gioitinh: row.sex,
    Cmnd: row.identity,
    chucVu: row.position,
  };
}

function wageOf(row: PayrollRow): Values {
  return { tienLuong: String(row.wage) };
}

function decisionOf(row: PayrollRow): Values {
  return { soQuyetDinh: row.decision, ngayQuyetDinh: row.decisionDate };
}

function contractOf(row: PayrollRow): Values {
  if (row.contractFrom === '') return {};
  return row.contractTo === ''
    ? { HdldTungay: row.contractFrom }
    : { HdldXdthTungay: row.contractFrom, HdldXdthDenngay: row.contractTo };
}

function compact(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
