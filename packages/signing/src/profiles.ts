import type { HashName } from './signature-algorithms.ts';
import type { SignatureAlgorithm } from './types.ts';

export type Canonicalization = 'inclusive' | 'exclusive';

/**
 * What one Reference of a signature covers:
 * `document` everything but the signature (`URI=""`) · `root` the same, by the root's Id · `data` the element the place
 * names, by its Id · `signing-time` the Object with the claimed time · `signed-properties` the XAdES properties.
 */
export type ReferenceKind = 'document' | 'root' | 'data' | 'signing-time' | 'signed-properties';

/** Where a signature stands in one kind of document. */
export interface SignaturePlace {
  /** Name of the root element, `*` for any. */
  readonly root: string;
  /** Element names from the root's child down to the element that holds the Signature; empty for the root itself. */
  readonly path: readonly string[];
  /** The element a `data` reference covers, from the root's child down; `*` for any name. */
  readonly data?: readonly string[];
}

/** A format of signatures, as data: `sign` emits the first of each list, `verify` accepts all of it and nothing else. */
export interface SignatureProfile {
  readonly id: string;
  readonly places: readonly SignaturePlace[];
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly digests: readonly HashName[];
  readonly canonicalizations: readonly Canonicalization[];
  /** References a signature must have, each exactly once, in the order `sign` writes them. */
  readonly required: readonly ReferenceKind[];
  /** References it may have besides. */
  readonly optional: readonly ReferenceKind[];
  /** Whether `sign` names the certificate's subject beside the certificate. */
  readonly subjectName: boolean;
}

/** The element for the unit's signature, last child of every envelope that goes to the claims gateway. */
const unitSignature = ['CHUKYDONVI'] as const;

const claimsPlaces: readonly SignaturePlace[] = [
  { root: 'GIAMDINHHS', path: unitSignature },
  { root: 'CHI_TIEU_TRANG_THAI_KCB', path: unitSignature },
  { root: 'CHI_TIEU_GIAM_DINH_YKHOA', path: unitSignature },
  { root: 'HSDANHMUC', path: unitSignature, data: ['*'] },
  { root: 'HSCHUNGTU', path: unitSignature, data: ['THONGTINHOSO'] },
];

/** What the claims gateway takes today: enveloped XMLDSig, RSA-SHA256 with PKCS#1 v1.5, inclusive canonical form. */
const bhxhXml: SignatureProfile = {
  id: 'bhxh-xml',
  places: claimsPlaces,
  algorithms: ['rsa-sha256', 'rsa-sha384', 'rsa-sha512'],
  digests: ['sha256', 'sha384', 'sha512'],
  canonicalizations: ['inclusive', 'exclusive'],
  required: ['document'],
  optional: ['signing-time'],
  subjectName: false,
};

const profiles: ReadonlyMap<string, SignatureProfile> = new Map(
  [bhxhXml].map((profile) => [profile.id, profile]),
);

export type ProfileName = 'bhxh-xml';

export const profileNames: readonly string[] = [...profiles.keys()];

export const findProfile = (name: string): SignatureProfile | undefined => profiles.get(name);
