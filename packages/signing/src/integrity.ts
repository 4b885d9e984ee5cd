// The part of a verification that needs nothing but the document: place, structure, algorithms,
// coverage, digests and signature value. It decides what was signed and with which key, not whose key it is.
import { timingSafeEqual } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { ByteRange } from '@bhxh/xml';
import { indexElements } from '@bhxh/xml';
import { canonicalDigest } from './canonical-bytes.ts';
import type { CanonicalSelection } from './canonical-bytes.ts';
import { keyDescription, publicKeyOf } from './certificates/known-certificate.ts';
import { refuseHiddenText, refuseReservedAttributes } from './document-hazards.ts';
import { rememberSignature } from './known-signature.ts';
import type { OwnSignature } from './own-signature.ts';
import { readSignature, signedInfoBytes, surveyedPath, timeStampedBytes } from './own-signature.ts';
import type { ReferenceKind, SignatureProfile } from './profiles.ts';
import { Refusal } from './reasons.ts';
import { verifyWithKey } from './signature-algorithms.ts';
import { attributeOf, isReferable, pathOf } from './signature-element.ts';
import type { ParsedReference, ParsedSignature } from './signature-element.ts';
import { readSigningTime } from './signing-time.ts';
import { guessSignature, ownSignatures, survey } from './survey.ts';
import type { DocumentDigest, Survey, SurveyedElement } from './survey.ts';
import { readXades, signedPropertiesType } from './xades.ts';
import type { SignaturePolicy, XadesProperties } from './xades.ts';
import type { SignatureEngine } from './xml-crypto-engine.ts';
import { checkWithXmlCrypto } from './xml-crypto-engine.ts';

export interface CoveredReference {
  readonly kind: ReferenceKind;
  readonly reference: ParsedReference;
  readonly selection: CanonicalSelection;
  readonly covers: readonly ByteRange[];
}

export interface Integrity {
  readonly signature: ParsedSignature;
  readonly path: string;
  readonly certificate: X509Certificate;
  readonly references: readonly CoveredReference[];
  /** What the signer says, not what is proven. */
  readonly claimedTime: Date | undefined;
  readonly policy: SignaturePolicy | undefined;
  /** Tokens over the signature value, unverified, and the bytes they must be about. */
  readonly timeStamps: readonly Uint8Array[];
  /** Whether SHA-1 was used anywhere. */
  readonly isHistoric: boolean;
  readonly timeStampedBytes: Uint8Array;
}

/** A document whose signature could be read and covers what it must; whether the digests are right is not known yet. */
export interface ReadDocument {
  readonly own: OwnSignature;
  readonly references: readonly CoveredReference[];
  readonly objects: SignedObjects;
  /** Taken while surveying; stands for the reference to the document when it was taken in the same way. */
  readonly digest: DocumentDigest | undefined;
}

/** Everything that precedes cryptography; throws `Refusal`, or `XmlError` when the document is not well-formed. */
export function readSignedDocument(bytes: Uint8Array, profile: SignatureProfile): ReadDocument {
  const { found, digest } = survey(bytes, profile, expectedDigest(bytes, profile));
  refuseReservedAttributes(found);
  const element = findSignature(found);
  const own = readSignature(bytes, element, profile);
  const references = coverage(bytes, found, element, own, profile);
  const objects = readObjects(own, references, profile);
  if (found.hasComments) refuseHiddenText(bytes);
  return { own, references, objects, digest };
}

/** Checks one document completely; throws `Refusal`, or `XmlError` when it is not well-formed. */
export function checkIntegrity(
  bytes: Uint8Array,
  profile: SignatureProfile,
  pinned?: X509Certificate,
  engine: SignatureEngine = 'own',
): Integrity {
  const read = readSignedDocument(bytes, profile);
  const { own, references, objects } = read;
  const certificate = chooseCertificate(own, pinned);
  const key = publicKeyOf(certificate);
  checkKey(own, key);
  if (engine === 'own') checkSignatureValue(own, key);
  if (objects.xades?.names(certificate) === false)
    throw new Refusal('SIGNING_CERTIFICATE_MISMATCH', own.path);
  if (engine === 'xml-crypto') checkWithXmlCrypto(bytes, own, key);
  else {
    checkDigests(bytes, read);
    rememberSignature(own, profile, signedInfoBytes);
  }
  return {
    signature: own.signature,
    path: own.path,
    certificate,
    references,
    claimedTime: objects.xades?.signingTime ?? objects.claimedTime,
    policy: objects.xades?.policy,
    timeStamps: objects.xades?.timeStamps ?? [],
    isHistoric: [own.signature.algorithm.hash, ...references.map(({ reference }) => reference.hash)].includes(
      'sha1',
    ),
    get timeStampedBytes() {
      return timeStampedBytes(own);
    },
  };
}

