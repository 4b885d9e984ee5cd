// RFC 3161 time stamps: the request, the token and what it proves.
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { HashName } from '../signature-algorithms.ts';
import { certificateFacts } from './certificate-facts.ts';
import { hashByOid, verifyDerSignature } from './der-signature.ts';
import type { DerValue } from './der.ts';
import {
  boolean,
  children,
  checkDepth,
  contextTag,
  der,
  DerCursor,
  integer,
  nullValue,
  octetString,
  oid,
  readDer,
  readInteger,
  readOid,
  readTime,
  sequence,
  tag,
} from './der.ts';
import { publicKeyOf } from './known-certificate.ts';

const maxBytes = 128 * 1024;
const signedData = '1.2.840.113549.1.7.2';
const tstInfo = '1.2.840.113549.1.9.16.1.4';
const contentTypeAttribute = '1.2.840.113549.1.9.3';
const digestAttribute = '1.2.840.113549.1.9.4';
const signingCertificateV2 = '1.2.840.113549.1.9.16.2.47';
const sha256Oid = '2.16.840.1.101.3.4.2.1';

/** Sends a TimeStampReq (DER) to a time-stamping authority and gives its TimeStampResp. */
export type TimeStampSource = (request: Uint8Array) => Promise<Uint8Array>;

export interface TimeStampRequest {
  readonly bytes: Uint8Array;
  readonly nonce: bigint;
}

export function timeStampRequest(data: Uint8Array): TimeStampRequest {
  const nonce = BigInt(`0x1${randomBytes(7).toString('hex')}`);
  const imprint = sequence(
    sequence(oid(sha256Oid), nullValue()),
    octetString(createHash('sha256').update(data).digest()),
  );
  return { bytes: sequence(integer(1), imprint, integer(nonce), boolean(true)), nonce };
}

/** The token of a granted response; undefined for a refusal or anything unreadable. */
export function timeStampToken(response: Uint8Array): Uint8Array | undefined {
  try {
    const cursor = new DerCursor(readDer(response, tag.sequence));
    const status = Number(readInteger(new DerCursor(cursor.take(tag.sequence)).take(tag.integer)));
    return status === 0 || status === 1 ? cursor.take(tag.sequence).bytes : undefined;
  } catch {
    return undefined;
  }
}

export interface TimeStamp {
  readonly time: Date;
  /** The authority's certificate, whose chain the caller checks. */
  readonly certificate: X509Certificate;
  readonly others: readonly X509Certificate[];
  readonly nonce: bigint | undefined;
}

export type TimeStampProblem = 'TIME_STAMP_UNREADABLE' | 'TIME_STAMP_IMPRINT' | 'TIME_STAMP_SIGNATURE';

/** Reads a token, and checks that it is about `data` and signed by a certificate for nothing but time stamping. */
export function readTimeStamp(token: Uint8Array, data: Uint8Array): TimeStamp | TimeStampProblem {
  try {
    return readToken(token, data);
  } catch {
    return 'TIME_STAMP_UNREADABLE';
  }
}

function readToken(token: Uint8Array, data: Uint8Array): TimeStamp | TimeStampProblem {
  if (token.length > maxBytes) return 'TIME_STAMP_UNREADABLE';
  const whole = readDer(token, tag.sequence);
  checkDepth(whole);
  const content = new DerCursor(whole);
  if (readOid(content.take(tag.oid)) !== signedData) return 'TIME_STAMP_UNREADABLE';
  const signed = new DerCursor(readDer(content.take(contextTag(0)).content, tag.sequence));
  signed.take(tag.integer);
  signed.take(tag.set);
  const encapsulated = new DerCursor(signed.take(tag.sequence));
  if (readOid(encapsulated.take(tag.oid)) !== tstInfo) return 'TIME_STAMP_UNREADABLE';
  const info = readDer(encapsulated.take(contextTag(0)).content, tag.octetString).content;
  const certificates = signed.takeIf(contextTag(0));
  signed.takeIf(contextTag(1));
  const [signer, ...others] = children(signed.take(tag.set));
  if (signer === undefined || others.length > 0) return 'TIME_STAMP_UNREADABLE';
  const known = (certificates === undefined ? [] : children(certificates))
    .filter((one) => one.tag === tag.sequence)
    .slice(0, 10)
    .map((one) => new X509Certificate(one.bytes));

  const stamp = readInfo(info, data);
  if (typeof stamp === 'string') return stamp;
  const certificate = checkSigner(signer, info, known);
  if (certificate === undefined) return 'TIME_STAMP_SIGNATURE';
  return { ...stamp, certificate, others: known };
}

