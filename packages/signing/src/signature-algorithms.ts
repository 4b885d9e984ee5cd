import { constants, sign, verify } from 'node:crypto';
import type { KeyObject, SignKeyObjectInput } from 'node:crypto';
import { signPkcs1, verifyPkcs1 } from './pkcs1.ts';
import type { SignatureAlgorithm } from './types.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512';
export type KeyKind = 'rsa' | 'ec';

/** What historic signatures may be read with, and nothing is signed with. */
export type LegacyHash = 'sha1';

/** One signature algorithm as a verifier sees it, described once; nobody else compares algorithm names. */
export interface VerifyAlgorithmEntry {
  readonly name: SignatureAlgorithm | 'rsa-sha1';
  /** The identifier in `SignatureMethod/@Algorithm` (RFC 6931). */
  readonly uri: string;
  readonly hash: HashName | LegacyHash;
  readonly keyKind: KeyKind;
  readonly scheme: 'pkcs1' | 'pss' | 'ecdsa';
}

/** An algorithm one may sign with. */
export interface SignatureAlgorithmEntry extends VerifyAlgorithmEntry {
  readonly name: SignatureAlgorithm;
  readonly hash: HashName;
}

const more2001 = 'http://www.w3.org/2001/04/xmldsig-more#';
const more2007 = 'http://www.w3.org/2007/05/xmldsig-more#';

const entries: readonly SignatureAlgorithmEntry[] = (['sha256', 'sha384', 'sha512'] as const).flatMap(
  (hash) => [
    { name: `rsa-${hash}`, uri: `${more2001}rsa-${hash}`, hash, keyKind: 'rsa', scheme: 'pkcs1' } as const,
    {
      name: `rsa-pss-${hash}`,
      uri: `${more2007}${hash}-rsa-MGF1`,
      hash,
      keyKind: 'rsa',
      scheme: 'pss',
    } as const,
    { name: `ecdsa-${hash}`, uri: `${more2001}ecdsa-${hash}`, hash, keyKind: 'ec', scheme: 'ecdsa' } as const,
  ],
);

const byName: ReadonlyMap<string, SignatureAlgorithmEntry> = new Map(
  entries.map((entry) => [entry.name, entry]),
);
const byUri: ReadonlyMap<string, SignatureAlgorithmEntry> = new Map(
  entries.map((entry) => [entry.uri, entry]),
);

export function signatureAlgorithm(name: SignatureAlgorithm): SignatureAlgorithmEntry {
  const entry = byName.get(name);
  if (entry === undefined) throw new TypeError(`no signature algorithm is called ${name}`);
  return entry;
}

export const signatureAlgorithmByUri = (uri: string): SignatureAlgorithmEntry | undefined => byUri.get(uri);

/** Identifiers that are recognised only to be refused by name. */
export const weakSignatureUris: ReadonlySet<string> = new Set([
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
  'http://www.w3.org/2009/xmldsig11#dsa-sha256',
  `${more2001}rsa-md5`,
  `${more2001}rsa-ripemd160`,
  `${more2001}ecdsa-sha1`,
  `${more2001}rsa-sha224`,
  `${more2001}ecdsa-sha224`,
  `${more2007}sha1-rsa-MGF1`,
  `${more2007}md5-rsa-MGF1`,
]);

export const isMacUri = (uri: string): boolean => /#hmac-/i.test(uri);

export const legacySignature: VerifyAlgorithmEntry = {
  name: 'rsa-sha1',
  uri: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  hash: 'sha1',
  keyKind: 'rsa',
  scheme: 'pkcs1',
};
export const legacyDigestUri = 'http://www.w3.org/2000/09/xmldsig#sha1';

export const digestUris: Readonly<Record<HashName, string>> = {
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha384: `${more2001}sha384`,
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
};

const digestByUri: ReadonlyMap<string, HashName> = new Map(
  (Object.entries(digestUris) as [HashName, string][]).map(([hash, uri]) => [uri, hash]),
);

export const digestAlgorithmByUri = (uri: string): HashName | undefined => digestByUri.get(uri);

export const weakDigestUris: ReadonlySet<string> = new Set([
  legacyDigestUri,
  `${more2001}md5`,
  `${more2001}sha224`,
  'http://www.w3.org/2001/04/xmlenc#ripemd160',
]);

export const digestLength: Readonly<Record<HashName | LegacyHash, number>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

const allowedCurves: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 32],
  ['secp384r1', 48],
  ['secp521r1', 66],
]);

export type KeyProblem = 'KEY_TYPE_FORBIDDEN' | 'KEY_TOO_SMALL' | 'KEY_CURVE_FORBIDDEN';

/** What is wrong with a key, or its kind and the exact length of its signatures in bytes. */
export function describeKey(
  key: KeyObject,
): { readonly kind: KeyKind; readonly signatureBytes: number } | KeyProblem {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss': {
      const bits = details?.modulusLength ?? 0;
      return bits < 2048 ? 'KEY_TOO_SMALL' : { kind: 'rsa', signatureBytes: Math.ceil(bits / 8) };
    }
    case 'ec': {
      const bytes = allowedCurves.get(details?.namedCurve ?? '');
      return bytes === undefined ? 'KEY_CURVE_FORBIDDEN' : { kind: 'ec', signatureBytes: bytes * 2 };
    }
    default:
      return 'KEY_TYPE_FORBIDDEN';
  }
}

/** Every algorithm a key of this kind can be used with, the usual one first. */
export const algorithmsOf = (kind: KeyKind): readonly SignatureAlgorithm[] =>
  entries.filter((entry) => entry.keyKind === kind).map((entry) => entry.name);

function keyInput(entry: VerifyAlgorithmEntry, key: KeyObject): SignKeyObjectInput {
  switch (entry.scheme) {
    case 'pkcs1':
      return { key, padding: constants.RSA_PKCS1_PADDING };
    case 'pss':
      // Verifiers reject every salt length but that of the hash.
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: digestLength[entry.hash] };
    case 'ecdsa':
      return { key, dsaEncoding: 'ieee-p1363' };
  }
}

export const signWithKey = (entry: SignatureAlgorithmEntry, key: KeyObject, data: Uint8Array): Uint8Array =>
  entry.scheme === 'pkcs1' ? signPkcs1(entry.hash, key, data) : sign(entry.hash, data, keyInput(entry, key));

export function verifyWithKey(
  entry: VerifyAlgorithmEntry,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (entry.scheme === 'pkcs1') return verifyPkcs1(entry.hash, key, data, signature);
  return verify(entry.hash, data, keyInput(entry, key), signature);
}