function checkDigests(bytes: Uint8Array, { own, references, digest: taken }: ReadDocument): void {
  for (const covered of references) {
    const { digest, hash, element } = covered.reference;
    const actual = isTakenSo(taken, covered)
      ? Buffer.from(taken.value, 'base64')
      : canonicalDigest(bytes, covered.selection, hash);
    if (!timingSafeEqual(actual, digest)) throw new Refusal('DIGEST_MISMATCH', pathOf(own.index, element));
  }
}

/** What most signatures of the profile look like; anything else is digested in a pass of its own. */
function expectedDigest(
  bytes: Uint8Array,
  profile: SignatureProfile,
): Omit<DocumentDigest, 'value'> | undefined {
  const omit = profile.required.includes('document') ? guessSignature(bytes) : undefined;
  return omit === undefined
    ? undefined
    : { mode: profile.canonicalizations[0]!, hash: profile.digests[0]!, omit };
}

function isTakenSo(
  taken: DocumentDigest | undefined,
  { kind, reference, selection }: CoveredReference,
): taken is DocumentDigest {
  return (
    taken !== undefined &&
    kind === 'document' &&
    taken.hash === reference.hash &&
    taken.mode === reference.form.mode &&
    reference.form.inclusiveNamespaces.length === 0 &&
    taken.omit?.start === selection.omit?.start &&
    taken.omit?.end === selection.omit?.end
  );
}

function findSignature({ root, place, holders, signatures }: Survey): SurveyedElement {
  if (place === undefined || root.namespace !== '') throw new Refusal('DOCUMENT_ROOT', surveyedPath(root));
  const [holder, secondHolder] = holders;
  if (secondHolder !== undefined) throw new Refusal('SIGNATURE_PLACE_COUNT', surveyedPath(secondHolder));
  const [signature, second] = ownSignatures({ place, signatures });
  if (signature === undefined) throw new Refusal('SIGNATURE_MISSING', holder && surveyedPath(holder));
  if (second !== undefined) throw new Refusal('SIGNATURE_COUNT', surveyedPath(second));
  const parent = signature.tags.at(-2);
  if (holder === undefined || parent?.range.start !== holder.outer.start) {
    throw new Refusal('SIGNATURE_PLACE', surveyedPath(signature));
  }
  if (place.path.length > 0 && (holder.childCount !== 1 || holder.hasText)) {
    throw new Refusal('SIGNATURE_PLACE_CONTENT', surveyedPath(holder));
  }
  return signature;
}

function coverage(
  bytes: Uint8Array,
  found: Survey,
  element: SurveyedElement,
  own: OwnSignature,
  profile: SignatureProfile,
): CoveredReference[] {
  const covered = own.signature.references.map((reference) => cover(bytes, found, element, own, reference));
  for (const [at, one] of covered.entries()) {
    const refuse = (code: 'REFERENCE_REPEATED' | 'REFERENCE_TARGET') =>
      new Refusal(code, pathOf(own.index, one.reference.element));
    if (covered.slice(0, at).some((other) => other.kind === one.kind)) throw refuse('REFERENCE_REPEATED');
    if (!profile.required.includes(one.kind) && !profile.optional.includes(one.kind))
      throw refuse('REFERENCE_TARGET');
  }
  if (!profile.required.every((kind) => covered.some((one) => one.kind === kind))) {
    throw new Refusal('REFERENCE_MISSING', pathOf(own.index, own.signature.signedInfo));
  }
  return covered;
}

