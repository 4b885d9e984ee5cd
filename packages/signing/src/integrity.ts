// The part of a verification that needs nothing but the document: place, structure, algorithms,
// coverage, digests and signature value. It decides what was signed and with which key, not whose key it is.
import { timingSafeEqual } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { ByteRange, ElementIndex, IndexedElement } from '@bhxh/xml';
import { indexElements } from '@bhxh/xml';
import { canonicalBelow, canonicalDigest, startTags } from './canonical-bytes.ts';
import type { CanonicalSelection } from './canonical-bytes.ts';
import { refuseHiddenText, refuseReservedAttributes } from './document-hazards.ts';
import type { ReferenceKind, SignaturePlace, SignatureProfile } from './profiles.ts';
import { Refusal } from './reasons.ts';
import { describeKey, verifyWithKey } from './signature-algorithms.ts';
import { parseSignature, pathOf, signatureNamespace } from './signature-element.ts';
import type { ParsedReference, ParsedSignature } from './signature-element.ts';
import { elementsAt, isReferable, placeFor } from './signature-place.ts';
import { readSigningTime } from './signing-time.ts';

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
}

/** Checks one document completely; throws `Refusal`, or `XmlError` when it is not well-formed. */
export function checkIntegrity(
  bytes: Uint8Array,
  profile: SignatureProfile,
  pinned?: X509Certificate,
): Integrity {
  const index = indexElements(bytes, { byteOrderMark: 'accept' });
  refuseReservedAttributes(bytes);
  const { place, element } = findSignature(index, profile);
  const signature = parseSignature(bytes, index, element, profile);
  const references = coverage(index, place, signature, profile);
  const claimedTime = readObjects(index, signature, references);
  refuseHiddenText(bytes, index);
  const certificate = chooseCertificate(index, signature, pinned);
  checkKey(index, signature, certificate.publicKey);
  for (const covered of references) {
    const { digest, hash, element: at } = covered.reference;
    if (!timingSafeEqual(canonicalDigest(bytes, covered.selection, hash), digest)) {
      throw new Refusal('DIGEST_MISMATCH', pathOf(index, at));
    }
  }
  const info = canonicalBelow(
    startTags(bytes, index, element),
    bytes.subarray(signature.signedInfo.outer.start, signature.signedInfo.outer.end),
    signature.form,
  );
  if (!verifyWithKey(signature.algorithm, certificate.publicKey, info, signature.value)) {
    throw new Refusal('SIGNATURE_MISMATCH', pathOf(index, signature.valueElement));
  }
  return { signature, path: pathOf(index, element), certificate, references, claimedTime };
}

function findSignature(
  index: ElementIndex,
  profile: SignatureProfile,
): { readonly place: SignaturePlace; readonly element: IndexedElement } {
  const place = placeFor(profile, index.root);
  if (place === undefined || index.root.namespace !== '')
    throw new Refusal('DOCUMENT_ROOT', pathOf(index, index.root));
  const holders = elementsAt(index, place.path);
  if (holders.length > 1) throw new Refusal('SIGNATURE_PLACE_COUNT', pathOf(index, holders[1]!));
  const signatures = index.elementsNamed('Signature', signatureNamespace);
  const [first, second] = signatures;
  if (first === undefined) throw new Refusal('SIGNATURE_MISSING', holders[0] && pathOf(index, holders[0]));
  if (second !== undefined) throw new Refusal('SIGNATURE_COUNT', pathOf(index, second));
  if (holders[0] === undefined || first.parent !== holders[0].index)
    throw new Refusal('SIGNATURE_PLACE', pathOf(index, first));
  if (place.path.length > 0) {
    const isAlone = index.childrenOf(holders[0]).length === 1 && !/[^\t\n\r ]/.test(holders[0].text);
    if (!isAlone) throw new Refusal('SIGNATURE_PLACE_CONTENT', pathOf(index, holders[0]));
  }
  return { place, element: first };
}

function coverage(
  index: ElementIndex,
  place: SignaturePlace,
  signature: ParsedSignature,
  profile: SignatureProfile,
): CoveredReference[] {
  const found = signature.references.map((reference) => cover(index, place, signature, reference));
  for (const [at, covered] of found.entries()) {
    const path = pathOf(index, covered.reference.element);
    if (found.slice(0, at).some((other) => other.kind === covered.kind))
      throw new Refusal('REFERENCE_REPEATED', path);
    if (!profile.required.includes(covered.kind) && !profile.optional.includes(covered.kind)) {
      throw new Refusal('REFERENCE_TARGET', path);
    }
  }
  if (!profile.required.every((kind) => found.some((covered) => covered.kind === kind))) {
    throw new Refusal('REFERENCE_MISSING', pathOf(index, signature.signedInfo));
  }
  return found;
}

