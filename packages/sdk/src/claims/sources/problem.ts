import { claimSentence } from '../../messages/claims/index.ts';
import type { ClaimSentenceCode } from '../../messages/claims/index.ts';
import type { Severity } from '../../specifications/types.ts';
import type { SourceProblem } from '../types.ts';

/** Sentences about claims that are no errors are problems of rows. */
export type SourceProblemCode = Exclude<ClaimSentenceCode, `ERR_${string}`>;

/** Every problem a row source can report, with its severity. */
const severities: Readonly<Record<SourceProblemCode, Severity>> = {
  TABLE_UNKNOWN: 'warning',
  COLUMN_UNKNOWN: 'error',
  COLUMN_DUPLICATE: 'error',
  MA_LK_COLUMN_MISSING: 'error',
  MA_LK_MISSING: 'error',
  MA_LK_UNMATCHED: 'error',
  MA_LK_DUPLICATE: 'error',
  CELLS_BEYOND_HEADING: 'error',
  QUOTE_OPEN: 'error',
  NUMBER_SEPARATOR: 'error',
  NUMBER_INEXACT: 'error',
  DATE_CELL: 'error',
  DATE_FORMAT: 'error',
  NUMBER_FOR_CODE: 'warning',
  VALUE_NOT_TEXT: 'error',
};

/** A problem with its sentence; `name` is the table, column or count the sentence speaks of. */
export function sourceProblem(
  code: SourceProblemCode,
  place: Pick<SourceProblem, 'file' | 'table' | 'row' | 'column'>,
  name: string = '',
): SourceProblem {
  return { severity: severities[code], code, ...place, message: claimSentence(code, { name }) };
}
