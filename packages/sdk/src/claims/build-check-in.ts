import { XmlWriter } from '@bhxh/xml';
import type { Ruleset, TableSpec } from '../specifications/types.ts';
import { checkRowCount, wrappersOf, writeRows } from './build-table.ts';
import type { RowInput } from './build-table.ts';
import type { CheckInRow, MedicalAssessmentRow, TableRow } from './types.ts';
import { withDeclaration } from './xml-document.ts';
import { claimError } from './claim-error.ts';

/** A table that is a document of its own: the signature's place follows the list, inside the root. */
function buildSignedTable(ruleset: Ruleset, code: string, rows: readonly RowInput[]): Uint8Array {
  const table: TableSpec | undefined = ruleset.tables[code];
  if (table === undefined) {
    throw claimError('ERR_TABLE_UNKNOWN', 'usage', { ruleset: ruleset.id, table: code });
  }
  checkRowCount(table, rows.length);
  const writer = new XmlWriter();
  const [root = table.root, ...inner] = wrappersOf(table);
  writer.start(root);
  for (const wrapper of inner) writer.start(wrapper);
  writeRows(writer, table, rows);
  for (const _ of inner) writer.end();
  writer.empty('CHUKYDONVI');
  writer.end();
  return withDeclaration(writer);
}

/**
 * A check-in document (XML0), one row a patient, CHUKYDONVI empty after the list.
 *
 * @throws BhxhError ERR_TABLE_UNKNOWN for a standard without XML0, ERR_FIELD_UNKNOWN, ERR_VALUE_NOT_TEXT.
 */
export function buildCheckIn(rows: readonly (CheckInRow | TableRow)[], ruleset: Ruleset): Uint8Array {
  return buildSignedTable(ruleset, 'XML0', rows);
}

/**
 * A medical assessment document (XML12), one row a decision, for its own route of the gateway.
 *
 * @throws BhxhError ERR_TABLE_UNKNOWN for a standard without XML12, ERR_FIELD_UNKNOWN, ERR_VALUE_NOT_TEXT.
 */
export function buildMedicalAssessment(
  rows: readonly (MedicalAssessmentRow | TableRow)[],
  ruleset: Ruleset,
): Uint8Array {
  return buildSignedTable(ruleset, 'XML12', rows);
}
