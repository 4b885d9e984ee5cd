import type { X509Certificate } from 'node:crypto';
import type { ByteRange, XmlErrorCode } from '@bhxh/xml';
import type { SubjectId } from './certificates/certificate-facts.ts';
import type { VerifyReasonCode, VerifyStep } from './reasons.ts';
import type { SignaturePolicy } from './xades.ts';

export type SignatureAlgorithm =
  | 'rsa-sha256'
  | 'rsa-sha384'
  | 'rsa-sha512'
  | 'rsa-pss-sha256'
  | 'rsa-pss-sha384'
  | 'rsa-pss-sha512'
  | 'ecdsa-sha256'
  | 'ecdsa-sha384'
  | 'ecdsa-sha512';

/** A key that can sign, wherever it lives: file, token, HSM or remote service. */
export interface Signer {
  readonly certificate: X509Certificate;
  /** Issuers, leaf's issuer first; may be empty. */
  readonly chain: readonly X509Certificate[];
  readonly algorithms: readonly SignatureAlgorithm[];
  /** How the key is named to people: `file:demo.p12`, `pkcs11:token=…`. Never a secret. */
  readonly label: string;
  /** Signs `data` (hashing included). ECDSA values are raw r‖s, as XMLDSig wants them. */
  sign(data: Uint8Array, algorithm: SignatureAlgorithm, signal?: AbortSignal): Promise<Uint8Array>;
  /** Signs a hash that was made elsewhere, as remote services must; missing where the key's holder hashes by himself. */
  signHash?(hash: Uint8Array, algorithm: SignatureAlgorithm, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Gives the PIN or password when it is needed. The bytes are overwritten after use, so a fresh array must be returned each time. */
export type PinSource = () => Promise<Uint8Array>;

/** `undetermined` is the INDETERMINATE of EN 319 102-1: nothing is wrong, but not everything could be known. */
export type SignatureVerdict = 'valid' | 'invalid' | 'undetermined';
export type StepVerdict = SignatureVerdict | 'skipped';

/** Why a signature is not valid: a machine code, and where in the document, in the manner of XPath. */
export interface VerifyReason {
  readonly code: VerifyReasonCode | XmlErrorCode;
  readonly step: VerifyStep;
  readonly verdict: 'invalid' | 'undetermined';
  readonly path?: string;
}

/** The holder of the key that signed, as the certificate says. Names and ids may be personal data. */
export interface SignatureSigner {
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serial: string;
  readonly ids: readonly SubjectId[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  readonly certificate: X509Certificate;
}

export interface SigningTime {
  readonly time: Date;
  /** `claimed` by the signer, or proven by a time stamp. */
  readonly source: 'claimed' | 'time-stamp';
}

/** What the verdict on the signer rests on, as it was found. */
export interface VerifyEvidence {
  /** The signer's certificate first, the anchor last. */
  readonly certificates: readonly X509Certificate[];
  /** DER, as published. */
  readonly crls: readonly Uint8Array[];
  readonly ocspResponses: readonly Uint8Array[];
  /** RFC 3161 tokens over the signature value, DER. */
  readonly timeStamps: readonly Uint8Array[];
  /** When the verification was made, which may be long after the moment it judged. */
  readonly verifiedAt: Date;
}

export interface VerifyResult {
  /** Invalid over undetermined over valid; skipped steps do not count. */
  readonly verdict: SignatureVerdict;
  readonly profile: string;
  readonly steps: readonly { readonly name: VerifyStep; readonly verdict: StepVerdict }[];
  readonly reasons: readonly VerifyReason[];
  /** Where the signature stands. */
  readonly path: string | undefined;
  /** Known when the signature value was checked with the certificate's key. */
  readonly signer: SignatureSigner | undefined;
  readonly signedAt: SigningTime | undefined;
  /** The policy a XAdES signature names. It is signed; whether it is one you accept is for you to say. */
  readonly policy?: SignaturePolicy;
  /** The moment the certificates were judged at. */
  readonly checkedAt: Date | undefined;
  readonly evidence: VerifyEvidence | undefined;
  /** Ranges of the given bytes that the signature covers. Values must be read from there and from nowhere else. */
  readonly covers: readonly ByteRange[];
  /**
   * The canonical bytes that were signed, made when asked for; undefined unless place, coverage, digests and signature
   * value are right. Throws `SigningError` `ERR_DOCUMENT_CHANGED` when the caller has altered the document meanwhile.
   */
  readonly signedBytes: Uint8Array | undefined;
}
