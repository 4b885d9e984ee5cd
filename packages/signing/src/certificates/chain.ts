import type { X509Certificate } from 'node:crypto';
import type { VerifyReasonCode } from '../reasons.ts';
import type { CertificateFacts } from './certificate-facts.ts';
import { certificateFacts, extensionOid } from './certificate-facts.ts';
import { isStrongSignature } from './der-signature.ts';
import { fingerprintOf, isSameCertificate, keyDescription, publicKeyOf } from './known-certificate.ts';
import { obeysNameConstraints } from './name-constraints.ts';
import type { RevocationFinding, RevocationKnowledge } from './revocation.ts';
import { findRevocation } from './revocation.ts';

/** Whom a verifier believes. There is no default: an empty store trusts nobody. */
export interface TrustStore extends RevocationKnowledge {
  /** Certificates believed by themselves: root authorities, or a pinned signer. */
  readonly anchors: readonly X509Certificate[];
  /** Root authorities of time stamping; default `anchors`. */
  readonly timeStampAnchors?: readonly X509Certificate[];
  /** On what terms an anchor is relied on, by its SHA-256 fingerprint in lower-case hexadecimal; always and without condition, where none is named. */
  readonly terms?: ReadonlyMap<string, AnchorTerms>;
  /** Certificates that may complete a chain and are believed only through an anchor. */
  readonly intermediates?: readonly X509Certificate[];
}

/** The time within which an authority was licensed, outside of which what it vouches for does not count, and what it owes. */
export interface AnchorTerms {
  readonly from?: Date;
  /** The last moment. */
  readonly until?: Date;
  /** Whether every certificate below it must have a known status; otherwise only those that name whom to ask. */
  readonly requiresStatus?: boolean;
}

export interface ChainReason {
  readonly code: VerifyReasonCode;
  /** Place in the chain, 0 being the signer. */
  readonly link: number;
}

export interface ChainReport {
  /** The signer first, the anchor last; empty when no chain could be built. */
  readonly chain: readonly X509Certificate[];
  readonly reasons: readonly ChainReason[];
  /** What is known of each link but the anchor, in the order of the chain. */
  readonly revocations: readonly RevocationFinding[];
}

const maxLinks = 8;

const understood: ReadonlySet<string> = new Set([
  extensionOid.keyUsage,
  extensionOid.basicConstraints,
  extensionOid.extendedKeyUsage,
  extensionOid.subjectAlternativeName,
  extensionOid.certificatePolicies,
  extensionOid.crlDistributionPoints,
  extensionOid.nameConstraints,
]);

/** What a certificate is used for, which decides what its key usage must allow. */
export type LeafPurpose = 'signing' | 'time-stamping';

/** Builds the path from a signer to an anchor, checks every link at one moment, and asks whether any was revoked by then. */
export async function checkChain(request: {
  readonly certificate: X509Certificate;
  readonly others: readonly X509Certificate[];
  readonly trust: TrustStore;
  readonly at: Date;
  /** What the signer says about the time, where nothing proves one and `at` is merely now. */
  readonly claimedAt?: Date | undefined;
  readonly purpose?: LeafPurpose;
}): Promise<ChainReport> {
  const { certificate, trust, at } = request;
  const chain = buildChain(certificate, trust, request.others);
  const reasons: ChainReason[] = [];
  if (chain === undefined) reasons.push({ code: 'CERTIFICATE_ISSUER_UNKNOWN', link: 0 });
  const links = chain ?? [certificate];
  for (const [link, one] of links.entries()) {
    for (const code of checkLink(one, links, link, at, request.purpose ?? 'signing'))
      reasons.push({ code, link });
  }
  const terms = chain === undefined ? undefined : trust.terms?.get(fingerprintOf(chain.at(-1)!));
  if (terms !== undefined && !isWithin(terms, at)) {
    const isClaimedWithin = request.claimedAt !== undefined && isWithin(terms, request.claimedAt);
    reasons.push({
      code: isClaimedWithin ? 'AUTHORITY_LICENCE_UNPROVEN' : 'AUTHORITY_LICENCE_ENDED',
      link: links.length - 1,
    });
  }
  const revocations: RevocationFinding[] = [];
  // Nobody is asked about a certificate that is refused already.
  if (reasons.length > 0) return { chain: chain ?? [], reasons, revocations };
  for (const [link, one] of links.slice(0, -1).entries()) {
    const finding = await findRevocation(one, links[link + 1]!, at, trust);
    revocations.push(finding);
    if (finding.status === 'revoked') reasons.push({ code: 'CERTIFICATE_REVOKED', link });
    const isOwed = finding.status === 'not-offered' && terms?.requiresStatus === true;
    if (finding.status === 'unknown' || isOwed) reasons.push({ code: 'REVOCATION_UNKNOWN', link });
  }
  return { chain: chain ?? [], reasons, revocations };
}

const isWithin = ({ from, until }: AnchorTerms, at: Date): boolean =>
  (from === undefined || from <= at) && (until === undefined || at <= until);

