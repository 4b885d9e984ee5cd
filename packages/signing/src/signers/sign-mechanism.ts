import { createHash } from 'node:crypto';
import { SigningError } from '../errors.ts';
import { digestInfo } from '../hash-signature.ts';
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
 * Hashing stays here, where it is fast; a mechanism that hashes is used where the token has nothing else, and cannot be
 * used for a hash that was made elsewhere.
 */
export function chooseMechanism(
  mechanisms: ReadonlySet<number>,
  algorithm: SignatureAlgorithm,
  given: 'data' | 'hash' = 'data',
): SignMechanism {
  const { scheme, hash } = signatureAlgorithm(algorithm);
  const [pssDigest, mgf] = pssHash[hash];
  const parameters = scheme === 'pss' ? { pss: { hash: pssDigest, mgf, saltBytes: digestLength[hash] } } : {};
  const digest = (data: Uint8Array) => (given === 'hash' ? data : createHash(hash).update(data).digest());
  if (mechanisms.has(hashOnly[scheme])) {
    return {
      mechanism: { type: hashOnly[scheme], ...parameters },
      input: (data) => (scheme === 'pkcs1' ? digestInfo(hash, digest(data)) : digest(data)),
    };
  }
  const type = hashAndSign[scheme][hash];
  if (given === 'hash' || !mechanisms.has(type))
    throw new SigningError('ERR_MECHANISM_MISSING', { algorithm });
  return { mechanism: { type, ...parameters }, input: (data) => data };
}
