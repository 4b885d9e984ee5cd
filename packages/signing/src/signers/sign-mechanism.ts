import { hash as hashOnce } from 'node:crypto';
import { SigningError } from '../errors.ts';
import { digestInfo, digestInfoOf } from '../pkcs1.ts';
import type { HashName } from '../signature-algorithms.ts';
import { digestLength, signatureAlgorithm } from '../signature-algorithms.ts';
import type { SignatureAlgorithm } from '../types.ts';
import type { Mechanism } from './cryptoki.ts';
import { ckg, ckm } from './cryptoki.ts';

/** A mechanism and what to give it: the data itself, its hash, or its hash in a DigestInfo. */
export interface SignMechanism {
  readonly mechanism: Mechanism;
  readonly input: (data: Uint8Array) => Uint8Array;
}

const hashAndSign: Readonly<Record<'pkcs1' | 'pss' | 'ecdsa', Readonly<Record<HashName, number>>>> = {
  pkcs1: { sha256: ckm.sha256RsaPkcs, sha384: ckm.sha384RsaPkcs, sha512: ckm.sha512RsaPkcs },
  pss: { sha256: ckm.sha256RsaPkcsPss, sha384: ckm.sha384RsaPkcsPss, sha512: ckm.sha512RsaPkcsPss },
  ecdsa: { sha256: ckm.ecdsaSha256, sha384: ckm.ecdsaSha384, sha512: ckm.ecdsaSha512 },
};

const hashOnly: Readonly<Record<'pkcs1' | 'pss' | 'ecdsa', number>> = {
  pkcs1: ckm.rsaPkcs,
  pss: ckm.rsaPkcsPss,
  ecdsa: ckm.ecdsa,
};

const pssHash: Readonly<Record<HashName, readonly [hash: number, mgf: number]>> = {
  sha256: [ckm.sha256, ckg.mgf1Sha256],
  sha384: [ckm.sha384, ckg.mgf1Sha384],
  sha512: [ckm.sha512, ckg.mgf1Sha512],
};

/** Whether a token with these mechanisms can do the algorithm at all. */
export function canSign(mechanisms: ReadonlySet<number>, algorithm: SignatureAlgorithm): boolean {
  const { scheme, hash } = signatureAlgorithm(algorithm);
  return mechanisms.has(hashOnly[scheme]) || mechanisms.has(hashAndSign[scheme][hash]);
}

/**
 * What to try, best first. Hashing stays here, where it is fast; a mechanism that hashes comes second, and cannot be used
 * for a hash that was made elsewhere. The salt of PSS is as long as the hash, the only one that verifiers take.
 */
export function mechanismsFor(
  offered: ReadonlySet<number>,
  algorithm: SignatureAlgorithm,
  given: 'data' | 'hash' = 'data',
): readonly SignMechanism[] {
  const { scheme, hash } = signatureAlgorithm(algorithm);
  const [pssDigest, mgf] = pssHash[hash];
  const parameters = scheme === 'pss' ? { pss: { hash: pssDigest, mgf, saltBytes: digestLength[hash] } } : {};
  const isHashed = given === 'hash';
  const inputs = {
    pkcs1: (data: Uint8Array) => (isHashed ? digestInfo(hash, data) : digestInfoOf(hash, data)),
    bare: (data: Uint8Array) => (isHashed ? data : hashOnce(hash, data, 'buffer')),
  };
  const found: SignMechanism[] = [];
  if (offered.has(hashOnly[scheme])) {
    found.push({
      mechanism: { type: hashOnly[scheme], ...parameters },
      input: inputs[scheme === 'pkcs1' ? 'pkcs1' : 'bare'],
    });
  }
  if (!isHashed && offered.has(hashAndSign[scheme][hash]))
    found.push({ mechanism: { type: hashAndSign[scheme][hash], ...parameters }, input: (data) => data });
  if (found.length === 0) throw new SigningError('ERR_MECHANISM_MISSING', { algorithm });
  return found;
}

const names: ReadonlyMap<number, string> = new Map([
  [ckm.rsaPkcs, 'CKM_RSA_PKCS'],
  [ckm.rsaPkcsPss, 'CKM_RSA_PKCS_PSS'],
  [ckm.sha256RsaPkcs, 'CKM_SHA256_RSA_PKCS'],
  [ckm.sha384RsaPkcs, 'CKM_SHA384_RSA_PKCS'],
  [ckm.sha512RsaPkcs, 'CKM_SHA512_RSA_PKCS'],
  [ckm.sha256RsaPkcsPss, 'CKM_SHA256_RSA_PKCS_PSS'],
  [ckm.sha384RsaPkcsPss, 'CKM_SHA384_RSA_PKCS_PSS'],
  [ckm.sha512RsaPkcsPss, 'CKM_SHA512_RSA_PKCS_PSS'],
  [ckm.ecdsa, 'CKM_ECDSA'],
  [ckm.ecdsaSha256, 'CKM_ECDSA_SHA256'],
  [ckm.ecdsaSha384, 'CKM_ECDSA_SHA384'],
  [ckm.ecdsaSha512, 'CKM_ECDSA_SHA512'],
]);

/** The standard's name of a mechanism that signs; its number where it is another. */
export const mechanismName = (type: number): string => names.get(type) ?? `0x${type.toString(16)}`;

/** Those of a token's mechanisms that something here signs with, by name. */
export const signMechanismNames = (offered: ReadonlySet<number>): readonly string[] =>
  [...names].filter(([type]) => offered.has(type)).map(([, name]) => name);
