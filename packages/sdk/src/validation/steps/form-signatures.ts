import { XmlError } from '@bhxh/xml';
import type { DossierFile } from '../../declarations/build.ts';
import { readDossier } from '../../declarations/read.ts';
import { declarationSpecs } from '../../declarations/specs.ts';
import { BhxhError } from '../../errors/bhxh-error.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import type { SignatureReport } from '../report/file-report.ts';
import { ownGround, publicValue, type RecordFindings } from '../report/record-findings.ts';
import type { VerifySignature } from '../validation-setup.ts';

const MISSING = 'SIGNATURE_MISSING';

/**
 * The signatures of the forms inside a dossier: each form is signed before it is put into the envelope. A form without one is
 * an error where the envelope is signed or a signature is required.
 */
export async function judgeFormSignatures(
  question: {
    readonly specifications: Specifications;
    readonly bytes: Uint8Array;
    readonly profile: string;
    readonly isRequired: boolean;
    readonly verifySignature: VerifySignature;
  },
  findings: RecordFindings,
): Promise<readonly SignatureReport[]> {
  const { specifications, bytes, profile, isRequired, verifySignature } = question;
  const specs = declarationSpecs(specifications);
  const reports: SignatureReport[] = [];
  for (const file of filesOf(specifications, bytes)) {
    if (!specs.isForm(file)) continue;
    const { root, signature } = specs.form(file.code).elements;
    const path = `${root}/${signature}`;
    const place = { path, line: null, column: null };
    const result = await verifySignature(file.bytes, { profile });
    if (result.reasons.some(({ code }) => code === MISSING)) {
      if (isRequired) findings.add('signature', ownGround(MISSING), MISSING, place, []);
      continue;
    }
    for (const { code, verdict } of result.reasons)
      findings.add(
        'signature',
        ownGround(code),
        'SIGNATURE_REFUSED',
        place,
        [publicValue('reason', code)],
        verdict === 'invalid' ? 'error' : 'warning',
      );
    findings.collector.decide('signature', result.verdict);
    reports.push({
      path: `/${path}/Signature`,
      profile: result.profile,
      verdict: result.verdict,
      reasons: result.reasons.map(({ code }) => ({ code, path })),
      signer: result.signer?.subject ?? null,
      signedAt: result.signedAt?.time.toISOString() ?? null,
      covers: [],
    });
  }
  return reports;
}

/** Nothing where the dossier cannot be read, which an earlier step has said. */
function filesOf(specifications: Specifications, bytes: Uint8Array): readonly DossierFile[] {
  try {
    return readDossier(specifications, bytes).files;
  } catch (error) {
    if (error instanceof BhxhError || error instanceof XmlError) return [];
    throw error;
  }
}
