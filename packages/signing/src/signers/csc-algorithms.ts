import type { HashName } from '../signature-algorithms.ts';
import { signatureAlgorithm } from '../signature-algorithms.ts';
import type { SignatureAlgorithm } from '../types.ts';

const hashOids: Readonly<Record<HashName, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

const rsaOids: Readonly<Record<HashName, string>> = {
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};

const ecdsaOids: Readonly<Record<HashName, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

const pssOid = '1.2.840.113549.1.1.10';
const plainRsaOid = '1.2.840.113549.1.1.1';
const plainEcOid = '1.2.840.10045.2.1';

/** How a service of the Cloud Signature Consortium names an algorithm (RFC 8017, RFC 4055, RFC 5758). */
export interface CscAlgorithm {
  readonly hashOid: string;
  readonly signOid: string;
  /** Base64 of RSASSA-PSS-params. */
  readonly parameters?: string;
}

export function cscAlgorithm(name: SignatureAlgorithm): CscAlgorithm {
  const { hash, scheme } = signatureAlgorithm(name);
  const hashOid = hashOids[hash];
  switch (scheme) {
    case 'pkcs1':
      return { hashOid, signOid: rsaOids[hash] };
    case 'pss':
      return { hashOid, signOid: pssOid, parameters: pssParameters(hash) };
    case 'ecdsa':
      return { hashOid, signOid: ecdsaOids[hash] };
  }
}

/** MGF1 over the same hash and a salt of its length, since verifiers take no other. */
function pssParameters(hash: HashName): string {
  const last = { sha256: '01', sha384: '02', sha512: '03' }[hash];
  const salt = { sha256: '20', sha384: '30', sha512: '40' }[hash];
  const algorithm = `300d060960864801650304020${last.slice(1)}0500`;
  const der = `3034a00f${algorithm}a11c301a06092a864886f70d010108${algorithm}a2030201${salt}`;
  return Buffer.from(der, 'hex').toString('base64');
}

const hashes: readonly HashName[] = ['sha256', 'sha384', 'sha512'];

/** The algorithms that a credential's list of object identifiers stands for; undefined when it lists none we know. */
export function algorithmsOfOids(oids: readonly string[]): readonly SignatureAlgorithm[] | undefined {
  const has = (oid: string) => oids.includes(oid);
  const found = hashes.flatMap((hash): SignatureAlgorithm[] => [
    ...(has(rsaOids[hash]) || has(plainRsaOid) ? [`rsa-${hash}` as const] : []),
    ...(has(pssOid) ? [`rsa-pss-${hash}` as const] : []),
    ...(has(ecdsaOids[hash]) || has(plainEcOid) ? [`ecdsa-${hash}` as const] : []),
  ]);
  return found.length === 0 ? undefined : found;
}

/** What every service can do with a key that it says nothing of; those of the other kind of key do not count. */
export const usualAlgorithms: readonly SignatureAlgorithm[] = hashes.flatMap((hash) => [
  `rsa-${hash}` as const,
  `ecdsa-${hash}` as const,
]);
