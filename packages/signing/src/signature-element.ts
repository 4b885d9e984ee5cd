// Reads ds:Signature against the schema of XML Signature, word by word: what is not expected is
// refused, so that no two readers can disagree about which digest, key or method is meant.
import { X509Certificate } from 'node:crypto';
import type { ElementIndex, IndexedElement } from '@bhxh/xml';
import { decodeBase64 } from './base64.ts';
import type { Canonicalization, SignatureProfile } from './profiles.ts';
import type { VerifyReasonCode } from './reasons.ts';
import { Refusal } from './reasons.ts';
import type { HashName, LegacyHash, VerifyAlgorithmEntry } from './signature-algorithms.ts';
import {
  digestAlgorithmByUri,
  digestLength,
  isMacUri,
  legacyDigestUri,
  legacySignature,
  signatureAlgorithmByUri,
  weakDigestUris,
  weakSignatureUris,
} from './signature-algorithms.ts';

export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';
export const envelopedTransform: string = `${signatureNamespace}enveloped-signature`;
export const exclusiveNamespace = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export const canonicalizationUris: Readonly<Record<Canonicalization, string>> = {
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  exclusive: exclusiveNamespace,
};

const maxReferences = 8;
const maxTransforms = 3;
const maxCertificates = 10;
const maxCertificateText = 128 * 1024;

export interface CanonicalForm {
  readonly mode: Canonicalization;
  readonly inclusiveNamespaces: readonly string[];
}

export interface ParsedReference {
  readonly element: IndexedElement;
  readonly uri: string;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly isEnveloped: boolean;
  /** Without canonicalization transform the default of the standard holds: inclusive. */
  readonly form: CanonicalForm;
  readonly hash: HashName | LegacyHash;
  readonly digest: Uint8Array;
}

export interface ParsedSignature {
  readonly element: IndexedElement;
  readonly signedInfo: IndexedElement;
  readonly form: CanonicalForm;
  readonly algorithm: VerifyAlgorithmEntry;
  readonly references: readonly ParsedReference[];
  readonly value: Uint8Array;
  readonly valueElement: IndexedElement;
  /** As they stand in KeyInfo: a hint, not yet a key to be used. */
  readonly certificates: readonly X509Certificate[];
  readonly keyValue: { readonly modulus: string; readonly exponent: string } | undefined;
  readonly objects: readonly IndexedElement[];
}

/** Whether `#id` can mean nothing but this Id: schemes such as xpointer(…) select by rules of their own. */
export const isReferable = (id: string): boolean => /^[\p{L}_][\p{L}\p{N}._-]*$/u.test(id);

/** Path of an element in the manner of XPath, for people. */
export function pathOf(index: ElementIndex, element: IndexedElement): string {
  const names: string[] = [];
  for (let at: IndexedElement | undefined = element; at !== undefined; at = index.parentOf(at))
    names.unshift(at.name);
  return `/${names.join('/')}`;
}

/** Reads `element`; throws `Refusal` where it departs from the schema or the profile. */
export function parseSignature(
  bytes: Uint8Array,
  index: ElementIndex,
  element: IndexedElement,
  profile: SignatureProfile,
): ParsedSignature {
  const reader = new SignatureReader(bytes, index, profile);
  refuseMarkup(bytes, index, element);
  return reader.signature(element);
}

/** Comments and CDATA sections are invisible to the signature but not to every reader: none may stand in a Signature. */
function refuseMarkup(bytes: Uint8Array, index: ElementIndex, signature: IndexedElement): void {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = source.indexOf('<!', signature.outer.start);
  if (at === -1 || at >= signature.outer.end) return;
  const holder = (name: string) =>
    index
      .elementsNamed(name, signatureNamespace)
      .find((element) => element.outer.start < at && at < element.outer.end);
  const digest = holder('DigestValue');
  if (digest !== undefined) throw new Refusal('DIGEST_VALUE_NOT_TEXT', pathOf(index, digest));
  const value = holder('SignatureValue');
  if (value !== undefined) throw new Refusal('SIGNATURE_VALUE_NOT_TEXT', pathOf(index, value));
  throw new Refusal(
    source[at + 2] === 0x2d ? 'SIGNATURE_COMMENT' : 'SIGNATURE_CDATA',
    pathOf(index, signature),
  );
}

class SignatureReader {
  readonly #bytes: Uint8Array;
  readonly #index: ElementIndex;
  readonly #profile: SignatureProfile;

