import type { Episode, Row } from '../rows/row.ts';
import { isRecord, onlyKnown, optionalTexts, patternOf, thousandthsOf, type Arguments } from './arguments.ts';
import type { CompileContext } from './check.ts';
import { hasPart } from './separated.ts';
import { referenceTo, type Reference } from './reference.ts';

/** Whether a row meets a condition. */
export type RowTest = (row: Row) => boolean;

/** A rule's `when`, divided into what the summary row decides (once for a claim) and what each row decides. */
export interface Condition {
  readonly ofSummary: RowTest | undefined;
  readonly ofRow: RowTest | undefined;
}

const operators = ['in', 'notIn', 'empty', 'matches', 'startsWith', 'contains', 'above', 'below'];

/**
 * Compiles `when: { FIELD: { in: [..] }, XML1.FIELD: { empty: false } }`, all of which must hold.
 * Operators: `in`, `notIn` (an empty value is in neither), `empty`, `matches`, `startsWith`, `contains` (one part of a
 * `;` list), `above`, `below`. Undefined when the standard lacks a column the condition speaks of.
 */
export function compileCondition(
  context: CompileContext,
  table: string,
  when: unknown,
): Condition | undefined {
  if (when === undefined) return { ofSummary: undefined, ofRow: undefined };
  if (!isRecord(when)) throw new Error('argument when: expected a mapping');
  const summary: RowTest[] = [];
  const row: RowTest[] = [];
  for (const [column, test] of Object.entries(when)) {
    const reference = referenceTo(context, table, column);
    if (reference === undefined) return undefined;
    if (!isRecord(test)) throw new Error(`argument when.${column}: expected a mapping`);
    onlyKnown(test, operators);
    (reference.ofSummary ? summary : row).push(compileTest(reference, test));
  }
  return { ofSummary: allOf(summary), ofRow: allOf(row) };
}

function allOf(tests: readonly RowTest[]): RowTest | undefined {
  const [first, second] = tests;
  if (first === undefined) return undefined;
  if (second === undefined) return first;
  if (tests.length === 2) return (row) => first(row) && second(row);
  return (row) => tests.every((test) => test(row));
}

function compileTest({ field, table }: Reference, test: Arguments): RowTest {
  const tests: RowTest[] = [];
  const isNumber = table.fields[field]?.type === 'number';
  if (typeof test['empty'] === 'boolean') {
    const { empty } = test;
    tests.push((row) => row.isEmpty(field) === empty);
  }
  const within = optionalTexts(test, 'in');
  if (within !== undefined) tests.push(membership(field, within, isNumber));
  const without = optionalTexts(test, 'notIn');
  if (without !== undefined) {
    const member = membership(field, without, isNumber);
    tests.push((row) => !row.isEmpty(field) && !member(row));
  }
  if (test['matches'] !== undefined) {
    const pattern = patternOf(test, 'matches');
    tests.push((row) => pattern.test(row.text(field)));
  }
  const starts = optionalTexts(test, 'startsWith');
  if (starts !== undefined)
    tests.push((row) => !row.isEmpty(field) && starts.some((start) => row.text(field).startsWith(start)));
  const contains = optionalTexts(test, 'contains');
  if (contains !== undefined)
    tests.push((row) => !row.isEmpty(field) && contains.some((part) => hasPart(row.text(field), part)));
  if (test['above'] !== undefined) {
    const bound = thousandthsOf(test, 'above');
    tests.push((row) => (row.thousandths(field) ?? -Infinity) > bound);
  }
  if (test['below'] !== undefined) {
    const bound = thousandthsOf(test, 'below');
    tests.push((row) => (row.thousandths(field) ?? Infinity) < bound);
  }
  const all = allOf(tests);
  if (all === undefined) throw new Error('argument when: a condition without an operator');
  return all;
}

/** Numeric columns compare as numbers, without decoding text; codes compare as text, so that `1.1` is not `1.10`. */
function membership(field: number, values: readonly string[], isNumber: boolean): RowTest {
  if (isNumber && values.every((value) => /^\d{1,9}$/u.test(value))) {
    const numbers = values.map((value) => Number(value) * 1000);
    if (numbers.length === 1) {
      const [only] = numbers;
      return (row) => row.thousandths(field) === only;
    }
    return (row) => {
      const value = row.thousandths(field);
      return value !== undefined && numbers.includes(value);
    };
  }
  const texts = new Set(values);
  return (row) => !row.isEmpty(field) && texts.has(row.text(field));
}

/** True when both halves hold for a row of an episode. */
export function holds(condition: Condition, row: Row, episode: Episode): boolean {
  if (
    condition.ofSummary !== undefined &&
    (episode.summary === undefined || !condition.ofSummary(episode.summary))
  )
    return false;
  return condition.ofRow === undefined || condition.ofRow(row);
}

/** A `when` in the words of the data: `MA_NHOM = 10, 11; XML1.MA_LOAI_KCB = 03`. */
export function conditionWords(when: unknown): string {
  if (!isRecord(when)) return '';
  return Object.entries(when)
    .map(([column, test]) => {
      if (!isRecord(test)) return column;
      return Object.entries(test)
        .map(([operator, operand]) => operatorWords(column, operator, operand))
        .join('; ');
    })
    .join('; ');
}

function operatorWords(column: string, operator: string, operand: unknown): string {
  const list = Array.isArray(operand) ? operand.join(', ') : String(operand);
  switch (operator) {
    case 'empty':
      return operand === true ? `${column} = ∅` : `${column} ≠ ∅`;
    case 'notIn':
      return `${column} ≠ ${list}`;
    case 'startsWith':
      return `${column} = ${list}…`;
    case 'above':
      return `${column} > ${list}`;
    case 'below':
      return `${column} < ${list}`;
    case 'matches':
      return `${column} ~ ${list}`;
    case 'contains':
      return `${column} ∋ ${list}`;
    default:
      return `${column} = ${list}`;
  }
}
