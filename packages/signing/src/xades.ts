// XAdES baseline (EN 319 132-1): the properties that a signature signs besides the document, and its time stamp.
import { createHash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { ElementIndex, IndexedElement } from '@bhxh/xml';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { certificateFacts } from './certificates/certificate-facts.ts';
import { contextTag, der, integer, sequence } from './certificates/der.ts';
import { Refusal } from './reasons.ts';
import { digestAlgorithmByUri, digestUris } from './signature-algorithms.ts';
import { attributeOf, canonicalizationUris, isSignatureElement, pathOf } from './signature-element.ts';
import { escapeText } from './escape-text.ts';
import { formatDateTime, parseDateTime } from './signing-time.ts';

export const xadesNamespace = 'http://uri.etsi.org/01903/v1.3.2#';
export const signedPropertiesType = 'http://uri.etsi.org/01903#SignedProperties';

/** Ids of the parts of one XAdES signature. */
export interface XadesIds {
  readonly signature: string;
  readonly properties: string;
  readonly reference: string;
}

export const xadesIds = (id: string): XadesIds => ({
  signature: id,
  properties: `Properties-${id}`,
  reference: `Reference-${id}`,
});

export const qualifyingOpening = (ids: XadesIds): string =>
  `<xades:QualifyingProperties xmlns:xades="${xadesNamespace}" Target="#${ids.signature}">`;

/** The rules a signature was made under, and the digest of the document that holds them. */
export interface SignaturePolicy {
  /** A URI, or `urn:oid:…`. */
  readonly identifier: string;
  /** SHA-256 of the policy's document. */
  readonly sha256: Uint8Array;
}

const policyText = ({ identifier, sha256 }: SignaturePolicy): string =>
  '<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>' +
  `<xades:Identifier>${escapeText(identifier)}</xades:Identifier></xades:SigPolicyId><xades:SigPolicyHash>` +
  `<DigestMethod Algorithm="${digestUris.sha256}"></DigestMethod><DigestValue>${encodeBase64(sha256)}</DigestValue>` +
  '</xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>';

/** SignedProperties in canonical form, but for the namespaces its surroundings lend it. */
export function signedPropertiesText(
  ids: XadesIds,
  certificate: X509Certificate,
  now: Date,
  policy?: SignaturePolicy,
): string {
  const digest = createHash('sha256').update(certificate.raw).digest('base64');
  return (
    `<xades:SignedProperties Id="${ids.properties}"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${formatDateTime(now)}</xades:SigningTime>` +
    '<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>' +
    `<DigestMethod Algorithm="${digestUris.sha256}"></DigestMethod><DigestValue>${digest}</DigestValue>` +
    `</xades:CertDigest><xades:IssuerSerialV2>${issuerSerial(certificate)}</xades:IssuerSerialV2>` +
    '</xades:Cert></xades:SigningCertificateV2>' +
    (policy === undefined ? '' : policyText(policy)) +
    '</xades:SignedSignatureProperties>' +
    '<xades:SignedDataObjectProperties>' +
    `<xades:DataObjectFormat ObjectReference="#${ids.reference}"><xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>` +
    '</xades:SignedDataObjectProperties></xades:SignedProperties>'
  );
}

function issuerSerial(certificate: X509Certificate): string {
  const { issuer, serial } = certificateFacts(certificate);
  return encodeBase64(sequence(sequence(der(contextTag(4), issuer)), integer(serial)));
}

export const timeStampText = (token: Uint8Array): string =>
  '<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>' +
  `<CanonicalizationMethod Algorithm="${canonicalizationUris.inclusive}"></CanonicalizationMethod>` +
  `<xades:EncapsulatedTimeStamp>${encodeBase64(token)}</xades:EncapsulatedTimeStamp>` +
  '</xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties>';

export interface XadesProperties {
  readonly signingTime: Date;
  /** Whether SigningCertificateV2 names this certificate. */
  names(certificate: X509Certificate): boolean;
  /** The Id of the Reference whose format is declared. */
  readonly formatOf: string;
  readonly timeStamps: readonly Uint8Array[];
  readonly policy: SignaturePolicy | undefined;
}

const isXades = (element: IndexedElement | undefined, name: string): element is IndexedElement =>
  element?.localName === name && element.namespace === xadesNamespace;

/**
 * Reads the only Object of a XAdES signature. `signedProperties` is the element the signature covers: what is read here
 * as signed must be that very element. Throws `Refusal` `OBJECT_CONTENT` for everything outside the baseline profile.
 */
export function readXades(
  index: ElementIndex,
  object: IndexedElement,
  signedProperties: IndexedElement,
  signatureId: string | undefined,
): XadesProperties {
  const refuse = (element: IndexedElement) => new Refusal('OBJECT_CONTENT', pathOf(index, element));
  const childrenOf = (element: IndexedElement): IndexedElement[] => {
    if (/[^\t\n\r ]/.test(element.text)) throw refuse(element);
    return index.childrenOf(element);
  };
  const only = (element: IndexedElement, name: string): IndexedElement => {
    const [child, ...others] = childrenOf(element);
    if (!isXades(child, name) || others.length > 0) throw refuse(element);
    return child;
  };
  const qualifying = only(object, 'QualifyingProperties');
  if (signatureId === undefined || attributeOf(qualifying, 'Target') !== `#${signatureId}`)
    throw refuse(qualifying);
  const [properties, unsigned, ...rest] = childrenOf(qualifying);
  if (
    properties?.index !== signedProperties.index ||
    !isXades(properties, 'SignedProperties') ||
    rest.length > 0
  ) {
    throw refuse(qualifying);
  }
  const [own, data, ...others] = childrenOf(properties);
  if (
    !isXades(own, 'SignedSignatureProperties') ||
    !isXades(data, 'SignedDataObjectProperties') ||
    others.length > 0
  ) {
    throw refuse(properties);
  }
  const named = (parent: IndexedElement, name: string): IndexedElement => {
    const found = childrenOf(parent).filter((child) => isXades(child, name));
    if (found.length !== 1) throw refuse(parent);
    return found[0]!;
  };
  const signingTime = parseDateTime(named(own, 'SigningTime').text.trim());
  if (signingTime === undefined) throw refuse(own);
  const [certificate] = childrenOf(named(own, 'SigningCertificateV2'));
  if (!isXades(certificate, 'Cert')) throw refuse(own);
  const [method, value] = childrenOf(named(certificate, 'CertDigest'));
  if (method === undefined || value === undefined || !isSignatureElement(value, 'DigestValue'))
    throw refuse(certificate);
  const hash = digestAlgorithmByUri(attributeOf(method, 'Algorithm') ?? '');
  const digest = decodeBase64(value.text);
  const format = named(data, 'DataObjectFormat');
  named(format, 'MimeType');
  return {
    signingTime,
    names: (one) =>
      hash !== undefined && digest !== undefined && createHash(hash).update(one.raw).digest().equals(digest),
    formatOf: (attributeOf(format, 'ObjectReference') ?? '').slice(1),
    timeStamps: unsigned === undefined ? [] : readTimeStamps(unsigned),
    policy: readPolicy(own),
  };

  /** A policy this project cannot compare by SHA-256 is refused rather than passed over. */
  function readPolicy(element: IndexedElement): SignaturePolicy | undefined {
    const [identified, ...others] = childrenOf(element).filter((child) =>
      isXades(child, 'SignaturePolicyIdentifier'),
    );
    if (identified === undefined) return undefined;
    if (others.length > 0) throw refuse(element);
    const policy = only(identified, 'SignaturePolicyId');
    const identifier = named(named(policy, 'SigPolicyId'), 'Identifier').text.trim();
    const [hashMethod, hashValue] = childrenOf(named(policy, 'SigPolicyHash'));
    const isSha256 = hashMethod !== undefined && attributeOf(hashMethod, 'Algorithm') === digestUris.sha256;
    const sha256 = hashValue === undefined ? undefined : decodeBase64(hashValue.text);
    if (!isSha256 || sha256?.length !== 32 || identifier === '') throw refuse(identified);
    return { identifier, sha256 };
  }

  function readTimeStamps(element: IndexedElement): Uint8Array[] {
    if (!isXades(element, 'UnsignedProperties')) throw refuse(element);
    const stamps = childrenOf(only(element, 'UnsignedSignatureProperties'));
    if (stamps.length === 0 || stamps.length > 4) throw refuse(element);
    return stamps.map((stamp) => {
      if (!isXades(stamp, 'SignatureTimeStamp')) throw refuse(stamp);
      const parts = childrenOf(stamp);
      const form =
        parts[0] !== undefined && isSignatureElement(parts[0], 'CanonicalizationMethod')
          ? parts.shift()
          : undefined;
      const isInclusive =
        form === undefined || attributeOf(form, 'Algorithm') === canonicalizationUris.inclusive;
      const [token, ...more] = parts;
      if (!isInclusive || !isXades(token, 'EncapsulatedTimeStamp') || more.length > 0) throw refuse(stamp);
      const bytes = decodeBase64(token.text);
      if (bytes === undefined) throw refuse(token);
      return bytes;
    });
  }
}
