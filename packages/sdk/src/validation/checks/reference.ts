import type { TableSpec } from '../../specifications/types.ts';
import type { Episode, Row } from '../rows/row.ts';
import type { CheckSink, CompileContext, Problem } from './check.ts';

/** A column a rule speaks of: of the row at hand (`NGAY_YL`) or of the claim's summary row (`XML1.NGAY_VAO`). */
export interface Reference {
  readonly code: string;
  readonly table: TableSpec;
  readonly field: number;
  readonly ofSummary: boolean;
}

const summaryPrefix = 'XML1.';

/** Undefined when this standard does not have the column. */
export function referenceTo(context: CompileContext, table: string, text: string): Reference | undefined {
  const qualified = text.startsWith(summaryPrefix);
  const owner = qualified ? 'XML1' : table;
  const code = qualified ? text.slice(summaryPrefix.length) : text;
  const spec = context.table(owner);
  const field = context.field(owner, code);
  if (spec === undefined || field < 0) return undefined;
  return { code: text, table: spec, field, ofSummary: qualified && table !== 'XML1' };
}

/** The row a reference reads, when there is one. */
export function rowOf(reference: Reference, row: Row, episode: Episode): Row | undefined {
  return reference.ofSummary ? episode.summary : row;
}

export type Value = Problem['values'][number];

/** The value of a column, for a sentence: marked personal as the field is. */
export function shown(name: string, row: Row | undefined, reference: Reference): Value {
  const personal = reference.table.fields[reference.field]?.personal === true;
  return { name, value: row?.text(reference.field) ?? '', ...(personal ? { personal } : {}) };
}

/** The official name of a column, for a sentence. */
export const named = (name: string, reference: Reference): Value => ({ name, value: reference.code });

export const plain = (name: string, value: string): Value => ({ name, value });

/** Reports one problem at a column of a row. */
export function report(
  sink: CheckSink,
  code: string,
  row: Row,
  field: number,
  values: readonly Value[],
): void {
  sink.problem({ code, row, field, values });
}
