import type { X509Certificate } from 'node:crypto';
import { certificateFacts } from './certificate-facts.ts';
import { verifyDerSignature } from './der-signature.ts';
import type { DerValue } from './der.ts';
import {
  children,
  contextTag,
  DerCursor,
  firstDer,
  readBits,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readTime,
  tag,
} from './der.ts';
import { publicKeyOf } from './known-certificate.ts';

const maxBytes = 32 * 1024 * 1024;
const issuingDistributionPoint = '2.5.29.28';
const deltaIndicator = '2.5.29.27';

/** What a source says about one certificate. */
export interface RevocationAnswer {
  readonly status: 'good' | 'revoked';
  readonly revokedAt?: Date;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

/**
 * What a revocation list says about a certificate. Undefined when the list says nothing that counts: not signed by the
 * certificate's issuer, not in force at that moment, of another scope, or unreadable.
 */
export function askCrl(
  crl: Uint8Array,
  certificate: X509Certificate,
  issuer: X509Certificate,
  at: Date,
): RevocationAnswer | undefined {
  try {
    return readCrl(crl, certificate, issuer, at);
  } catch {
    return undefined;
  }
}

function readCrl(
  crl: Uint8Array,
  certificate: X509Certificate,
  issuer: X509Certificate,
  at: Date,
): RevocationAnswer | undefined {
  if (crl.length > maxBytes) return undefined;
  const outer = new DerCursor(readDer(crl, tag.sequence));
  const body = outer.take(tag.sequence);
  const algorithm = outer.take(tag.sequence);
  const signature = readBits(outer.take(tag.bitString)).bytes;
  const cursor = new DerCursor(body);
  cursor.takeIf(tag.integer);
  cursor.take(tag.sequence);
  const name = cursor.take(tag.sequence);
  const thisUpdate = readTime(cursor.take());
  const next = cursor.takeIf(tag.utcTime) ?? cursor.takeIf(tag.generalizedTime);
  const nextUpdate = next === undefined ? undefined : readTime(next);
  const revoked = cursor.takeIf(tag.sequence);
  const extensions = cursor.takeIf(contextTag(0));
  const facts = certificateFacts(certificate);
  const issuerFacts = certificateFacts(issuer);
  if (Buffer.compare(name.bytes, facts.issuer) !== 0 || Buffer.compare(name.bytes, issuerFacts.subject) !== 0)
    return undefined;
  // A list without an end, or one that ended before the moment in question, says nothing about it.
  if (nextUpdate === undefined || nextUpdate < at) return undefined;
  if (extensions !== undefined && !covers(readDer(extensions.content, tag.sequence), facts.isAuthority))
    return undefined;
  if (issuerFacts.keyUsage !== undefined && !issuerFacts.keyUsage.has('cRLSign')) return undefined;
  if (!verifyDerSignature(algorithm, publicKeyOf(issuer), body.bytes, signature)) return undefined;
  const revokedAt = revoked === undefined ? undefined : findSerial(revoked, facts.serial);
  return revokedAt === undefined
    ? { status: 'good', thisUpdate, nextUpdate }
    : { status: 'revoked', revokedAt, thisUpdate, nextUpdate };
}

/** Whether a list is about all certificates of its issuer, or at least all of this kind. */
function covers(extensions: DerValue, isAuthority: boolean): boolean {
  for (const extension of children(extensions)) {
    const cursor = new DerCursor(extension);
    const id = readOid(cursor.take(tag.oid));
    const critical = cursor.takeIf(tag.boolean);
    const value = cursor.take(tag.octetString).content;
    if (id === deltaIndicator) return false;
    if (id !== issuingDistributionPoint) {
      if (critical !== undefined && readBoolean(critical)) return false;
      continue;
    }
    for (const field of children(readDer(value, tag.sequence))) {
      const isSet = field.content[0] !== 0;
      if (field.tag === contextTag(1, false) && isSet && isAuthority) return false;
      if (field.tag === contextTag(2, false) && isSet && !isAuthority) return false;
      const limits = [contextTag(3, false), contextTag(4, false), contextTag(5, false)];
      if (limits.includes(field.tag) && (field.tag === contextTag(3, false) || isSet)) return false;
    }
  }
  return true;
}

/** Walks the entries without keeping them: lists of large authorities have hundreds of thousands. */
function findSerial(list: DerValue, serial: bigint): Date | undefined {
  for (let at = 0; at < list.content.length;) {
    const entry = firstDer(list.content.subarray(at));
    at += entry.bytes.length;
    const number = firstDer(entry.content);
    if (readInteger(number) !== serial) continue;
    return readTime(firstDer(entry.content.subarray(number.bytes.length)));
  }
  return undefined;
}