  constructor(bytes: Uint8Array, index: ElementIndex, profile: SignatureProfile) {
    this.#bytes = bytes;
    this.#index = index;
    this.#profile = profile;
  }

  signature(element: IndexedElement): ParsedSignature {
    this.#attributes(element, ['Id']);
    const children = this.#children(element);
    const count = (name: string) => children.filter((child) => isSignatureElement(child, name)).length;
    if (count('SignedInfo') !== 1) throw this.#refusal('SIGNED_INFO_COUNT', element);
    if (count('SignatureValue') !== 1) throw this.#refusal('SIGNATURE_VALUE_COUNT', element);
    const signedInfo = this.#expect(children.shift(), 'SignedInfo', element);
    const valueElement = this.#expect(children.shift(), 'SignatureValue', element);
    const keyInfo =
      children[0] !== undefined && isSignatureElement(children[0], 'KeyInfo') ? children.shift() : undefined;
    for (const child of children) this.#expect(child, 'Object', element);
    this.#attributes(valueElement, ['Id']);
    const info = this.#signedInfo(signedInfo);
    return {
      element,
      signedInfo,
      ...info,
      value: this.#binary(valueElement, 'SIGNATURE_VALUE_NOT_TEXT', 'SIGNATURE_VALUE_BASE64'),
      valueElement,
      ...this.#keyInfo(keyInfo),
      objects: children,
    };
  }

  #signedInfo(element: IndexedElement): Pick<ParsedSignature, 'form' | 'algorithm' | 'references'> {
    this.#attributes(element, ['Id']);
    const children = this.#children(element);
    const count = (name: string) => children.filter((child) => isSignatureElement(child, name)).length;
    if (count('CanonicalizationMethod') !== 1) throw this.#refusal('CANONICALIZATION_METHOD_COUNT', element);
    if (count('SignatureMethod') !== 1) throw this.#refusal('SIGNATURE_METHOD_COUNT', element);
    const canonicalization = this.#expect(children.shift(), 'CanonicalizationMethod', element);
    const method = this.#expect(children.shift(), 'SignatureMethod', element);
    if (children.length === 0 || children.length > maxReferences)
      throw this.#refusal('REFERENCE_COUNT', element);
    const form = this.#canonicalForm(canonicalization);
    if (form === undefined) throw this.#refusal('CANONICALIZATION_FORBIDDEN', canonicalization);
    return {
      form,
      algorithm: this.#signatureMethod(method),
      references: children.map((child) => this.#reference(this.#expect(child, 'Reference', element))),
    };
  }