function readInfo(
  info: Uint8Array,
  data: Uint8Array,
): { time: Date; nonce: bigint | undefined } | TimeStampProblem {
  const cursor = new DerCursor(readDer(info, tag.sequence));
  cursor.take(tag.integer);
  cursor.take(tag.oid);
  const imprint = new DerCursor(cursor.take(tag.sequence));
  const hash = hashByOid(readOid(new DerCursor(imprint.take(tag.sequence)).take(tag.oid)));
  const digest = imprint.take(tag.octetString).content;
  cursor.take(tag.integer);
  const time = readTime(cursor.take(tag.generalizedTime));
  cursor.takeIf(tag.sequence);
  cursor.takeIf(tag.boolean);
  const nonce = cursor.takeIf(tag.integer);
  if (hash === undefined || !createHash(hash).update(data).digest().equals(digest))
    return 'TIME_STAMP_IMPRINT';
  return { time, nonce: nonce === undefined ? undefined : readInteger(nonce) };
}

/** The certificate that signed, provided the signed attributes bind both the content and that certificate. */
function checkSigner(
  signer: DerValue,
  info: Uint8Array,
  known: readonly X509Certificate[],
): X509Certificate | undefined {
  const cursor = new DerCursor(signer);
  cursor.take(tag.integer);
  cursor.take();
  const hash = hashByOid(readOid(new DerCursor(cursor.take(tag.sequence)).take(tag.oid)));
  const attributes = cursor.take(contextTag(0));
  const algorithm = cursor.take(tag.sequence);
  const signature = cursor.take(tag.octetString).content;
  if (hash === undefined) return undefined;
  const values = readAttributes(attributes);
  const type = values.get(contentTypeAttribute);
  const digest = values.get(digestAttribute);
  const bound = values.get(signingCertificateV2);
  if (type === undefined || readOid(type) !== tstInfo || bound === undefined) return undefined;
  if (digest === undefined || !createHash(hash).update(info).digest().equals(digest.content))
    return undefined;
  const certificate = known.find((one) => isBound(bound, one));
  if (certificate === undefined) return undefined;
  // Attributes are signed as the SET they are, not under the tag they stand with.
  const toVerify = der(tag.set, attributes.content);
  return verifyDerSignature(algorithm, publicKeyOf(certificate), toVerify, signature, hash)
    ? certificate
    : undefined;
}

function readAttributes(attributes: DerValue): Map<string, DerValue> {
  const values = new Map<string, DerValue>();
  for (const attribute of children(attributes)) {
    const cursor = new DerCursor(attribute);
    const id = readOid(cursor.take(tag.oid));
    const [value, ...others] = children(cursor.take(tag.set));
    if (values.has(id) || value === undefined || others.length > 0)
      throw new RangeError('attribute repeated');
    values.set(id, value);
  }
  return values;
}

/** Whether ESSCertIDv2 names this certificate. */
function isBound(signingCertificate: DerValue, certificate: X509Certificate): boolean {
  const [first] = children(new DerCursor(signingCertificate).take(tag.sequence));
  if (first === undefined) return false;
  const cursor = new DerCursor(first);
  const algorithm = cursor.takeIf(tag.sequence);
  const hash: HashName | undefined =
    algorithm === undefined ? 'sha256' : hashByOid(readOid(new DerCursor(algorithm).take(tag.oid)));
  if (hash === undefined) return false;
  const isNamed = createHash(hash)
    .update(certificate.raw)
    .digest()
    .equals(cursor.take(tag.octetString).content);
  return isNamed && certificateFacts(certificate).extendedKeyUsage?.has('1.3.6.1.5.5.7.3.8') === true;
}
