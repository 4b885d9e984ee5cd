import { createHash, X509Certificate } from 'node:crypto';
import { certificateFacts, extensionOid } from './certificate-facts.ts';
import type { RevocationAnswer } from './crl.ts';
import { verifyDerSignature } from './der-signature.ts';
import type { DerValue } from './der.ts';
import {
  children,
  contextTag,
  der,
  DerCursor,
  integer,
  nullValue,
  octetString,
  oid,
  readBits,
  readDer,
  readInteger,
  readOid,
  readTime,
  sequence,
  tag,
} from './der.ts';
import { publicKeyOf } from './known-certificate.ts';

const maxBytes = 256 * 1024;
const minute = 60 * 1000;
/** How long an answer without nextUpdate is fresh, and how far clocks may differ. */
const freshFor = 24 * 60 * minute;
const skew = 5 * minute;

const basicResponse = '1.3.6.1.5.5.7.48.1.1';
const nonceOid = '1.3.6.1.5.5.7.48.1.2';
const ocspSigning = '1.3.6.1.5.5.7.3.9';

const certIdHashes: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
]);

/** The request for one certificate (RFC 6960). SHA-1 names the issuer here because responders know no other hash; it protects nothing. */
export function ocspRequest(
  certificate: X509Certificate,
  issuer: X509Certificate,
  nonce?: Uint8Array,
): Uint8Array {
  const facts = certificateFacts(certificate);
  const hash = (bytes: Uint8Array) => octetString(createHash('sha1').update(bytes).digest());
  const issuerFacts = certificateFacts(issuer);
  const certId = sequence(
    sequence(oid('1.3.14.3.2.26'), nullValue()),
    hash(issuerFacts.subject),
    hash(issuerFacts.publicKeyBits),
    integer(facts.serial),
  );
  const extensions =
    nonce === undefined
      ? []
      : [der(contextTag(2), sequence(sequence(oid(nonceOid), octetString(octetString(nonce)))))];
  return sequence(sequence(sequence(sequence(certId)), ...extensions));
}

/**
 * What an OCSP response says about a certificate. Undefined when it says nothing that counts: not signed by the issuer or
 * its delegate, about another certificate, not fresh at that moment, with another nonce, or unreadable.
 */
export function askOcsp(
  response: Uint8Array,
  certificate: X509Certificate,
  issuer: X509Certificate,
  at: Date,
  nonce?: Uint8Array,
): RevocationAnswer | undefined {
  try {
    return readResponse(response, certificate, issuer, at, nonce);
  } catch {
    return undefined;
  }
}

