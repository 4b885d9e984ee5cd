import { XmlWriter } from '@bhxh/xml';
import type { TableSpec } from '../specifications/types.ts';
import { writeRows } from './build-table.ts';
import type { CatalogueKind, CatalogueRow, TableRow } from './types.ts';
import { withDeclaration } from './xml-document.ts';
import { claimError } from './claim-error.ts';

export interface BuildCatalogueOptions {
  /** `catalogues()` of the specifications. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Id of the list element, an XML name unique in the document: `Id-` and a UUID, say. */
  readonly id: string;
}

/**
 * A catalogue upload (HSDANHMUC) of TT 12/2026: one list of rows, CHUKYDONVI empty as the last child. A change of an
 * item is two rows, the old one with DEN_NGAY and the new one without.
 *
 * @throws BhxhError ERR_CATALOGUE_KIND_UNKNOWN, ERR_FIELD_UNKNOWN, ERR_VALUE_NOT_TEXT.
 */
export function buildCatalogue<Kind extends CatalogueKind>(
  kind: Kind,
  rows: readonly (CatalogueRow<Kind> | TableRow)[],
  options: BuildCatalogueOptions,
): Uint8Array {
  const table = options.tables[kind];
  if (table === undefined || table.list === null) {
    throw claimError('ERR_CATALOGUE_KIND_UNKNOWN', 'usage', {
      kind,
      known: Object.keys(options.tables).join(', '),
    });
  }
  const writer = new XmlWriter();
  writer.start(table.root);
  writer.start(table.list, { Id: options.id });
  writeRows(writer, table, rows as readonly object[]);
  writer.end();
  writer.empty('CHUKYDONVI');
  writer.end();
  return withDeclaration(writer);
}
