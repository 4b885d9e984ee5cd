import type { X509Certificate } from 'node:crypto';
import type { ByteRange } from '@bhxh/xml';
import { XmlError } from '@bhxh/xml';
import { canonicalBytes, canonicalDigest } from './canonical-bytes.ts';
import { publicKeyOf, signerOf } from './certificates/known-certificate.ts';
import { readTimeStamp } from './certificates/time-stamp.ts';
import { readSignedDocument } from './integrity.ts';
import { signedInfoBytes, timeStampedBytes } from './own-signature.ts';
import type { CoveredReference, ReadDocument } from './integrity.ts';
import type { Canonicalization, ProfileName, ReferenceKind, SignatureProfile } from './profiles.ts';
import { Refusal, verifyReasons } from './reasons.ts';
import { resolveProfile } from './resolve-profile.ts';
import type { HashName, LegacyHash } from './signature-algorithms.ts';
import { verifyWithKey } from './signature-algorithms.ts';
import type { SignatureAlgorithm, SignatureSigner, VerifyReason } from './types.ts';

/** One reference of a signature, with what was promised and what is found. */
export interface ExplainedReference {
  readonly kind: ReferenceKind;
  readonly uri: string;
  readonly path: string;
  readonly isEnveloped: boolean;
  readonly canonicalization: Canonicalization;
  readonly hash: HashName | LegacyHash;
  /** Hexadecimal: what the signature says, and what the document gives now. */
  readonly expected: string;
  readonly actual: string;
  readonly isRight: boolean;
  readonly covers: readonly ByteRange[];
  /** The canonical bytes that were hashed, made when asked for. */
  readonly bytes: Uint8Array;
}

/** A signature taken apart, step by step, as far as it could be read. */
export interface SignatureExplanation {
  readonly profile: string;
  /** Why reading stopped; the parts below are then missing. */
  readonly refusal?: VerifyReason;
  readonly path?: string;
  readonly range?: ByteRange;
  readonly algorithm?: SignatureAlgorithm | 'rsa-sha1';
  readonly canonicalization?: Canonicalization;
  readonly references: readonly ExplainedReference[];
  /** The canonical SignedInfo: the bytes the key signed. */
  readonly signedInfo?: Uint8Array;
  /** Whether the value fits `signedInfo` under the key of each certificate of KeyInfo, in their order. */
  readonly certificates: readonly (SignatureSigner & { readonly fitsValue: boolean })[];
  readonly claimedTime?: Date;
  readonly timeStamps: readonly { readonly time?: Date; readonly problem?: string }[];
}

/**
 * Takes the signature of a document apart for people: place, coverage, transforms, digests found and promised, certificates
 * and times. It judges nothing; `verify` does. Never throws for anything in the bytes.
 *
 * @throws SigningError `ERR_PROFILE_UNKNOWN` and `ERR_PARTY_UNKNOWN` only.
 */
export function explainSignature(
  xml: Uint8Array,
  options: { readonly profile: ProfileName | SignatureProfile; readonly party?: string },
): SignatureExplanation {
  const profile = resolveProfile(options.profile, options.party);
  let document: ReadDocument;
  try {
    document = readSignedDocument(xml, profile);
  } catch (error) {
    return {
      profile: profile.id,
      refusal: reasonOf(error),
      references: [],
      certificates: [],
      timeStamps: [],
    };
  }
  const { own, references, objects } = document;
  const { signature } = own;
  const signedInfo = signedInfoBytes(own);
  const claimedTime = objects.xades?.signingTime ?? objects.claimedTime;
  const fits = (certificate: X509Certificate): boolean => {
    try {
      return verifyWithKey(signature.algorithm, publicKeyOf(certificate), signedInfo, signature.value);
    } catch {
      return false;
    }
  };
  return {
    profile: profile.id,
    path: own.path,
    range: { start: signature.element.outer.start + own.shift, end: signature.element.outer.end + own.shift },
    algorithm: signature.algorithm.name,
    canonicalization: signature.form.mode,
    references: references.map((reference) => explainReference(xml, own.path, reference)),
    signedInfo,
    certificates: signature.certificates.flatMap((certificate) => {
      const signer = describe(certificate);
      return signer === undefined ? [] : [{ ...signer, fitsValue: fits(certificate) }];
    }),
    ...(claimedTime === undefined ? {} : { claimedTime }),
    timeStamps: (objects.xades?.timeStamps ?? []).map((token) => {
      const stamp = readTimeStamp(token, timeStampedBytes(own));
      return typeof stamp === 'string' ? { problem: stamp } : { time: stamp.time };
    }),
  };
}

function explainReference(xml: Uint8Array, path: string, covered: CoveredReference): ExplainedReference {
  const { reference, selection } = covered;
  const actual = canonicalDigest(xml, selection, reference.hash);
  return {
    kind: covered.kind,
    uri: reference.uri,
    path,
    isEnveloped: reference.isEnveloped,
    canonicalization: reference.form.mode,
    hash: reference.hash,
    expected: Buffer.from(reference.digest).toString('hex'),
    actual: actual.toString('hex'),
    isRight: actual.equals(reference.digest),
    covers: covered.covers,
    get bytes() {
      return canonicalBytes(xml, selection);
    },
  };
}

function describe(certificate: X509Certificate): SignatureSigner | undefined {
  try {
    return signerOf(certificate);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): VerifyReason {
  if (error instanceof XmlError) return { code: error.code, step: 'document', verdict: 'invalid' };
  const code = error instanceof Refusal ? error.code : 'VERIFIER_FAULT';
  const path = error instanceof Refusal && error.path !== undefined ? { path: error.path } : {};
  return { code, ...verifyReasons[code], ...path };
}
