import { createPublicKey, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { KeyUsage } from './certificate-facts.ts';
import { certificateFacts, extensionOid } from './certificate-facts.ts';
import {
  bitString,
  boolean,
  certificateTime,
  contextTag,
  der,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from './der.ts';

export interface CertificateRequest {
  /** Attributes of the subject, most general first: object identifier and text. */
  readonly subject: readonly (readonly [oid: string, text: string])[];
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly authority?: { readonly pathLength?: number };
  readonly keyUsage?: readonly KeyUsage[];
  readonly extendedKeyUsage?: readonly string[];
  readonly crlUrl?: string;
  readonly ocspUrl?: string;
  /** Further extensions, already encoded. */
  readonly extensions?: readonly {
    readonly oid: string;
    readonly critical: boolean;
    readonly value: Uint8Array;
  }[];
  readonly serial?: bigint;
}

export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

const usageBit: Readonly<Record<KeyUsage, number>> = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
};

const hashOid = { sha256: '1.2.840.113549.1.1.11', sha1: '1.2.840.113549.1.1.5' } as const;
const ecdsaSha256 = '1.2.840.10045.4.3.2';

/** The signature algorithm of certificates, lists and responses made with this key. */
export function signingIdentifier(key: KeyObject, hash: 'sha256' | 'sha1' = 'sha256'): Uint8Array {
  return key.asymmetricKeyType === 'ec'
    ? sequence(oid(ecdsaSha256))
    : sequence(oid(hashOid[hash]), nullValue());
}

/** Issues a certificate; without `issuer` it is self-signed with `key`. For demonstrations and tests: real keys need a real CA. */
export function issueCertificate(
  request: CertificateRequest,
  issuer: Issuer | { readonly key: KeyObject },
  hash: 'sha256' | 'sha1' = 'sha256',
): X509Certificate {
  const subject = encodeName(request.subject);
  const identifier = signingIdentifier(issuer.key, hash);
  const issuerName = 'certificate' in issuer ? certificateFacts(issuer.certificate).subject : subject;
  const extensions = encodeExtensions(request);
  const body = sequence(
    der(contextTag(0), integer(2)),
    integer(request.serial ?? BigInt(`0x7${randomBytes(8).toString('hex').slice(1)}`)),
    identifier,
    issuerName,
    sequence(certificateTime(request.notBefore), certificateTime(request.notAfter)),
    subject,
    publicKeyInfo(request.publicKey),
    ...(extensions.length === 0 ? [] : [der(contextTag(3), sequence(...extensions))]),
  );
  const raw = sequence(body, identifier, bitString(sign(hash, body, issuer.key)));
  return new X509Certificate(raw);
}

export const encodeName = (attributes: CertificateRequest['subject']): Uint8Array =>
  sequence(...attributes.map(([id, text]) => setOf(sequence(oid(id), utf8String(text)))));

const publicKeyInfo = (key: KeyObject): Uint8Array =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

function encodeExtensions(request: CertificateRequest): Uint8Array[] {
  const found: Uint8Array[] = [];
  const add = (id: string, critical: boolean, value: Uint8Array) =>
    found.push(sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value)));
  if (request.authority !== undefined) {
    const length = request.authority.pathLength;
    add(
      extensionOid.basicConstraints,
      true,
      sequence(boolean(true), ...(length === undefined ? [] : [integer(length)])),
    );
  }
  if (request.keyUsage !== undefined) {
    const bits = request.keyUsage.map((usage) => usageBit[usage]);
    const bytes = new Uint8Array(Math.max(...bits) >= 8 ? 2 : 1);
    for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
    add(extensionOid.keyUsage, true, bitString(bytes, 7 - (Math.max(...bits) & 7)));
  }
  if (request.extendedKeyUsage !== undefined) {
    const onlyTimeStamping = request.extendedKeyUsage.includes('1.3.6.1.5.5.7.3.8');
    add(extensionOid.extendedKeyUsage, onlyTimeStamping, sequence(...request.extendedKeyUsage.map(oid)));
  }
  const url = (text: string) => der(contextTag(6, false), Buffer.from(text, 'latin1'));
  if (request.crlUrl !== undefined) {
    add(
      extensionOid.crlDistributionPoints,
      false,
      sequence(sequence(der(contextTag(0), der(contextTag(0), url(request.crlUrl))))),
    );
  }
  if (request.ocspUrl !== undefined) {
    add(
      extensionOid.authorityInformationAccess,
      false,
      sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), url(request.ocspUrl))),
    );
  }
  for (const extension of request.extensions ?? []) add(extension.oid, extension.critical, extension.value);
  return found;
}
