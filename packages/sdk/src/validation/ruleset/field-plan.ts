import { severityFor } from '../../specifications/severity.ts';
import type { FieldSpec, Severity, TableSpec } from '../../specifications/types.ts';

/** What the text of a field must look like, as a small number for the loop over all values. */
export const fieldForm = {
  text: 0,
  integer: 1,
  decimal: 2,
  day: 3,
  minute: 4,
  dayOrMinute: 5,
  partial: 6,
  list: 7,
} as const;

/** The form demands on one table's fields, column by column in flat arrays. */
export interface FieldPlan {
  readonly forms: Uint8Array;
  /** Longest allowed value in code points; the largest integer when there is no limit. */
  readonly longest: Int32Array;
  /** Above this many code points a value is looked at: the smaller of warning and error length. */
  readonly watched: Int32Array;
  readonly required: Uint8Array;
  /** 1 for codes, in which full-width characters are refused; 0 for free text. */
  readonly coded: Uint8Array;
  /** Most severe a finding about this field may be. */
  readonly ceilings: readonly Severity[];
}

const NO_LIMIT = 0x7fffffff;

function formOf(field: FieldSpec): number {
  if (field.format === undefined) return fieldForm.text;
  if (field.separator !== undefined) return fieldForm.list;
  if (field.partial === true) return fieldForm.partial;
  switch (field.format) {
    case 'integer':
      return fieldForm.integer;
    case 'decimal':
      return fieldForm.decimal;
    case 'yyyyMMdd':
      return fieldForm.day;
    case 'yyyyMMddHHmm':
      return fieldForm.minute;
    case 'yyyyMMdd[HHmm]':
      return fieldForm.dayOrMinute;
    default:
      return fieldForm.text;
  }
}

/** Official names begin with what they hold: MA (code), SO (number), GT (validity), NGAY (date). */
const CODED_NAME = /^(?:MA|SO|GT|NGAY)_/u;

function isCode(field: FieldSpec): boolean {
  return (
    field.format !== undefined ||
    field.codeList !== undefined ||
    field.type === 'number' ||
    CODED_NAME.test(field.code)
  );
}

export function planFields(table: TableSpec): FieldPlan {
  const { fields } = table;
  const longest = Int32Array.from(fields, (field) => field.maxLength ?? NO_LIMIT);
  return {
    forms: Uint8Array.from(fields, formOf),
    longest,
    watched: Int32Array.from(fields, (field, index) =>
      Math.min(longest[index]!, field.warnLength ?? NO_LIMIT),
    ),
    required: Uint8Array.from(fields, (field) => (field.required === 'always' ? 1 : 0)),
    coded: Uint8Array.from(fields, (field) => (isCode(field) ? 1 : 0)),
    ceilings: fields.map((field) => severityFor(field.confidence, field.origin)),
  };
}
