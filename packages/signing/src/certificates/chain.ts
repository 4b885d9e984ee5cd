import type { X509Certificate } from 'node:crypto';
import type { VerifyReasonCode } from '../reasons.ts';
import type { CertificateFacts } from './certificate-facts.ts';
import { certificateFacts, extensionOid } from './certificate-facts.ts';
import { isSameCertificate, keyDescription, publicKeyOf } from './known-certificate.ts';

/** Whom a verifier believes. There is no default: an empty store trusts nobody. */
export interface TrustStore {
  /** Certificates believed by themselves: root authorities, or a pinned signer. */
  readonly anchors: readonly X509Certificate[];
  /** Certificates that may complete a chain and are believed only through an anchor. */
  readonly intermediates?: readonly X509Certificate[];
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
}

const maxLinks = 8;

/** SHA-256 and better with RSA (PKCS#1, PSS) or ECDSA. */
const strongSignatures: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.113549.1.1.10',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
]);

const understood: ReadonlySet<string> = new Set([
  extensionOid.keyUsage,
  extensionOid.basicConstraints,
  extensionOid.extendedKeyUsage,
  extensionOid.subjectAlternativeName,
  extensionOid.certificatePolicies,
  extensionOid.crlDistributionPoints,
]);

/** Builds the path from a signer to an anchor and checks every link at one moment. */
export async function checkChain(request: {
  readonly certificate: X509Certificate;
  readonly others: readonly X509Certificate[];
  readonly trust: TrustStore;
  readonly at: Date;
}): Promise<ChainReport> {
  const { certificate, trust, at } = request;
  const chain = buildChain(certificate, trust, request.others);
  const reasons: ChainReason[] = [];
  if (chain === undefined) reasons.push({ code: 'CERTIFICATE_ISSUER_UNKNOWN', link: 0 });
  const links = chain ?? [certificate];
  for (const [link, one] of links.entries()) {
    for (const code of checkLink(one, links[link + 1], link, at)) reasons.push({ code, link });
  }
  return { chain: chain ?? [], reasons };
}

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

function* checkLink(
  certificate: X509Certificate,
  issuer: X509Certificate | undefined,
  link: number,
  at: Date,
): Generator<VerifyReasonCode> {
  let facts: CertificateFacts;
  try {
    facts = certificateFacts(certificate);
  } catch {
    yield 'CERTIFICATE_UNREADABLE';
    return;
  }
  if (at < facts.notBefore) yield 'CERTIFICATE_NOT_YET_VALID';
  if (at > facts.notAfter) yield 'CERTIFICATE_EXPIRED';
  const isAnchor = issuer === undefined && link > 0;
  // The anchor's own signature proves nothing: it is believed because the caller says so.
  if (!isAnchor && !strongSignatures.has(facts.signatureOid)) yield 'CHAIN_ALGORITHM_WEAK';
  if (typeof keyDescription(publicKeyOf(certificate)) === 'string') yield 'CHAIN_ALGORITHM_WEAK';
  for (const [id, extension] of facts.extensions) {
    if (extension.critical && !understood.has(id)) yield 'CHAIN_EXTENSION_UNKNOWN';
  }
  const usage = facts.keyUsage;
  if (link === 0) {
    const maySign = usage === undefined || usage.has('digitalSignature') || usage.has('nonRepudiation');
    if (!maySign) yield 'CERTIFICATE_KEY_USAGE';
    return;
  }
  if (!facts.isAuthority || (usage !== undefined && !usage.has('keyCertSign'))) yield 'ISSUER_NOT_AUTHORITY';
  if (facts.pathLength !== undefined && link - 1 > facts.pathLength) yield 'CHAIN_LENGTH';
}