function cover(
  index: ElementIndex,
  place: SignaturePlace,
  signature: ParsedSignature,
  reference: ParsedReference,
): CoveredReference {
  const refuse = (code: 'REFERENCE_TRANSFORMS' | 'REFERENCE_TARGET' | 'REFERENCE_ID_UNKNOWN') =>
    new Refusal(code, pathOf(index, reference.element));
  const { form } = reference;
  const own = signature.element.outer;
  const around = (range: ByteRange): ByteRange[] => [
    { start: range.start, end: own.start },
    { start: own.end, end: range.end },
  ];
  if (reference.uri === '') {
    if (!reference.isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
    return { kind: 'document', reference, selection: { form, omit: own }, covers: around(index.root.outer) };
  }
  const id = readFragment(reference.uri, pathOf(index, reference.element));
  const target = index.byId(id);
  if (target === undefined) throw refuse('REFERENCE_ID_UNKNOWN');
  if (target.index === 0) {
    if (!reference.isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
    return {
      kind: 'root',
      reference,
      selection: { form, range: target.outer, omit: own },
      covers: around(target.outer),
    };
  }
  if (reference.isEnveloped) throw refuse('REFERENCE_TRANSFORMS');
  const covered = { reference, selection: { form, range: target.outer }, covers: [target.outer] };
  if (place.data !== undefined) {
    const data = elementsAt(index, place.data);
    if (data.length === 1 && data[0]!.index === target.index) return { kind: 'data', ...covered };
  }
  const isInObject = signature.objects.some(
    (object) => object.index === target.index || object.index === target.parent,
  );
  if (isInObject) return { kind: 'signing-time', ...covered };
  throw refuse('REFERENCE_TARGET');
}

function readFragment(uri: string, path: string): string {
  if (!uri.startsWith('#')) throw new Refusal('REFERENCE_URI_EXTERNAL', path);
  const id = uri.slice(1);
  if (!isReferable(id)) throw new Refusal('REFERENCE_URI_FORBIDDEN', path);
  return id;
}

/** Objects of a Signature are outside what `URI=""` covers: each must be signed itself, and hold nothing but the time. */
function readObjects(
  index: ElementIndex,
  signature: ParsedSignature,
  references: readonly CoveredReference[],
): Date | undefined {
  let time: Date | undefined;
  const covered = references.find((reference) => reference.kind === 'signing-time');
  for (const object of signature.objects) {
    const target = covered?.selection.range;
    const isSigned =
      target !== undefined &&
      target.start >= object.outer.start &&
      target.end <= object.outer.end &&
      time === undefined;
    if (!isSigned) throw new Refusal('OBJECT_NOT_SIGNED', pathOf(index, object));
    const content = index.childrenOf(object);
    if (content.length !== 1 || /[^\t\n\r ]/.test(object.text))
      throw new Refusal('OBJECT_CONTENT', pathOf(index, object));
    time = readSigningTime(index, content[0]!);
    if (time === undefined) throw new Refusal('OBJECT_CONTENT', pathOf(index, object));
  }
  return time;
}

function chooseCertificate(
  index: ElementIndex,
  signature: ParsedSignature,
  pinned: X509Certificate | undefined,
): X509Certificate {
  const { certificates, keyValue } = signature;
  const path = pathOf(index, signature.element);
  const leaves = certificates.filter(
    (one) =>
      !certificates.some((other) => other !== one && other.checkIssued(one) && !one.checkIssued(other)),
  );
  const [certificate = pinned, ...others] = certificates.length > 1 ? leaves : certificates;
  if (certificate === undefined) throw new Refusal('CERTIFICATE_MISSING', path);
  if (others.length > 0) throw new Refusal('CERTIFICATE_COUNT', path);
  if (keyValue !== undefined) {
    const { n, e } = certificate.publicKey.export({ format: 'jwk' }) as { n?: string; e?: string };
    const hex = (text: string | undefined) =>
      Buffer.from(text ?? '', 'base64url')
        .toString('hex')
        .replace(/^(00)+/, '');
    if (hex(n) !== keyValue.modulus || hex(e) !== keyValue.exponent)
      throw new Refusal('KEY_VALUE_MISMATCH', path);
  }
  return certificate;
}

function checkKey(index: ElementIndex, signature: ParsedSignature, key: KeyObject): void {
  const description = describeKey(key);
  const path = pathOf(index, signature.element);
  if (typeof description === 'string') throw new Refusal(description, path);
  if (description.kind !== signature.algorithm.keyKind) throw new Refusal('SIGNATURE_ALGORITHM_KEY', path);
  if (description.signatureBytes !== signature.value.length) {
    throw new Refusal('SIGNATURE_VALUE_LENGTH', pathOf(index, signature.valueElement));
  }
}
