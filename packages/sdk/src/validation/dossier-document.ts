import { scan, type ScanHandler, type XmlScanner } from '@bhxh/xml';
import { checkDossier } from '../declarations/check-dossier.ts';
import { readDossier } from '../declarations/read.ts';
import type { Dossier } from '../declarations/types.ts';
import type { DocumentKind } from '../documents/kinds.ts';
import { BhxhError } from '../errors/bhxh-error.ts';
import { ownGround, publicValue, type RecordFindings } from './report/record-findings.ts';
import type { StepName } from './report/steps.ts';
import type { ValidationSetup } from './validation-setup.ts';

/** Where elements named Signature stand. */
class SignaturePaths implements ScanHandler {
  readonly found: string[] = [];
  readonly #path: string[] = [];

  startElement(scanner: XmlScanner, nameStart: number, nameEnd: number): void {
    const name = Buffer.from(
      scanner.bytes.subarray(nameStart - scanner.base, nameEnd - scanner.base),
    ).toString('utf8');
    this.#path.length = scanner.depth - 1;
    if (name === 'Signature' || name.endsWith(':Signature')) this.found.push(this.#path.join('/'));
    this.#path.push(name);
  }
}

/** Which step a mechanism belongs to; all others are rules within a record. */
const steps: Readonly<Record<string, StepName>> = {
  'required-fields': 'structure',
  'declared-count': 'structure',
  'forms-of-procedure': 'structure',
  'max-length': 'fields',
  'field-format': 'fields',
  'code-values': 'code-lists',
};

/**
 * Judges an employer's dossier: the envelope, its forms and attachments. Returns where the envelope's signatures stand; those
 * of the forms are inside their own Base64 content. Throws `XmlError` when the envelope or a form is no XML.
 */
export function validateDossierDocument(
  kind: DocumentKind,
  bytes: Buffer,
  setup: ValidationSetup,
  findings: RecordFindings,
): readonly string[] {
  const { xml, file } = setup.specifications.limits;
  const signatures = new SignaturePaths();
  scan(bytes, signatures, { limits: { ...xml, bytes: file.bytes, elements: file.elements } });
  findings.collector.decide('xml', 'valid');
  const place = { path: kind.root, line: null, column: null };
  let dossier: Dossier;
  try {
    dossier = readDossier(setup.specifications, bytes).dossier;
  } catch (error) {
    if (!(error instanceof BhxhError)) throw error;
    const ground = { ...ownGround('DOSSIER_UNREADABLE'), message: error.sentences };
    findings.add('structure', ground, 'DOSSIER_UNREADABLE', place, []);
    return signatures.found;
  }
  const { specifications, now } = setup;
  const report = checkDossier(specifications, dossier, { now });
  for (const { ruleId, code, severity, origin, legal, path, values, message, check } of report.findings)
    findings.add(
      steps[check] ?? 'record-rules',
      { ruleId, severity, origin, legal, message },
      code,
      { ...place, path },
      Object.entries(values).map(([name, value]) => publicValue(name, value)),
    );
  for (const step of ['structure', 'fields', 'code-lists', 'record-rules'] as const)
    findings.collector.decide(step, 'valid');
  return signatures.found;
}
