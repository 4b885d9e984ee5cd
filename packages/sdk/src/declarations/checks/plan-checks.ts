import {
  argument,
  dayOf,
  knownForms,
  listArgument,
  monthOf,
  rowsOf,
  type CheckInput,
  type DossierCheck,
} from './check.ts';
import type { FormRow, PlanSpec } from '../types.ts';

interface PlannedRow {
  readonly row: FormRow;
  readonly at: string;
  readonly form: string;
  readonly field: string;
  readonly code: string;
  readonly plan: PlanSpec | undefined;
}

/** Every row of a form that has plans. */
function* plannedRows(input: CheckInput): Generator<PlannedRow> {
  for (const { document, spec } of knownForms(input)) {
    const field = spec.fields.find(({ plan }) => plan === true)?.code;
    if (field === undefined) continue;
    for (const [index, row] of document.rows.entries()) {
      const code = row.values[field] ?? '';
      const at = `${document.form}[${index + 1}]`;
      yield { row, at, form: document.form, field, code, plan: input.specs.plan(document.form, code) };
    }
  }
}

export const planOfForm: DossierCheck = function* (input) {
  for (const { at, form, field, code, plan } of plannedRows(input)) {
    if (code === '' || plan !== undefined) continue;
    const others = input.specs.formsOfPlan(code);
    yield {
      code: others.length > 0 ? 'PLAN_OF_OTHER_FORM' : 'PLAN_UNKNOWN',
      path: `${at}.${field}`,
      values: { plan: code, form, others: others.join(', ') },
    };
  }
};

export const planNeeds: DossierCheck = function* (input) {
  const { rule } = input;
  const [number, identity] = [argument(rule, 'number'), argument(rule, 'identity')];
  const planned = [...plannedRows(input)];
  // Who gets the number by this very list has none yet to write into the other rows.
  const newcomers = new Set(
    planned.flatMap(({ row, form, plan }) =>
      form === argument(rule, 'form') &&
      plan?.group === 'increase' &&
      !(plan.needs ?? []).includes(number) &&
      (row.values[number] ?? '') === ''
        ? [row.values[identity] ?? '']
        : [],
    ),
  );
  newcomers.delete('');
  for (const { row, at, form, code, plan } of planned)
    for (const field of plan?.needs ?? [])
      if (
        (row.values[field] ?? '') === '' &&
        !(form === argument(rule, 'form') && field === number && newcomers.has(row.values[identity] ?? ''))
      )
        yield { code: 'PLAN_NEEDS', path: `${at}.${field}`, values: { plan: code, field } };
};

export const wageOfPlan: DossierCheck = function* (input) {
  for (const { row, at, code, plan, form } of plannedRows(input)) {
    if (plan?.wage !== true || form !== 'D02-TS') continue;
    const wage = row.values['tienLuong'] ?? '';
    if (wage === '' || Number(wage) <= 0)
      yield { code: 'WAGE_MISSING', path: `${at}.tienLuong`, values: { plan: code } };
  }
};

const coefficientFields = ['phuCapCV', 'phuCapTNVK', 'phuCapTNNghe'];
const amountFields = ['phuCapLuong', 'phuCapBoSung'];

export const wageMode: DossierCheck = function* (input) {
  const below = Number(argument(input.rule, 'coefficientBelow'));
  for (const { row, at } of rowsOf(input, 'D02-TS')) {
    const wage = Number(row.values['tienLuong'] ?? '');
    if (!(wage > 0)) continue;
    const mixed = (wage < below ? amountFields : coefficientFields).find(
      (field) => Number(row.values[field] ?? '') > 0,
    );
    if (mixed !== undefined)
      yield { code: 'WAGE_MODES_MIXED', path: `${at}.${mixed}`, values: { field: mixed } };
  }
};

export const endNotFuture: DossierCheck = function* (input) {
  const thisMonth = input.today.slice(0, 7);
  for (const { row, at, code, plan } of plannedRows(input)) {
    const end = monthOf(row.values['denThang']);
    if (plan?.endNotFuture === true && end !== undefined && end > thisMonth)
      yield {
        code: 'END_IN_FUTURE',
        path: `${at}.denThang`,
        values: { plan: code, month: row.values['denThang'] ?? '' },
      };
  }
};

export const decisionOfPlan: DossierCheck = function* (input) {
  for (const { row, at, code, plan } of plannedRows(input)) {
    if (plan?.decision !== true) continue;
    const hasDied = (row.values['Ngaychet'] ?? '') !== '';
    if (hasDied) continue;
    const date = dayOf(row.values['ngayQuyetDinh']);
    if ((row.values['soQuyetDinh'] ?? '') === '' || (row.values['ngayQuyetDinh'] ?? '') === '')
      yield { code: 'DECISION_MISSING', path: `${at}.soQuyetDinh`, values: { plan: code } };
    else if (date !== undefined && date > input.today)
      yield {
        code: 'DECISION_IN_FUTURE',
        path: `${at}.ngayQuyetDinh`,
        values: { date: row.values['ngayQuyetDinh'] ?? '' },
      };
  }
};

/** A worker who left in a month that is billed already owes the card of that month, unless a row collects it. */
export const lateDecrease: DossierCheck = function* (input) {
  const form = argument(input.rule, 'form');
  const plans = listArgument(input.rule, 'plans');
  const companion = argument(input.rule, 'companion');
  const rows = [...rowsOf(input, form)];
  for (const { row, at, document } of rows) {
    const from = monthOf(row.values['tuThang']);
    const period = monthOf(document.header['KyKeKhai']);
    if (
      !plans.includes(row.values['pa'] ?? '') ||
      from === undefined ||
      period === undefined ||
      from >= period
    )
      continue;
    const number = row.values['Masobhxh'];
    const isCollected = rows.some(
      (other) => other.row.values['pa'] === companion && other.row.values['Masobhxh'] === number,
    );
    if (!isCollected)
      yield {
        code: 'COMPANION_ROW',
        path: `${at}.tuThang`,
        values: { plan: row.values['pa'] ?? '', companion },
      };
  }
};
