import { createHash } from 'node:crypto';
import type { DocumentKind } from '../../documents/kinds.ts';
import type { SignatureReport } from '../report/file-report.ts';
import { ownGround, publicValue, type RecordFindings } from '../report/record-findings.ts';
import type { VerifySignature } from '../validation-setup.ts';

/** What the signature step has to go on. */
export interface SignatureQuestion {
  readonly kind: DocumentKind;
  /** Paths of the parents of elements named Signature. */
  readonly paths: readonly string[];
  readonly isRequired: boolean;
  readonly verifySignature: VerifySignature | undefined;
  readonly size: number;
  readonly sizeLimit: number;
  readonly sha256: string;
  readonly reread: (() => Promise<Uint8Array>) | null;
}

/**
 * The signature step: an unsigned document is skipped unless a signature is required; a signed one is checked for
 * place here, and for coverage and mathematics by the given verifier.
 */
export async function judgeSignature(
  question: SignatureQuestion,
  findings: RecordFindings,
): Promise<readonly SignatureReport[]> {
  const { kind, paths, verifySignature } = question;
  const expected = `${kind.root}/${kind.signatureIn}`;
  const { collector } = findings;
  const place = { path: expected, line: null, column: null };
  if (paths.length === 0) {
    if (question.isRequired)
      findings.add('signature', ownGround('SIGNATURE_MISSING'), 'SIGNATURE_MISSING', place, []);
    return [];
  }
  const misplaced = paths.find((path) => path !== expected);
  if (misplaced !== undefined || paths.length > 1) {
    const code = misplaced === undefined ? 'SIGNATURE_COUNT' : 'SIGNATURE_PLACE';
    findings.add('signature', ownGround(code), code, { ...place, path: misplaced ?? expected }, [
      publicValue('expected', expected),
      publicValue('count', String(paths.length)),
    ]);
    return paths.map((path) => ({
      path: `/${path}/Signature`,
      profile: kind.signatureProfile,
      verdict: 'invalid',
      reasons: [{ code, path }],
      signer: null,
      signedAt: null,
      covers: [],
    }));
  }
  if (verifySignature === undefined) return [];
  const bytes = await bytesOf(question);
  if (bytes === null) {
    collector.decide('signature', 'undetermined');
    collector.keep({
      ruleId: 'SIGNATURE_UNREAD',
      code: 'SIGNATURE_UNREAD',
      severity: 'warning',
      origin: 'reference',
      ruleset: null,
      location: { file: findings.file, record: null, ...place },
      values: [publicValue('limit', String(question.sizeLimit))],
      legal: [],
    });
    return [];
  }
  const result = await verifySignature(bytes, { profile: kind.signatureProfile });
  for (const { code, path, verdict } of result.reasons) {
    findings.add(
      'signature',
      ownGround(code),
      'SIGNATURE_REFUSED',
      { ...place, path: path === undefined ? expected : path.replace(/^\//u, '') },
      [publicValue('reason', code)],
      verdict === 'invalid' ? 'error' : 'warning',
    );
  }
  collector.decide('signature', result.verdict);
  return [
    {
      path: result.path ?? `/${expected}/Signature`,
      profile: result.profile,
      verdict: result.verdict,
      reasons: result.reasons.map(({ code, path }) => (path === undefined ? { code } : { code, path })),
      signer: result.signer?.subject ?? null,
      signedAt: result.signedAt?.time.toISOString() ?? null,
      covers: result.covers,
    },
  ];
}

/** The bytes again, when they are few enough and still the same; null otherwise. */
async function bytesOf({ reread, size, sizeLimit, sha256 }: SignatureQuestion): Promise<Uint8Array | null> {
  if (reread === null || size > sizeLimit) return null;
  const bytes = await reread();
  return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null;
}