  #signatureMethod(element: IndexedElement): VerifyAlgorithmEntry {
    const uri = this.#algorithm(element);
    if (isMacUri(uri)) throw this.#refusal('SIGNATURE_ALGORITHM_MAC', element);
    if (this.#profile.isHistoric && uri === legacySignature.uri) {
      this.#nothingInside(element);
      return legacySignature;
    }
    if (weakSignatureUris.has(uri)) throw this.#refusal('SIGNATURE_ALGORITHM_WEAK', element);
    this.#nothingInside(element);
    const entry = signatureAlgorithmByUri(uri);
    if (entry === undefined || !this.#profile.algorithms.includes(entry.name)) {
      throw this.#refusal('SIGNATURE_ALGORITHM_FORBIDDEN', element);
    }
    return entry;
  }

  #reference(element: IndexedElement): ParsedReference {
    this.#attributes(element, ['Id', 'URI', 'Type']);
    const children = this.#children(element);
    const count = (name: string) => children.filter((child) => isSignatureElement(child, name)).length;
    if (count('DigestMethod') !== 1) throw this.#refusal('DIGEST_METHOD_COUNT', element);
    if (count('DigestValue') !== 1) throw this.#refusal('DIGEST_VALUE_COUNT', element);
    const transforms =
      children[0] !== undefined && isSignatureElement(children[0], 'Transforms')
        ? children.shift()
        : undefined;
    const method = this.#expect(children.shift(), 'DigestMethod', element);
    const value = this.#expect(children.shift(), 'DigestValue', element);
    if (children[0] !== undefined) throw this.#refusal('SIGNATURE_CHILD', children[0]);
    const uri = attributeOf(element, 'URI');
    if (uri === undefined) throw this.#refusal('REFERENCE_URI_MISSING', element);
    const digestUri = this.#algorithm(method);
    this.#nothingInside(method);
    const hash = this.#digestMethod(digestUri, method);
    this.#attributes(value, []);
    const digest = this.#binary(value, 'DIGEST_VALUE_NOT_TEXT', 'DIGEST_VALUE_BASE64');
    if (digest.length !== digestLength[hash]) throw this.#refusal('DIGEST_VALUE_LENGTH', value);
    return {
      element,
      uri,
      id: attributeOf(element, 'Id'),
      type: attributeOf(element, 'Type'),
      ...this.#transforms(transforms),
      hash,
      digest,
    };
  }

  #digestMethod(uri: string, method: IndexedElement): HashName | LegacyHash {
    if (this.#profile.isHistoric && uri === legacyDigestUri) return 'sha1';
    if (weakDigestUris.has(uri)) throw this.#refusal('DIGEST_ALGORITHM_WEAK', method);
    const hash = digestAlgorithmByUri(uri);
    if (hash === undefined || !this.#profile.digests.includes(hash)) {
      throw this.#refusal('DIGEST_ALGORITHM_FORBIDDEN', method);
    }
    return hash;
  }

  #transforms(element: IndexedElement | undefined): Pick<ParsedReference, 'isEnveloped' | 'form'> {
    let isEnveloped = false;
    let form: CanonicalForm | undefined;
    if (element === undefined) return { isEnveloped, form: { mode: 'inclusive', inclusiveNamespaces: [] } };
    this.#attributes(element, []);
    const transforms = this.#children(element);
    if (transforms.length === 0 || transforms.length > maxTransforms)
      throw this.#refusal('TRANSFORM_COUNT', element);
    for (const transform of transforms) {
      this.#expect(transform, 'Transform', element);
      if (this.#algorithm(transform) === envelopedTransform) {
        if (isEnveloped || form !== undefined) throw this.#refusal('REFERENCE_TRANSFORMS', transform);
        this.#nothingInside(transform);
        isEnveloped = true;
        continue;
      }
      const next = this.#canonicalForm(transform);
      if (next === undefined) throw this.#refusal('TRANSFORM_FORBIDDEN', transform);
      if (form !== undefined) throw this.#refusal('REFERENCE_TRANSFORMS', transform);
      form = next;
    }
    return { isEnveloped, form: form ?? { mode: 'inclusive', inclusiveNamespaces: [] } };
  }

  #canonicalForm(element: IndexedElement): CanonicalForm | undefined {
    const uri = this.#algorithm(element);
    const mode = this.#profile.canonicalizations.find((name) => canonicalizationUris[name] === uri);
    if (mode === undefined) return undefined;
    const children = this.#children(element);
    if (mode === 'inclusive' || children.length === 0) {
      this.#nothingInside(element);
      return { mode, inclusiveNamespaces: [] };
    }
    const [list] = children;
    if (
      children.length !== 1 ||
      list?.localName !== 'InclusiveNamespaces' ||
      list.namespace !== exclusiveNamespace
    ) {
      throw this.#refusal('SIGNATURE_CHILD', element);
    }
    this.#attributes(list, ['PrefixList']);
    this.#nothingInside(list);
    const prefixes = (attributeOf(list, 'PrefixList') ?? '')
      .split(/[ \t\r\n]+/)
      .filter((prefix) => prefix !== '');
    return { mode, inclusiveNamespaces: prefixes };
  }

  #keyInfo(element: IndexedElement | undefined): Pick<ParsedSignature, 'certificates' | 'keyValue'> {
    const certificates: X509Certificate[] = [];
    let keyValue: ParsedSignature['keyValue'];
    if (element === undefined) return { certificates, keyValue };
    this.#attributes(element, ['Id']);
    for (const child of this.#children(element)) {
      if (isSignatureElement(child, 'X509Data')) {
        for (const item of this.#children(child)) {
          if (isSignatureElement(item, 'X509Certificate')) certificates.push(this.#certificate(item));
          else if (
            !['X509SubjectName', 'X509IssuerSerial', 'X509SKI'].some((name) => isSignatureElement(item, name))
          ) {
            throw this.#refusal('KEY_INFO_FORBIDDEN', item);
          }
        }
      } else if (isSignatureElement(child, 'KeyValue') && keyValue === undefined)
        keyValue = this.#rsaKeyValue(child);
      else if (!isSignatureElement(child, 'KeyName')) throw this.#refusal('KEY_INFO_FORBIDDEN', child);
    }
    if (certificates.length > maxCertificates) throw this.#refusal('CERTIFICATE_COUNT', element);
    return { certificates, keyValue };
  }

  #rsaKeyValue(element: IndexedElement): ParsedSignature['keyValue'] {
    const [rsa] = this.#children(element);
    if (rsa === undefined || !isSignatureElement(rsa, 'RSAKeyValue'))
      throw this.#refusal('KEY_INFO_FORBIDDEN', element);
    const [modulus, exponent, ...others] = this.#children(rsa);
    if (others.length > 0) throw this.#refusal('KEY_INFO_FORBIDDEN', rsa);
    const read = (child: IndexedElement | undefined, name: string): string => {
      const bytes = decodeBase64(this.#expect(child, name, rsa).text);
      if (bytes === undefined) throw this.#refusal('KEY_INFO_FORBIDDEN', rsa);
      return bytes.toString('hex').replace(/^(00)+/, '');
    };
    return { modulus: read(modulus, 'Modulus'), exponent: read(exponent, 'Exponent') };
  }

  #certificate(element: IndexedElement): X509Certificate {
    this.#attributes(element, []);
    if (element.inner.end - element.inner.start > maxCertificateText) {
      throw this.#refusal('CERTIFICATE_UNREADABLE', element);
    }
    const text = element.hasOnlyText ? element.text : '';
    const certificate = knownCertificate(text);
    if (certificate === undefined) throw this.#refusal('CERTIFICATE_UNREADABLE', element);
    return certificate;
  }

  #binary(element: IndexedElement, notText: VerifyReasonCode, notBase64: VerifyReasonCode): Buffer {
    if (!element.hasOnlyText) throw this.#refusal(notText, element);
    const bytes = decodeBase64(element.text);
    if (bytes === undefined) throw this.#refusal(notBase64, element);
    return bytes;
  }

  /** The child elements; characters other than white space between them are refused. */
  #children(element: IndexedElement): IndexedElement[] {
    const children = this.#index.childrenOf(element);
    // Comments and CDATA were refused before, so between the children there are only characters.
    let at = element.inner.start;
    for (const child of children) {
      this.#whiteSpace(at, child.outer.start, element);
      at = child.outer.end;
    }
    this.#whiteSpace(at, element.inner.end, element);
    return children;
  }

  #whiteSpace(start: number, end: number, element: IndexedElement): void {
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at];
      // A carriage return may be written as a reference, as Java does.
      const isSpace = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      if (!isSpace && /[^\t\n\r ]/.test(element.text)) throw this.#refusal('SIGNATURE_TEXT', element);
      if (!isSpace) return;
    }
  }

  #nothingInside(element: IndexedElement): void {
    if (this.#children(element).length > 0) throw this.#refusal('SIGNATURE_CHILD', element);
  }

  #algorithm(element: IndexedElement): string {
    this.#attributes(element, ['Algorithm']);
    return attributeOf(element, 'Algorithm') ?? '';
  }

  #attributes(element: IndexedElement, allowed: readonly string[]): void {
    for (const attribute of element.attributes) {
      const isDeclaration = attribute.name === 'xmlns' || attribute.name.startsWith('xmlns:');
      if (!isDeclaration && !allowed.includes(attribute.name))
        throw this.#refusal('SIGNATURE_ATTRIBUTE', element);
    }
  }

  #expect(child: IndexedElement | undefined, name: string, parent: IndexedElement): IndexedElement {
    if (child === undefined || !isSignatureElement(child, name)) {
      throw this.#refusal('SIGNATURE_CHILD', child ?? parent);
    }
    return child;
  }

  #refusal(code: VerifyReasonCode, element: IndexedElement): Refusal {
    return new Refusal(code, pathOf(this.#index, element));
  }
}

export const isSignatureElement = (element: IndexedElement, name: string): boolean =>
  element.localName === name && element.namespace === signatureNamespace;

export const attributeOf = (element: IndexedElement, name: string): string | undefined =>
  element.attributes.find((attribute) => attribute.name === name)?.value;

const certificateCache = new Map<string, X509Certificate>();
const cacheSize = 256;

/** Certificates repeat from document to document, and node needs longer to read one than to check a signature. */
function knownCertificate(text: string): X509Certificate | undefined {
  let certificate = certificateCache.get(text);
  if (certificate === undefined) {
    const bytes = decodeBase64(text);
    if (bytes === undefined) return undefined;
    try {
      certificate = new X509Certificate(bytes);
    } catch {
      return undefined;
    }
    // A PEM text or bytes after the certificate would let two readers see two certificates.
    if (!certificate.raw.equals(bytes)) return undefined;
    if (certificateCache.size >= cacheSize) certificateCache.delete(certificateCache.keys().next().value!);
    certificateCache.set(text, certificate);
  }
  return certificate;
}
