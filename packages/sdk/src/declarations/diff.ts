import { monthsBetween } from '../contributions/month.ts';
import type { Bilingual } from '../errors/bhxh-error.ts';
import { declarationSentence, type FindingSentenceCode } from '../messages/declarations/index.ts';
import { monthOf } from './checks/check.ts';
import type { PayrollRow, PayrollStatus } from './read-payroll.ts';
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
  /** People of both months. */
  readonly unchanged: number;
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

/**
 * Compares last month's payroll with this month's and gives the rows of D02-TS: who is new, back or left, whose wage or
 * position changed, who is away for 14 working days or more. A change that holds since an earlier month gets a second row for
 * the months between (AD collects, SB gives back; for a change of wage over the difference, which is our reference profile).
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

  for (const now of after) {
    const then = was.get(now.identity);
    if (now.status === 'left') {
      if (then !== undefined && then.status !== 'left') {
        add(now, 'GH', 'REASON_LEFT', decisionOf(now));
        addRetro(now, 'SB', then.wage, 'REASON_LEFT');
      }
      continue;
    }
    if (then === undefined || then.status === 'left') {
      const hasNumber = now.number !== '';
      const reason = hasNumber ? 'REASON_JOINED' : 'REASON_NEW';
      add(now, hasNumber ? (choice.joinedPlan ?? 'TD') : 'TM', reason, {
        ...wageOf(now),
        ...contractOf(now),
      });
      if (hasNumber) addRetro(now, 'AD', now.wage, reason);
      continue;
    }
    const rowsSoFar = rows.length;
    if (now.status !== then.status) {
      const leave = away[now.status];
      if (leave !== undefined) add(now, leave[0], leave[1], {});
      else add(now, 'ON', 'REASON_BACK', wageOf(now));
    }
    const words = { before: String(then.wage), after: String(now.wage) };
    if (now.status === 'working' && now.wage !== then.wage && then.status === 'working') {
      add(now, 'DC', 'REASON_WAGE', { ...wageOf(now), ...decisionOf(now) }, words);
      const difference = now.wage - then.wage;
      addRetro(now, difference > 0 ? 'AD' : 'SB', Math.abs(difference), 'REASON_WAGE', words);
    } else if (now.status === 'working' && now.position !== then.position)
      add(now, 'CD', 'REASON_POSITION', { ...wageOf(now), ...decisionOf(now) });
    if (rows.length === rowsSoFar) unchanged += 1;
  }
  for (const then of before)
    if (then.status !== 'left' && !is.has(then.identity)) add(then, 'GH', 'REASON_LEFT', {});

  return {
    rows,
    withoutNumber: rows.filter(({ plan }) => plan === 'TM').map(({ identity }) => identity),
    unchanged,
  };
}

/** The rows as a form D02-TS, numbered. `header` is that of the form without KyKeKhai. */
export function formOfDiff(diff: PayrollDiff, header: Values, month: string): FormDocument {
  return {
    form: 'D02-TS',
    header: { ...header, KyKeKhai: declared(month) },
    rows: diff.rows.map(({ values }, index) => ({ values: { stt: String(index + 1), ...values } })),
  };
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