function cover(
  bytes: Uint8Array,
  { root, data }: Survey,
  element: SurveyedElement,
  own: OwnSignature,
  reference: ParsedReference,
): CoveredReference {
  const refuse = (code: 'REFERENCE_TRANSFORMS' | 'REFERENCE_TARGET' | 'REFERENCE_ID_UNKNOWN') =>
    new Refusal(code, pathOf(own.index, reference.element));
  const { form, isEnveloped } = reference;
  const omit = element.outer;
  const around = (range: ByteRange): ByteRange[] => [
    { start: range.start, end: omit.start },
    { start: omit.end, end: range.end },
  ];
  if (reference.uri === '') {
    if (!isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
    return { kind: 'document', reference, selection: { form, omit }, covers: around(root.outer) };
  }
  const id = readFragment(reference.uri, pathOf(own.index, reference.element));
  if (root.id === id) {
    if (!isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
    return {
      kind: 'root',
      reference,
      selection: { form, range: root.outer, omit },
      covers: around(root.outer),
    };
  }
  const [only, second] = data;
  if (only?.id === id && second === undefined) {
    if (isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
    return { kind: 'data', reference, selection: { form, range: only.outer }, covers: [only.outer] };
  }
  const target = own.index.byId(id);
  if (target !== undefined && reference.type === signedPropertiesType && !isEnveloped) {
    const range = { start: target.outer.start + own.shift, end: target.outer.end + own.shift };
    return { kind: 'signed-properties', reference, selection: { form, range }, covers: [range] };
  }
  const inObject = own.signature.objects.some(
    (one) => one.index === target?.index || one.index === target?.parent,
  );
  if (target === undefined || !inObject) {
    // Rare and refused either way: the whole document is indexed only to say why.
    throw refuse(indexElements(bytes).byId(id) === undefined ? 'REFERENCE_ID_UNKNOWN' : 'REFERENCE_TARGET');
  }
  if (isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
  const range = { start: target.outer.start + own.shift, end: target.outer.end + own.shift };
  return { kind: 'signing-time', reference, selection: { form, range }, covers: [range] };
}

function readFragment(uri: string, path: string): string {
  if (!uri.startsWith('#')) throw new Refusal('REFERENCE_URI_EXTERNAL', path);
  const id = uri.slice(1);
  if (!isReferable(id)) throw new Refusal('REFERENCE_URI_FORBIDDEN', path);
  return id;
}

export interface SignedObjects {
  readonly claimedTime?: Date;
  readonly xades?: XadesProperties;
}

/** Objects of a Signature are outside what `URI=""` covers: each must be signed itself, and hold nothing unknown. */
function readObjects(
  own: OwnSignature,
  references: readonly CoveredReference[],
  profile: SignatureProfile,
): SignedObjects {
  const { index } = own;
  const { objects, element } = own.signature;
  const properties = references.find((reference) => reference.kind === 'signed-properties');
  const [object, second] = objects;
  if (second !== undefined) throw new Refusal('OBJECT_NOT_SIGNED', pathOf(index, second));
  if (properties !== undefined) {
    const target = index.byId(properties.reference.uri.slice(1))!;
    if (object === undefined)
      throw new Refusal('REFERENCE_TARGET', pathOf(index, properties.reference.element));
    const xades = readXades(index, object, target, attributeOf(element, 'Id'));
    const isDeclared = references.some(
      ({ kind, reference }) => kind === 'document' && reference.id === xades.formatOf,
    );
    if (!isDeclared) throw new Refusal('OBJECT_CONTENT', pathOf(index, object));
    if (profile.timeStamp && xades.timeStamps.length === 0)
      throw new Refusal('TIME_STAMP_MISSING', pathOf(index, object));
    return { xades };
  }
  if (object === undefined) return {};
  const range = references.find((reference) => reference.kind === 'signing-time')?.selection.range;
  const isSigned =
    range !== undefined &&
    range.start >= object.outer.start + own.shift &&
    range.end <= object.outer.end + own.shift;
  if (!isSigned) throw new Refusal('OBJECT_NOT_SIGNED', pathOf(index, object));
  const content = index.childrenOf(object);
  const isAlone = content.length === 1 && !/[^\t\n\r ]/.test(object.text);
  const claimedTime = isAlone ? readSigningTime(index, content[0]!) : undefined;
  if (claimedTime === undefined) throw new Refusal('OBJECT_CONTENT', pathOf(index, object));
  return { claimedTime };
}

function checkSignatureValue(own: OwnSignature, key: KeyObject): void {
  const { signature } = own;
  if (!verifyWithKey(signature.algorithm, key, signedInfoBytes(own), signature.value))
    throw new Refusal('SIGNATURE_MISMATCH', pathOf(own.index, signature.valueElement));
}

function chooseCertificate(
  { signature, path }: OwnSignature,
  pinned: X509Certificate | undefined,
): X509Certificate {
  const { certificates, keyValue } = signature;
  const leaves =
    certificates.length < 2
      ? certificates
      : certificates.filter(
          (one) =>
            !certificates.some((other) => other !== one && other.checkIssued(one) && !one.checkIssued(other)),
        );
  const [certificate = pinned, ...others] = leaves;
  if (certificate === undefined) throw new Refusal('CERTIFICATE_MISSING', path);
  if (others.length > 0) throw new Refusal('CERTIFICATE_COUNT', path);
  if (keyValue !== undefined) {
    const { n, e } = publicKeyOf(certificate).export({ format: 'jwk' }) as { n?: string; e?: string };
    const hex = (text: string | undefined) =>
      Buffer.from(text ?? '', 'base64url')
        .toString('hex')
        .replace(/^(00)+/, '');
    if (hex(n) !== keyValue.modulus || hex(e) !== keyValue.exponent)
      throw new Refusal('KEY_VALUE_MISMATCH', path);
  }
  return certificate;
}

function checkKey({ signature, index, path }: OwnSignature, key: KeyObject): void {
  const description = keyDescription(key);
  if (typeof description === 'string') throw new Refusal(description, path);
  if (description.kind !== signature.algorithm.keyKind) throw new Refusal('SIGNATURE_ALGORITHM_KEY', path);
  if (description.signatureBytes !== signature.value.length) {
    throw new Refusal('SIGNATURE_VALUE_LENGTH', pathOf(index, signature.valueElement));
  }
}
