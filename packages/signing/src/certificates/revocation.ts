import { randomBytes } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { certificateFacts, extensionOid } from './certificate-facts.ts';
import type { RevocationAnswer } from './crl.ts';
import { askCrl } from './crl.ts';
import { askOcsp, ocspRequest, revocationSources } from './ocsp.ts';

/**
 * How this package reaches revocation services: it opens no connection itself. The function decides which hosts are
 * allowed; it must not follow redirects, must stop after `maxBytes`, and rejects when it has no answer.
 */
export type RevocationFetcher = (request: {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly contentType?: string;
  readonly body?: Uint8Array;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}) => Promise<Uint8Array>;

export interface RevocationKnowledge {
  /** Revocation lists (DER) that are at hand. */
  readonly crls?: readonly Uint8Array[];
  /** OCSP responses (DER) that are at hand. */
  readonly ocspResponses?: readonly Uint8Array[];
  readonly fetch?: RevocationFetcher;
  /** For one question, in milliseconds; default 10,000. */
  readonly timeout?: number;
}

export interface RevocationFinding {
  /** `not-offered`: the certificate names nobody to ask, and nothing at hand answers for it. */
  readonly status: 'good' | 'revoked' | 'unknown' | 'not-offered';
  readonly answer?: RevocationAnswer;
  readonly source?: { readonly kind: 'crl' | 'ocsp'; readonly bytes: Uint8Array };
}

/** Asks what is at hand, then OCSP, then the lists the certificate names, until one answers. */
export async function findRevocation(
  certificate: X509Certificate,
  issuer: X509Certificate,
  at: Date,
  knowledge: RevocationKnowledge,
): Promise<RevocationFinding> {
  const conclude = (answer: RevocationAnswer, kind: 'crl' | 'ocsp', bytes: Uint8Array): RevocationFinding => {
    // A later revocation leaves what was signed before it as it was.
    const isRevoked = answer.status === 'revoked' && answer.revokedAt! <= at;
    return { status: isRevoked ? 'revoked' : 'good', answer, source: { kind, bytes } };
  };
  const atHand: RevocationFinding[] = [];
  for (const bytes of knowledge.ocspResponses ?? []) {
    const answer = askOcsp(bytes, certificate, issuer, at);
    if (answer !== undefined) atHand.push(conclude(answer, 'ocsp', bytes));
  }
  for (const bytes of knowledge.crls ?? []) {
    const answer = askCrl(bytes, certificate, issuer, at);
    if (answer !== undefined) atHand.push(conclude(answer, 'crl', bytes));
  }
  // Where sources disagree, the one that knows of a revocation knows more.
  const known = atHand.find((finding) => finding.status === 'revoked') ?? atHand[0];
  if (known !== undefined) return known;
  const sources = revocationSources(certificate);
  if (knowledge.fetch !== undefined) {
    for (const url of sources.ocsp) {
      const nonce = randomBytes(16);
      const body = ocspRequest(certificate, issuer, nonce);
      const bytes = await ask(knowledge, {
        url,
        method: 'POST',
        contentType: 'application/ocsp-request',
        body,
        maxBytes: 256 * 1024,
      });
      const answer = bytes && askOcsp(bytes, certificate, issuer, at, nonce);
      if (answer !== undefined) return conclude(answer, 'ocsp', bytes!);
    }
    for (const url of sources.crl) {
      const bytes = await ask(knowledge, { url, method: 'GET', maxBytes: 32 * 1024 * 1024 });
      const answer = bytes && askCrl(bytes, certificate, issuer, at);
      if (answer !== undefined) return conclude(answer, 'crl', bytes!);
    }
  }
  const { extensions } = certificateFacts(certificate);
  const isOffered =
    extensions.has(extensionOid.authorityInformationAccess) ||
    extensions.has(extensionOid.crlDistributionPoints);
  return { status: isOffered ? 'unknown' : 'not-offered' };
}

/** No answer is not an error: the certificate's status stays unknown. */
async function ask(
  { fetch, timeout }: RevocationKnowledge,
  request: Omit<Parameters<RevocationFetcher>[0], 'signal'>,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = await fetch!({ ...request, signal: AbortSignal.timeout(timeout ?? 10_000) });
    return bytes.length > request.maxBytes ? undefined : bytes;
  } catch {
    return undefined;
  }
}
