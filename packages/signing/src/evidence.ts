import { createHash, X509Certificate } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { fingerprintOf } from './certificates/known-certificate.ts';
import { SigningError } from './errors.ts';
import type { SignatureVerdict, VerifyReason, VerifyResult } from './types.ts';
import type { VerifyOptions } from './verify-xml.ts';
import { verify } from './verify-xml.ts';

/**
 * Everything a verdict on a signature rested on, as one JSON (TT 15/2025/TT-BKHCN, articles 5 and 6: the certificate and its
 * status at signing time are to be stored, and destroyed when no longer needed). The anchor is not part of it: whom to
 * believe is decided anew by whoever reads it.
 */
export interface SignatureEvidence {
  readonly schema: 'bhxh-evidence/1';
  readonly documentSha256: string;
  readonly profile: string;
  /** The moment that was judged: the proven time, or the one asked for. */
  readonly checkedAt: string;
  /** When the verification was made. */
  readonly verifiedAt: string;
  readonly verdict: SignatureVerdict;
  readonly steps: VerifyResult['steps'];
  readonly reasons: readonly VerifyReason[];
  readonly signedAt?: { readonly time: string; readonly source: 'claimed' | 'time-stamp' };
  /** Base64 of the DER: the signer's certificate and its issuers below the anchor. */
  readonly certificates: readonly string[];
  readonly crls: readonly string[];
  readonly ocspResponses: readonly string[];
  /** Tokens over the signature value; the document holds them too. */
  readonly timeStamps: readonly string[];
  /** SHA-256 of the anchor's certificate, hexadecimal. */
  readonly anchor?: string;
}

/** Keeps what `verify` found; undefined when trust was not checked, for then there is nothing to keep. */
export function keepEvidence(xml: Uint8Array, result: VerifyResult): SignatureEvidence | undefined {
  const { evidence, checkedAt, signedAt } = result;
  if (evidence === undefined || checkedAt === undefined) return undefined;
  const [anchor, ...below] = [...evidence.certificates].reverse();
  return {
    schema: 'bhxh-evidence/1',
    documentSha256: createHash('sha256').update(xml).digest('hex'),
    profile: result.profile,
    checkedAt: checkedAt.toISOString(),
    verifiedAt: evidence.verifiedAt.toISOString(),
    verdict: result.verdict,
    steps: result.steps,
    reasons: result.reasons,
    ...(signedAt === undefined
      ? {}
      : { signedAt: { time: signedAt.time.toISOString(), source: signedAt.source } }),
    certificates: below.reverse().map((one) => encodeBase64(one.raw)),
    crls: evidence.crls.map(encodeBase64),
    ocspResponses: evidence.ocspResponses.map(encodeBase64),
    timeStamps: evidence.timeStamps.map(encodeBase64),
    ...(anchor === undefined ? {} : { anchor: fingerprintOf(anchor) }),
  };
}

/**
 * Verifies a document again from stored evidence, on the day it was first verified, without asking anybody. The stored
 * verdict is not believed: lists and responses are signed by the authorities, and are checked as if they had just come.
 *
 * @throws SigningError `ERR_EVIDENCE_DAMAGED` when the evidence is unreadable or belongs to another document.
 */
export async function verifyFromEvidence(
  xml: Uint8Array,
  evidence: SignatureEvidence,
  options: Pick<VerifyOptions, 'profile' | 'party' | 'expect' | 'now'> & {
    readonly anchors: readonly X509Certificate[];
    readonly timeStampAnchors?: readonly X509Certificate[];
  },
): Promise<VerifyResult> {
  const at = new Date(evidence.checkedAt);
  const verifiedAt = new Date(evidence.verifiedAt);
  const isForThis =
    evidence.schema === 'bhxh-evidence/1' &&
    at <= verifiedAt &&
    verifiedAt <= options.now() &&
    evidence.documentSha256 === createHash('sha256').update(xml).digest('hex');
  if (!isForThis) throw new SigningError('ERR_EVIDENCE_DAMAGED');
  const bytes = (list: readonly string[]) =>
    list.map((text) => {
      const decoded = decodeBase64(text);
      if (decoded === undefined) throw new SigningError('ERR_EVIDENCE_DAMAGED', { part: 'base64' });
      return decoded;
    });
  let intermediates: X509Certificate[];
  try {
    intermediates = bytes(evidence.certificates).map((raw) => new X509Certificate(raw));
  } catch (cause) {
    throw new SigningError('ERR_EVIDENCE_DAMAGED', { part: 'certificate' }, cause);
  }
  const { profile, party, expect, anchors, timeStampAnchors } = options;
  return verify(xml, {
    profile,
    ...(party === undefined ? {} : { party }),
    now: () => verifiedAt,
    at,
    ...(expect === undefined ? {} : { expect }),
    trust: {
      anchors,
      ...(timeStampAnchors === undefined ? {} : { timeStampAnchors }),
      intermediates,
      crls: bytes(evidence.crls),
      ocspResponses: bytes(evidence.ocspResponses),
    },
  });
}
