// What an authority publishes: revocation lists, OCSP responses and time stamps, made for tests only.
import { createHash, sign } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { certificateFacts } from '../src/certificates/certificate-facts.ts';
import {
  bitString,
  DerCursor,
  readDer,
  readInteger,
  certificateTime,
  contextTag,
  der,
  generalizedTime,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  tag,
} from '../src/certificates/der.ts';
import type { Issuer } from '../src/certificates/issue-certificate.ts';
import { signingIdentifier } from '../src/certificates/issue-certificate.ts';

export interface CrlContent {
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  readonly revoked?: readonly (readonly [certificate: X509Certificate, at: Date])[];
  readonly extensions?: readonly Uint8Array[];
  /** Signs instead of the issuer's own key. */
  readonly key?: KeyObject;
}

export function issueCrl(issuer: Issuer, content: CrlContent): Uint8Array {
  const key = content.key ?? issuer.key;
  const entries = (content.revoked ?? []).map(([certificate, at]) =>
    sequence(integer(certificateFacts(certificate).serial), certificateTime(at)),
  );
  const body = sequence(
    integer(1),
    signingIdentifier(key),
    certificateFacts(issuer.certificate).subject,
    certificateTime(content.thisUpdate),
    ...(content.nextUpdate === undefined ? [] : [certificateTime(content.nextUpdate)]),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(content.extensions === undefined ? [] : [der(contextTag(0), sequence(...content.extensions))]),
  );
  return sequence(body, signingIdentifier(key), bitString(sign('sha256', body, key)));
}

export interface OcspContent {
  readonly certificate: X509Certificate;
  readonly status: 'good' | 'unknown' | { readonly revokedAt: Date };
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  readonly producedAt?: Date;
  readonly nonce?: Uint8Array;
  /** A delegate that signs instead of the issuer. */
  readonly delegate?: Issuer;
}

export function issueOcspResponse(issuer: Issuer, content: OcspContent): Uint8Array {
  const responder = content.delegate ?? issuer;
  const facts = certificateFacts(issuer.certificate);
  const hash = (bytes: Uint8Array) => octetString(createHash('sha1').update(bytes).digest());
  const certId = sequence(
    sequence(oid('1.3.14.3.2.26'), nullValue()),
    hash(facts.subject),
    hash(facts.publicKeyBits),
    integer(certificateFacts(content.certificate).serial),
  );
  const status =
    content.status === 'good'
      ? der(contextTag(0, false))
      : content.status === 'unknown'
        ? der(contextTag(2, false))
        : der(contextTag(1), generalizedTime(content.status.revokedAt));
  const single = sequence(
    certId,
    status,
    generalizedTime(content.thisUpdate),
    ...(content.nextUpdate === undefined ? [] : [der(contextTag(0), generalizedTime(content.nextUpdate))]),
  );
  const nonce =
    content.nonce === undefined
      ? []
      : [
          der(
            contextTag(1),
            sequence(sequence(oid('1.3.6.1.5.5.7.48.1.2'), octetString(octetString(content.nonce)))),
          ),
        ];
  const data = sequence(
    der(contextTag(1), certificateFacts(responder.certificate).subject),
    generalizedTime(content.producedAt ?? content.thisUpdate),
    sequence(single),
    ...nonce,
  );
  const basic = sequence(
    data,
    signingIdentifier(responder.key),
    bitString(sign('sha256', data, responder.key)),
    ...(content.delegate === undefined
      ? []
      : [der(contextTag(0), sequence(content.delegate.certificate.raw))]),
  );
  return sequence(
    der(tag.enumerated, Uint8Array.of(0)),
    der(contextTag(0), sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))),
  );
}

/** The nonce of an OCSP request, for responders that repeat it. */
export function nonceOf(request: Uint8Array): Uint8Array | undefined {
  const marker = Buffer.from(oid('1.3.6.1.5.5.7.48.1.2'));
  const at = Buffer.from(request).indexOf(marker);
  return at === -1 ? undefined : request.subarray(at + marker.length + 4);
}

export interface TimeStampFaults {
  readonly time: Date;
  /** Stamps other data than was asked for. */
  readonly digest?: Uint8Array;
  readonly nonce?: bigint;
  /** Signs with this key instead of the authority's. */
  readonly key?: KeyObject;
  /** Names this certificate in the signed attributes. */
  readonly bound?: X509Certificate;
  readonly status?: number;
}

const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'), nullValue());

/** Answers a time stamp request (RFC 3161). */
export function issueTimeStamp(authority: Issuer, request: Uint8Array, content: TimeStampFaults): Uint8Array {
  const cursor = new DerCursor(readDer(request));
  cursor.take(tag.integer);
  const imprint = new DerCursor(cursor.take(tag.sequence));
  imprint.take(tag.sequence);
  const digest = content.digest ?? imprint.take(tag.octetString).content;
  const nonce = content.nonce ?? readInteger(cursor.take(tag.integer));
  const info = sequence(
    integer(1),
    oid('1.3.6.1.4.1.99999.1'),
    sequence(sha256, octetString(digest)),
    integer(42),
    generalizedTime(content.time),
    integer(nonce),
  );
  const attribute = (id: string, value: Uint8Array) => sequence(oid(id), der(tag.set, value));
  const named = createHash('sha256')
    .update((content.bound ?? authority.certificate).raw)
    .digest();
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.9.16.1.4')),
    attribute('1.2.840.113549.1.9.4', octetString(createHash('sha256').update(info).digest())),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(octetString(named))))),
  ];
  const key = content.key ?? authority.key;
  const facts = certificateFacts(authority.certificate);
  const signerInfo = sequence(
    integer(1),
    sequence(facts.issuer, integer(facts.serial)),
    sha256,
    der(contextTag(0), ...attributes),
    signingIdentifier(key),
    octetString(sign('sha256', der(tag.set, ...attributes), key)),
  );
  const signedData = sequence(
    integer(3),
    der(tag.set, sha256),
    sequence(oid('1.2.840.113549.1.9.16.1.4'), der(contextTag(0), octetString(info))),
    der(contextTag(0), authority.certificate.raw),
    der(tag.set, signerInfo),
  );
  const token = sequence(oid('1.2.840.113549.1.7.2'), der(contextTag(0), signedData));
  return sequence(sequence(integer(content.status ?? 0)), ...(content.status ? [] : [token]));
}