function readResponse(
  response: Uint8Array,
  certificate: X509Certificate,
  issuer: X509Certificate,
  at: Date,
  nonce: Uint8Array | undefined,
): RevocationAnswer | undefined {
  if (response.length > maxBytes) return undefined;
  const outer = new DerCursor(readDer(response, tag.sequence));
  if (readInteger(outer.take(tag.enumerated)) !== 0n) return undefined;
  const bytes = new DerCursor(readDer(outer.take(contextTag(0)).content, tag.sequence));
  if (readOid(bytes.take(tag.oid)) !== basicResponse) return undefined;
  const basic = new DerCursor(readDer(bytes.take(tag.octetString).content, tag.sequence));
  const data = basic.take(tag.sequence);
  const algorithm = basic.take(tag.sequence);
  const signature = readBits(basic.take(tag.bitString)).bytes;
  const certificates = basic.takeIf(contextTag(0));
  const cursor = new DerCursor(data);
  cursor.takeIf(contextTag(0));
  cursor.take();
  const producedAt = readTime(cursor.take(tag.generalizedTime));
  const responses = children(cursor.take(tag.sequence));
  const extensions = cursor.takeIf(contextTag(1));
  if (nonce !== undefined && !hasNonce(extensions, nonce)) return undefined;
  const responders = [issuer, ...delegates(certificates, issuer, producedAt)];
  const isSigned = responders.some((one) =>
    verifyDerSignature(algorithm, publicKeyOf(one), data.bytes, signature),
  );
  if (!isSigned) return undefined;
  for (const single of responses) {
    const answer = readSingle(single, certificate, issuer, at);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Certificates in the response that the issuer itself entrusted with answering. */
function delegates(list: DerValue | undefined, issuer: X509Certificate, producedAt: Date): X509Certificate[] {
  if (list === undefined) return [];
  return children(readDer(list.content, tag.sequence))
    .slice(0, 5)
    .map((one) => new X509Certificate(one.bytes))
    .filter((one) => {
      const facts = certificateFacts(one);
      return (
        facts.extendedKeyUsage?.has(ocspSigning) === true &&
        facts.notBefore <= producedAt &&
        producedAt <= facts.notAfter &&
        one.checkIssued(issuer) &&
        one.verify(publicKeyOf(issuer))
      );
    });
}

function hasNonce(extensions: DerValue | undefined, nonce: Uint8Array): boolean {
  if (extensions === undefined) return true;
  for (const extension of children(readDer(extensions.content, tag.sequence))) {
    const cursor = new DerCursor(extension);
    if (readOid(cursor.take(tag.oid)) !== nonceOid) continue;
    cursor.takeIf(tag.boolean);
    return (
      Buffer.compare(readDer(cursor.take(tag.octetString).content, tag.octetString).content, nonce) === 0
    );
  }
  // Responders may serve prepared answers without nonce; their freshness is judged by their dates.
  return true;
}

function readSingle(
  single: DerValue,
  certificate: X509Certificate,
  issuer: X509Certificate,
  at: Date,
): RevocationAnswer | undefined {
  const cursor = new DerCursor(single);
  const certId = new DerCursor(cursor.take(tag.sequence));
  const hash = certIdHashes.get(readOid(new DerCursor(certId.take(tag.sequence)).take(tag.oid)));
  if (hash === undefined) return undefined;
  const issuerFacts = certificateFacts(issuer);
  const digest = (bytes: Uint8Array) => createHash(hash).update(bytes).digest();
  const isIssuer =
    digest(issuerFacts.subject).equals(certId.take(tag.octetString).content) &&
    digest(issuerFacts.publicKeyBits).equals(certId.take(tag.octetString).content);
  if (!isIssuer || readInteger(certId.take(tag.integer)) !== certificateFacts(certificate).serial)
    return undefined;
  const status = cursor.take();
  const thisUpdate = readTime(cursor.take(tag.generalizedTime));
  const next = cursor.takeIf(contextTag(0));
  const nextUpdate = next === undefined ? undefined : readTime(readDer(next.content));
  const freshUntil = nextUpdate ?? new Date(thisUpdate.getTime() + freshFor);
  if (freshUntil.getTime() + skew < at.getTime()) return undefined;
  if (status.tag === contextTag(0, false)) return { status: 'good', thisUpdate, nextUpdate };
  if (status.tag !== contextTag(1)) return undefined;
  const revokedAt = readTime(new DerCursor({ ...status, tag: tag.sequence }).take(tag.generalizedTime));
  return { status: 'revoked', revokedAt, thisUpdate, nextUpdate };
}

/** The addresses a certificate names for asking: OCSP responders and revocation lists, http only. */
export function revocationSources(certificate: X509Certificate): {
  readonly ocsp: readonly string[];
  readonly crl: readonly string[];
} {
  const { extensions } = certificateFacts(certificate);
  const found = { ocsp: [] as string[], crl: [] as string[] };
  const url = (value: DerValue, into: string[]) => {
    const text = Buffer.from(value.content).toString('latin1');
    if (value.tag === contextTag(6, false) && /^https?:\/\//.test(text) && into.length < 5) into.push(text);
  };
  try {
    const access = extensions.get(extensionOid.authorityInformationAccess);
    for (const one of access === undefined ? [] : children(readDer(access.value, tag.sequence))) {
      const cursor = new DerCursor(one);
      if (readOid(cursor.take(tag.oid)) === '1.3.6.1.5.5.7.48.1') url(cursor.take(), found.ocsp);
    }
    const points = extensions.get(extensionOid.crlDistributionPoints);
    for (const point of points === undefined ? [] : children(readDer(points.value, tag.sequence))) {
      const name = new DerCursor(point).takeIf(contextTag(0));
      const full = name === undefined ? undefined : children(name)[0];
      if (full?.tag === contextTag(0)) for (const one of children(full)) url(one, found.crl);
    }
  } catch {
    // A malformed extension names no source, which leaves the certificate's status unknown.
  }
  return found;
}
