import { shareOf, perMillion } from '../../contributions/exact-rate.ts';
import { argument, listArgument, monthOf, rowsOf, type CheckInput, type DossierCheck } from './check.ts';

const amount = (text: string | undefined): number | undefined =>
  /^\d{1,12}$/.test(text ?? '') ? Number(text) : undefined;

export const numberRange: DossierCheck = function* (input) {
  const least = argument(input.rule, 'least');
  const most = argument(input.rule, 'most');
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form')))
    for (const field of listArgument(input.rule, 'fields')) {
      const text = row.values[field] ?? '';
      if (!/^-?\d+(?:\.\d+)?$/.test(text)) continue;
      if (Number(text) < Number(least) || Number(text) > Number(most))
        yield { code: 'OUT_OF_RANGE', path: `${at}.${field}`, values: { field, least, most } };
    }
};

/** Portals tell coefficient and amount by magnitude; between the two a value is neither. */
export const wageScale: DossierCheck = function* (input) {
  const coefficientMost = argument(input.rule, 'coefficientMost');
  const amountLeast = argument(input.rule, 'amountLeast');
  for (const { row, at } of rowsOf(input, 'D02-TS')) {
    const wage = Number(row.values['tienLuong'] ?? '');
    if (wage > Number(coefficientMost) && wage < Number(amountLeast))
      yield { code: 'WAGE_SCALE', path: `${at}.tienLuong`, values: { coefficientMost, amountLeast } };
  }
};

export const sumOf: DossierCheck = function* (input) {
  const total = argument(input.rule, 'total');
  const parts = listArgument(input.rule, 'parts');
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const stated = amount(row.values[total]);
    const sum = parts.reduce((all, part) => all + (amount(row.values[part]) ?? 0), 0);
    if (stated !== undefined && stated !== sum)
      yield {
        code: 'SUM_DIFFERS',
        path: `${at}.${total}`,
        values: { field: total, parts: parts.join(' + ') },
      };
  }
};

/** A dated parameter in the month of a row; undefined where no value is known. */
function parameterIn({ specifications }: CheckInput, id: string, month: string): number | undefined {
  return specifications.parameterOn(id, `${month}-01`)?.value;
}

/** Rows of several years ahead are discounted by a rate that is published each month, and are not judged. */
export const voluntaryAmount: DossierCheck = function* (input) {
  const plans = listArgument(input.rule, 'plans');
  const longest = Number(argument(input.rule, 'longest'));
  const field = argument(input.rule, 'amount');
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const income = amount(row.values[argument(input.rule, 'income')]);
    const months = amount(row.values[argument(input.rule, 'months')]);
    const from = monthOf(row.values[argument(input.rule, 'from')]);
    const stated = amount(row.values[field]);
    if (!plans.includes(row.values['PhuongAn'] ?? '') || from === undefined) continue;
    if (income === undefined || months === undefined || stated === undefined || months > longest) continue;
    const rate = parameterIn(input, 'voluntary-rate', from);
    if (rate === undefined) continue;
    const expected = shareOf(income, perMillion(rate), 'half-up') * months;
    if (expected !== stated)
      yield { code: 'AMOUNT_DIFFERS', path: `${at}.${field}`, values: { field, expected: String(expected) } };
  }
};

export const incomeRange: DossierCheck = function* (input) {
  const field = argument(input.rule, 'income');
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const income = amount(row.values[field]);
    const from = monthOf(row.values[argument(input.rule, 'from')]);
    if (income === undefined || from === undefined) continue;
    const least = parameterIn(input, 'rural-poverty-line', from);
    const times = parameterIn(input, 'voluntary-ceiling-times', from);
    const reference = parameterIn(input, 'base-salary', from);
    if (least === undefined || times === undefined || reference === undefined) continue;
    const most = times * reference;
    if (income < least || income > most)
      yield {
        code: 'OUT_OF_RANGE',
        path: `${at}.${field}`,
        values: { field, least: String(least), most: String(most) },
      };
  }
};
