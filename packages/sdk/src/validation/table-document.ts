import { scan, type ScanHandler, type XmlScanner } from '@bhxh/xml';
import type { DocumentKind } from '../documents/kinds.ts';
import type { ValidationSetup } from './validation-setup.ts';
import type { RecordValidation } from './record-validation.ts';
import { ownGround, publicValue, type RecordFindings } from './report/record-findings.ts';

/** Names of the elements down to the second level, and where elements named Signature stand. */
class Outline implements ScanHandler {
  readonly children: string[] = [];
  readonly signatures: string[] = [];
  readonly #path: string[] = [];

  startElement(scanner: XmlScanner, nameStart: number, nameEnd: number): void {
    const name = Buffer.from(
      scanner.bytes.subarray(nameStart - scanner.base, nameEnd - scanner.base),
    ).toString('utf8');
    if (scanner.depth === 2) this.children.push(name);
    this.#path.length = scanner.depth - 1;
    if (name === 'Signature' || name.endsWith(':Signature')) this.signatures.push(this.#path.join('/'));
    this.#path.push(name);
  }
}

/**
 * Judges a document that is one table (check-in, medical assessment) or one catalogue. Returns where signatures stand.
 * Throws `XmlError` when the bytes are no XML.
 */
export function validateTableDocument(
  kind: DocumentKind,
  bytes: Buffer,
  setup: ValidationSetup,
  records: RecordValidation,
  findings: RecordFindings,
): readonly string[] {
  const { xml, file } = setup.specifications.limits;
  const outline = new Outline();
  scan(bytes, outline, { limits: { ...xml, bytes: file.bytes, elements: file.elements } });
  findings.collector.decide('xml', 'valid');
  const table = kind.table ?? catalogueOf(outline, setup);
  if (table === null) {
    findings.add(
      'structure',
      ownGround('TABLE_UNKNOWN'),
      'TABLE_UNKNOWN',
      { path: kind.root, line: null, column: null },
      [publicValue('table', outline.children[0] ?? ''), publicValue('ruleset', kind.family)],
    );
    return outline.signatures;
  }
  records.judge(kind, [{ type: table, bytes }], null);
  if (!outline.children.includes(kind.signatureIn)) {
    findings.add(
      'structure',
      ownGround('ENVELOPE_INCOMPLETE', 'warning'),
      'ENVELOPE_INCOMPLETE',
      { path: `${kind.root}/${kind.signatureIn}`, line: null, column: null },
      [publicValue('element', kind.signatureIn)],
    );
  }
  return outline.signatures;
}

/** The catalogue whose list element the document has. */
function catalogueOf(outline: Outline, setup: ValidationSetup): string | null {
  for (const [code, { list }] of Object.entries(setup.specifications.catalogues())) {
    if (list !== null && outline.children.includes(list)) return code;
  }
  return null;
}