/** Depth first over the possible issuers; a chain that ends at an anchor and whose signatures are right wins. */
function buildChain(
  certificate: X509Certificate,
  trust: TrustStore,
  others: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const candidates = [...(trust.intermediates ?? []), ...others];
  const extend = (path: readonly X509Certificate[]): X509Certificate[] | undefined => {
    const last = path.at(-1)!;
    if (trust.anchors.some((anchor) => isSameCertificate(anchor, last))) return [...path];
    if (path.length >= maxLinks) return undefined;
    const anchor = trust.anchors.find((candidate) => isIssuedBy(last, candidate));
    if (anchor !== undefined) return [...path, anchor];
    for (const candidate of candidates) {
      if (path.some((one) => isSameCertificate(one, candidate)) || !isIssuedBy(last, candidate)) continue;
      const found = extend([...path, candidate]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return extend([certificate]);
}

const issuedBy = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  let known = issuedBy.get(certificate);
  if (known === undefined) issuedBy.set(certificate, (known = new WeakMap()));
  let answer = known.get(issuer);
  if (answer === undefined) {
    answer = certificate.checkIssued(issuer) && certificate.verify(publicKeyOf(issuer));
    known.set(issuer, answer);
  }
  return answer;
}

const timeStamping = '1.3.6.1.5.5.7.3.8';

/** What is wrong with one certificate of a chain at a moment, whoever is believed. */
export function checkLink(
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
  link: number,
  at: Date,
  purpose: LeafPurpose,
): readonly VerifyReasonCode[] {
  let facts: CertificateFacts;
  try {
    facts = certificateFacts(certificate);
  } catch {
    return ['CERTIFICATE_UNREADABLE'];
  }
  const lasting =
    link === 0 ? faultsOfLeaf(certificate, facts, purpose) : faultsOfIssuer(certificate, facts, chain, link);
  if (at >= facts.notBefore && at <= facts.notAfter) return lasting;
  const codes: VerifyReasonCode[] = [];
  if (at < facts.notBefore) codes.push('CERTIFICATE_NOT_YET_VALID');
  if (at > facts.notAfter) codes.push('CERTIFICATE_EXPIRED');
  return [...codes, ...lasting];
}

const leafFaults: Readonly<Record<LeafPurpose, WeakMap<X509Certificate, readonly VerifyReasonCode[]>>> = {
  signing: new WeakMap(),
  'time-stamping': new WeakMap(),
};

/** What no moment changes about the certificate somebody signs with; asked for every document, so it is remembered. */
function faultsOfLeaf(
  certificate: X509Certificate,
  facts: CertificateFacts,
  purpose: LeafPurpose,
): readonly VerifyReasonCode[] {
  let codes = leafFaults[purpose].get(certificate);
  if (codes !== undefined) return codes;
  const found = faultsOfAny(certificate, facts, false);
  const usage = facts.keyUsage;
  const maySign = usage === undefined || usage.has('digitalSignature') || usage.has('nonRepudiation');
  if (!maySign) found.push('CERTIFICATE_KEY_USAGE');
  const isOnlyForTime = facts.extendedKeyUsage?.size === 1 && facts.extendedKeyUsage.has(timeStamping);
  if (isOnlyForTime !== (purpose === 'time-stamping')) found.push('CERTIFICATE_KEY_USAGE');
  leafFaults[purpose].set(certificate, (codes = found));
  return codes;
}

function faultsOfIssuer(
  certificate: X509Certificate,
  facts: CertificateFacts,
  chain: readonly X509Certificate[],
  link: number,
): readonly VerifyReasonCode[] {
  const codes = faultsOfAny(certificate, facts, link === chain.length - 1);
  const usage = facts.keyUsage;
  if (!facts.isAuthority || (usage !== undefined && !usage.has('keyCertSign')))
    codes.push('ISSUER_NOT_AUTHORITY');
  if (facts.pathLength !== undefined && link - 1 > facts.pathLength) codes.push('CHAIN_LENGTH');
  for (let below = 0; below < link; below++) {
    if (!keepsTo(chain[below]!, certificate)) codes.push('NAME_CONSTRAINT');
  }
  return codes;
}

function faultsOfAny(
  certificate: X509Certificate,
  facts: CertificateFacts,
  isAnchor: boolean,
): VerifyReasonCode[] {
  const codes: VerifyReasonCode[] = [];
  // The anchor's own signature proves nothing: it is believed because the caller says so.
  if (!isAnchor && !isStrongSignature(facts.signatureOid)) codes.push('CHAIN_ALGORITHM_WEAK');
  if (typeof keyDescription(publicKeyOf(certificate)) === 'string') codes.push('CHAIN_ALGORITHM_WEAK');
  for (const [id, extension] of facts.extensions) {
    if (extension.critical && !understood.has(id)) codes.push('CHAIN_EXTENSION_UNKNOWN');
  }
  return codes;
}

function keepsTo(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return obeysNameConstraints(certificate, authority);
  } catch {
    // Constraints that cannot be read cannot be obeyed.
    return false;
  }
}
