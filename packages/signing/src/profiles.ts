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
  /** Who signs there, in documents that several parties sign. */
  readonly party?: string;
  /** Where other parties sign the same document; filled in when one party's side of a profile is taken. */
  readonly otherPlaces?: readonly (readonly string[])[];
}

/** A format of signatures, as data: `sign` emits the first of each list, `verify` accepts all of it and nothing else. */
export interface SignatureProfile {
  readonly id: string;
  readonly places: readonly SignaturePlace[];
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly digests: readonly HashName[];
  readonly canonicalizations: readonly Canonicalization[];
  /** References `sign` writes, in this order. */
  readonly signs: readonly ReferenceKind[];
  /** References a signature must have, each exactly once. */
  readonly required: readonly ReferenceKind[];
  /** References it may have besides. */
  readonly optional: readonly ReferenceKind[];
  /** Whether a time stamp of the signature value is part of the format. */
  readonly timeStamp?: true;
  /** Reads RSA with SHA-1 too, and calls the result undetermined at best. Nothing is signed by such a profile. */
  readonly isHistoric?: true;
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

const base = {
  places: claimsPlaces,
  digests: ['sha256', 'sha384', 'sha512'],
  canonicalizations: ['inclusive', 'exclusive'],
  signs: ['document'],
  required: ['document'],
  optional: ['signing-time'],
  subjectName: false,
} as const;

const rsa = ['rsa-sha256', 'rsa-sha384', 'rsa-sha512'] as const;

const xades = {
  places: [...claimsPlaces, { root: 'Hoso', path: ['CKy_Dvi'] }, { root: '*', path: ['Cky'] }],
  algorithms: [
    'rsa-pss-sha256',
    'rsa-pss-sha384',
    'rsa-pss-sha512',
    'ecdsa-sha256',
    'ecdsa-sha384',
    'ecdsa-sha512',
  ],
  signs: ['document', 'signed-properties'],
  required: ['document', 'signed-properties'],
  optional: [],
} as const;

export type ProfileName =
  | 'bhxh-xml'
  | 'bhxh-xml-pss'
  | 'bhxh-xml-ecdsa'
  | 'bhxh-xml-signing-time'
  | 'declaration-xml'
  | 'balance-sheet'
  | 'payment-message'
  | 'xades-b'
  | 'xades-t'
  | 'legacy-read';

const table: readonly (SignatureProfile & { readonly id: ProfileName })[] = [
  // What the claims gateway takes today: enveloped XMLDSig, PKCS#1 v1.5, inclusive canonical form.
  { ...base, id: 'bhxh-xml', algorithms: rsa },
  // The same with the schemes that TT 15/2025/TT-BKHCN, appendix I, asks for.
  { ...base, id: 'bhxh-xml-pss', algorithms: ['rsa-pss-sha256', 'rsa-pss-sha384', 'rsa-pss-sha512'] },
  { ...base, id: 'bhxh-xml-ecdsa', algorithms: ['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'] },
  // Adjustment list 09/BH and certificates as printed in their guides: the data and the time, each by its Id.
  {
    ...base,
    id: 'bhxh-xml-signing-time',
    places: claimsPlaces.filter((place) => place.data !== undefined),
    algorithms: rsa,
    signs: ['signing-time', 'data'],
    required: ['signing-time', 'data'],
    optional: [],
    subjectName: true,
  },
  // Declarations: each form is signed in its own Cky, then the envelope in CKy_Dvi.
  {
    ...base,
    id: 'declaration-xml',
    places: [
      { root: 'Hoso', path: ['CKy_Dvi'] },
      { root: '*', path: ['Cky'] },
    ],
    algorithms: rsa,
    signs: ['document', 'signing-time'],
  },
  // Monthly balance sheet of a deposit account and list of transfers, which the bank and the VSS office both sign. Each covers the data by its Id,
  // so that neither signature is touched by the other. Layout of the reference server; no published sheet prescribes one.
  {
    ...base,
    id: 'balance-sheet',
    places: [
      { root: 'BANG_DOI_CHIEU_SO_DU', path: ['CHUKY_NGANHANG'], data: ['NOI_DUNG'], party: 'bank' },
      { root: 'BANG_DOI_CHIEU_SO_DU', path: ['CHUKY_BHXH'], data: ['NOI_DUNG'], party: 'office' },
      { root: 'BANG_KE_CHUYEN_TIEN', path: ['CHUKY_NGANHANG'], data: ['NOI_DUNG'], party: 'bank' },
      { root: 'BANG_KE_CHUYEN_TIEN', path: ['CHUKY_BHXH'], data: ['NOI_DUNG'], party: 'office' },
    ],
    algorithms: rsa,
    signs: ['data', 'signing-time'],
    required: ['data', 'signing-time'],
    optional: [],
  },
  // Messages between VSS and its banks: the ISO 20022 application header has a place for the signature, which covers
  // header and message. Reference profile; no published text prescribes one.
  {
    ...base,
    id: 'payment-message',
    places: [{ root: 'BizMsgEnvlp', path: ['AppHdr', 'Sgntr'] }],
    algorithms: rsa,
    canonicalizations: ['exclusive', 'inclusive'],
  },
  // TT 15/2025/TT-BKHCN, appendix I: EN 319 132-1 baseline, with RSASSA-PSS or ECDSA.
  { ...base, ...xades, id: 'xades-b' },
  { ...base, ...xades, id: 'xades-t', timeStamp: true },
  // Documents of earlier years, to be read and never to be accepted as proof.
  {
    ...base,
    id: 'legacy-read',
    places: [...claimsPlaces, { root: 'Hoso', path: ['CKy_Dvi'] }, { root: '*', path: ['Cky'] }],
    algorithms: rsa,
    isHistoric: true,
  },
];

const profiles: ReadonlyMap<string, SignatureProfile> = new Map(
  table.map((profile) => [profile.id, profile]),
);

export const profileNames: readonly ProfileName[] = table.map((profile) => profile.id);

export const findProfile = (name: string): SignatureProfile | undefined => profiles.get(name);
