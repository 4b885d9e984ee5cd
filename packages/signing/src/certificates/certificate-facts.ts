import type { X509Certificate } from 'node:crypto';
import type { DerValue } from './der.ts';
import {
  contextTag,
  checkDepth,
  children,
  DerCursor,
  readBits,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readText,
  readTime,
  tag,
} from './der.ts';

/** An identifier that Vietnamese certificates carry as a typed value, e.g. `MST:9900000104`. */
export interface SubjectId {
  readonly type: string;
  readonly value: string;
  /** False when the prefix is missing and the type was inferred from the shape of the value. */
  readonly typed: boolean;
}

export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** What a certificate says, read from its DER and not from somebody's rendering of it. */
export interface CertificateFacts {
  readonly serial: bigint;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly subjectAttributes: readonly NameAttribute[];
  readonly issuerAttributes: readonly NameAttribute[];
  readonly ids: readonly SubjectId[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The whole SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  /** The bits of the public key alone, as OCSP hashes them. */
  readonly publicKeyBits: Uint8Array;
  readonly signatureOid: string;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  /** Undefined when the certificate does not limit its use. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  readonly extendedKeyUsage: ReadonlySet<string> | undefined;
}

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

const keyUsageBits: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

export const extensionOid = {
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  subjectKeyIdentifier: '2.5.29.14',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
} as const;

export const uidOid = '0.9.2342.19200300.100.1.1';
export const commonNameOid = '2.5.4.3';

const maxCertificateBytes = 64 * 1024;

const known = new WeakMap<X509Certificate, CertificateFacts>();

/** Throws `DerError` on anything that is not a certificate in DER. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  let facts = known.get(certificate);
  if (facts === undefined) {
    facts = readCertificate(certificate.raw);
    known.set(certificate, facts);
  }
  return facts;
}

export function readCertificate(raw: Uint8Array): CertificateFacts {
  if (raw.length > maxCertificateBytes) throw new RangeError('certificate size');
  const whole = readDer(raw, tag.sequence);
  checkDepth(whole);
  const outer = new DerCursor(whole);
  const body = new DerCursor(outer.take(tag.sequence));
  const signatureOid = readOid(new DerCursor(outer.take(tag.sequence)).take(tag.oid));
  body.takeIf(contextTag(0));
  const serial = readInteger(body.take(tag.integer));
  body.take(tag.sequence);
  const issuer = body.take(tag.sequence);
  const validity = new DerCursor(body.take(tag.sequence));
  const notBefore = readTime(validity.take());
  const notAfter = readTime(validity.take());
  const subject = body.take(tag.sequence);
  const publicKey = body.take(tag.sequence);
  body.takeIf(contextTag(1, false));
  body.takeIf(contextTag(2, false));
  const extensionList = body.takeIf(contextTag(3));
  const extensions =
    extensionList === undefined ? new Map<string, Extension>() : readExtensions(extensionList);
  const constraints = readBasicConstraints(extensions.get(extensionOid.basicConstraints));
  const usage = extensions.get(extensionOid.keyUsage);
  const extendedUsage = extensions.get(extensionOid.extendedKeyUsage);
  const subjectAttributes = readName(subject);
  const keyCursor = new DerCursor(publicKey);
  keyCursor.take(tag.sequence);
  return {
    serial,
    issuer: issuer.bytes,
    subject: subject.bytes,
    subjectAttributes,
    issuerAttributes: readName(issuer),
    ids: subjectAttributes
      .filter((attribute) => attribute.oid === uidOid)
      .map((attribute) => subjectId(attribute.value)),
    notBefore,
    notAfter,
    publicKeyInfo: publicKey.bytes,
    publicKeyBits: readBits(keyCursor.take(tag.bitString)).bytes,
    signatureOid,
    extensions,
    isAuthority: constraints.isAuthority,
    pathLength: constraints.pathLength,
    keyUsage: usage === undefined ? undefined : readKeyUsage(usage.value),
    extendedKeyUsage:
      extendedUsage === undefined
        ? undefined
        : new Set(children(readDer(extendedUsage.value, tag.sequence)).map(readOid)),
  };
}

function readExtensions(list: DerValue): Map<string, Extension> {
  const found = new Map<string, Extension>();
  for (const entry of children(readDer(list.content, tag.sequence))) {
    const cursor = new DerCursor(entry);
    const id = readOid(cursor.take(tag.oid));
    const critical = cursor.takeIf(tag.boolean);
    if (found.has(id)) throw new RangeError('extension repeated');
    found.set(id, {
      critical: critical !== undefined && readBoolean(critical),
      value: cursor.take(tag.octetString).content,
    });
  }
  return found;
}

/** Attributes of a distinguished name, most general first, as encoded. */
export function readName(name: DerValue): NameAttribute[] {
  return children(name).flatMap((set) =>
    children(set).map((attribute) => {
      const cursor = new DerCursor(attribute);
      return { oid: readOid(cursor.take(tag.oid)), value: readText(cursor.take()) };
    }),
  );
}

function readBasicConstraints(extension: Extension | undefined): {
  isAuthority: boolean;
  pathLength: number | undefined;
} {
  if (extension === undefined) return { isAuthority: false, pathLength: undefined };
  const cursor = new DerCursor(readDer(extension.value));
  const authority = cursor.takeIf(tag.boolean);
  const length = cursor.takeIf(tag.integer);
  return {
    isAuthority: authority !== undefined && readBoolean(authority),
    pathLength: length === undefined ? undefined : Number(readInteger(length)),
  };
}

function readKeyUsage(value: Uint8Array): Set<KeyUsage> {
  const { bytes } = readBits(readDer(value, tag.bitString));
  return new Set(keyUsageBits.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

function subjectId(text: string): SubjectId {
  const match = /^\s*([A-Za-z]+)\s*:\s*(\S.*?)\s*$/.exec(text);
  if (match !== null) return { type: match[1]!.toUpperCase(), value: match[2]!, typed: true };
  const bare = text.trim();
  if (/^\d{10}(-\d{3})?$/.test(bare)) return { type: 'MST', value: bare, typed: false };
  if (/^\d{12}$/.test(bare)) return { type: 'CCCD', value: bare, typed: false };
  return { type: '', value: bare, typed: false };
}
