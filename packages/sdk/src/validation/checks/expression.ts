import type { Episode, Row } from '../rows/row.ts';
import { onlyKnown, optionalTexts, type Arguments } from './arguments.ts';
import type { CompileContext } from './check.ts';
import { roundedProduct } from './decimal.ts';
import { referenceTo, rowOf, type Reference } from './reference.ts';

/** A closed expression over columns: a signed sum, times factors, times percentages; rounded to two decimals when it multiplies. */
export interface Expression {
  /** Undefined when a column is empty or malformed, or the result leaves the safe integers. In thousandths. */
  evaluate(row: Row, episode: Episode): number | undefined;
  /** `SO_LUONG × DON_GIA × TYLE_TT_BH %`, for sentences. */
  readonly words: string;
}

/** Compiles `{ sum: [A, -B], product: [C], percent: [D] }`; undefined when the standard lacks one of the columns. */
export function compileExpression(
  context: CompileContext,
  table: string,
  args: Arguments,
): Expression | undefined {
  onlyKnown(args, ['sum', 'product', 'percent']);
  const sum = optionalTexts(args, 'sum') ?? [];
  const product = optionalTexts(args, 'product') ?? [];
  const percent = optionalTexts(args, 'percent') ?? [];
  if (sum.length + product.length + percent.length === 0) throw new Error('an expression without a column');
  const signs = sum.map((term) => (term.startsWith('-') ? -1 : 1));
  const terms = resolve(
    context,
    table,
    sum.map((term) => term.replace(/^-/u, '')),
  );
  const factors = resolve(context, table, [...product, ...percent]);
  if (terms === undefined || factors === undefined) return undefined;
  return {
    evaluate: factors.length === 0 ? sumOf(terms, signs) : productOf(terms, signs, factors, percent.length),
    words: wordsOf(sum, product, percent),
  };
}

function resolve(
  context: CompileContext,
  table: string,
  columns: readonly string[],
): readonly Reference[] | undefined {
  const references = columns.map((column) => referenceTo(context, table, column));
  return references.every((reference) => reference !== undefined) ? references : undefined;
}

function sumOf(terms: readonly Reference[], signs: readonly number[]): Expression['evaluate'] {
  return (row, episode) => {
    let total = 0;
    for (let index = 0; index < terms.length; index++) {
      const term = terms[index] as Reference;
      const value = rowOf(term, row, episode)?.thousandths(term.field);
      if (value === undefined) return undefined;
      total += value * (signs[index] as number);
    }
    return Number.isSafeInteger(total) ? total : undefined;
  };
}

function productOf(
  terms: readonly Reference[],
  signs: readonly number[],
  factors: readonly Reference[],
  percents: number,
): Expression['evaluate'] {
  const leading = terms.length === 0 ? undefined : sumOf(terms, signs);
  const count = factors.length + (leading === undefined ? 0 : 1);
  // One buffer for all rows: the rule set runs on every row of every claim.
  const values = Array.from({ length: count }, () => 0);
  return (row, episode) => {
    let next = 0;
    if (leading !== undefined) {
      const value = leading(row, episode);
      if (value === undefined) return undefined;
      values[next++] = value;
    }
    for (let index = 0; index < factors.length; index++) {
      const factor = factors[index] as Reference;
      const value = rowOf(factor, row, episode)?.thousandths(factor.field);
      if (value === undefined) return undefined;
      values[next++] = value;
    }
    return roundedProduct(values, count, percents);
  };
}

function wordsOf(sum: readonly string[], product: readonly string[], percent: readonly string[]): string {
  const added = sum
    .map((term, index) => (term.startsWith('-') ? `− ${term.slice(1)}` : index === 0 ? term : `+ ${term}`))
    .join(' ');
  const multiplied = [...product, ...percent.map((column) => `${column} %`)];
  if (multiplied.length === 0) return added;
  return [...(sum.length === 0 ? [] : [sum.length === 1 ? added : `(${added})`]), ...multiplied].join(' × ');
}
