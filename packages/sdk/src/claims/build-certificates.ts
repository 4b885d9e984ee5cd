import { XmlWriter } from '@bhxh/xml';
import type { BhxhError } from '../errors/bhxh-error.ts';
import type { TableSpec } from '../specifications/types.ts';
import { buildTable } from './build-table.ts';
import type { CertificateInput, ClaimFileOptions } from './types.ts';
import { withDeclaration, writeLeaf } from './xml-document.ts';
import { claimError } from './claim-error.ts';

export interface BuildCertificatesOptions extends ClaimFileOptions {
  /** `certificates()` of the specifications. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Id of THONGTINHOSO, an XML name unique in the document: `Id-` and a UUID, say. */
  readonly id: string;
}

/**
 * A certificates file (HSCHUNGTU): one HOSO a certificate, CHUKYDONVI empty as the last child. The layouts rest on one
 * published guide; the birth certificate is a reference profile.
 *
 * @throws BhxhError ERR_CERTIFICATE_KIND_UNKNOWN, ERR_FIELD_UNKNOWN, ERR_VALUE_NOT_TEXT.
 */
export function buildCertificates(
  certificates: readonly CertificateInput[],
  options: BuildCertificatesOptions,
): Uint8Array {
  const writer = new XmlWriter();
  writer.start('HSCHUNGTU');
  writer.start('THONGTINDONVI');
  writeLeaf(writer, 'MACSKCB', options.facility);
  writer.end();
  writer.start('THONGTINHOSO', { Id: options.id });
  writeLeaf(writer, 'NGAYLAP', options.createdOn);
  writeLeaf(writer, 'SOLUONGHOSO', String(certificates.length));
  writer.start('DANHSACHHOSO');
  for (const { kind, row } of certificates) {
    const table = options.tables[kind];
    if (table === undefined) throw unknownKind(kind, Object.keys(options.tables));
    writer.start('HOSO');
    writer.start('FILEHOSO');
    writeLeaf(writer, 'LOAIHOSO', kind);
    writeLeaf(writer, 'NOIDUNGFILE', Buffer.from(buildTable(table, [row])).toString('base64'));
    writer.end();
    writer.end();
  }
  writer.end();
  writer.end();
  writer.empty('CHUKYDONVI');
  writer.end();
  return withDeclaration(writer);
}

function unknownKind(kind: string, known: readonly string[]): BhxhError {
  return claimError('ERR_CERTIFICATE_KIND_UNKNOWN', 'usage', { kind, known: known.join(', ') });
}
