import type { BenefitKindSpec } from '../types.ts';
import { argument, dayOf, listArgument, rowsOf, type CheckInput, type DossierCheck } from './check.ts';
import type { FormRow } from '../types.ts';

const dayLength = 86_400_000;

export const notFuture: DossierCheck = function* (input) {
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form')))
    for (const field of listArgument(input.rule, 'fields')) {
      const day = dayOf(row.values[field]);
      if (day !== undefined && day > input.today)
        yield { code: 'DAY_IN_FUTURE', path: `${at}.${field}`, values: { field } };
    }
};

export const daysInRange: DossierCheck = function* (input) {
  const field = argument(input.rule, 'days');
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const first = dayOf(row.values[argument(input.rule, 'from')]);
    const last = dayOf(row.values[argument(input.rule, 'to')]);
    const text = row.values[field] ?? '';
    // The order of the two days is a rule of its own.
    if (first === undefined || last === undefined || last < first || !/^\d{1,9}$/.test(text)) continue;
    const most = (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayLength + 1;
    if (Number(text) < 1 || Number(text) > most)
      yield {
        code: 'OUT_OF_RANGE',
        path: `${at}.${field}`,
        values: { field, least: '1', most: String(most) },
      };
  }
};

interface BenefitRow {
  readonly row: FormRow;
  readonly at: string;
  readonly code: string;
  readonly kind: BenefitKindSpec;
}

function* benefitRows(input: CheckInput): Generator<BenefitRow> {
  const { benefits } = input.specs;
  for (const { row, at } of rowsOf(input, benefits.form)) {
    const code = row.values[benefits.kind] ?? '';
    const kind = benefits.kinds.find((one) => one.code === code);
    if (kind !== undefined) yield { row, at, code, kind };
  }
}

export const benefitNeeds: DossierCheck = function* (input) {
  for (const { row, at, code, kind } of benefitRows(input))
    for (const field of kind.needs)
      if ((row.values[field] ?? '') === '')
        yield { code: 'BENEFIT_NEEDS', path: `${at}.${field}`, values: { kind: code, field } };
};

export const benefitExpects: DossierCheck = function* (input) {
  for (const { row, at, code, kind } of benefitRows(input)) {
    for (const field of kind.expects)
      if ((row.values[field] ?? '') === '')
        yield { code: 'BENEFIT_NEEDS', path: `${at}.${field}`, values: { kind: code, field } };
    for (const fields of kind.anyOf ?? [])
      if (fields.every((field) => (row.values[field] ?? '') === ''))
        yield {
          code: 'BENEFIT_NEEDS',
          path: `${at}.${fields[0] ?? ''}`,
          values: { kind: code, field: fields.join(' | ') },
        };
  }
};

export const benefitOfProcedure: DossierCheck = function* (input) {
  const procedure = input.dossier.dossier['MaThuTuc'] ?? '';
  const { benefits } = input.specs;
  for (const { at, code, kind } of benefitRows(input))
    if (kind.procedure !== procedure)
      yield {
        code: 'BENEFIT_PROCEDURE',
        path: `${at}.${benefits.kind}`,
        values: { kind: code, procedure: kind.procedure },
      };
};

export const adjustmentNeeds: DossierCheck = function* (input) {
  const { form, part, adjustment } = input.specs.benefits;
  for (const { row, at } of rowsOf(input, form)) {
    if (row.values[part.field] !== part.adjustment) continue;
    for (const field of adjustment)
      if ((row.values[field] ?? '') === '')
        yield { code: 'ADJUSTMENT_NEEDS', path: `${at}.${field}`, values: { field } };
  }
};

export const needsTogether: DossierCheck = function* (input) {
  const when = argument(input.rule, 'when');
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    if ((row.values[when] ?? '') === '') continue;
    for (const field of listArgument(input.rule, 'fields'))
      if ((row.values[field] ?? '') === '')
        yield { code: 'NEEDS_TOGETHER', path: `${at}.${field}`, values: { when, field } };
  }
};
