import { createHash } from 'node:crypto';
import { SigningError } from '../errors.ts';
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

/** DER of DigestInfo up to the hash (RFC 8017, 9.2, note 1). */
const digestInfoPrefix: Readonly<Record<HashName, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

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

/** Hashing stays here, where it is fast; a mechanism that hashes is used where the token has nothing else. */
export function chooseMechanism(
  mechanisms: ReadonlySet<number>,
  algorithm: SignatureAlgorithm,
): SignMechanism {
  const { scheme, hash } = signatureAlgorithm(algorithm);
  const [pssDigest, mgf] = pssHash[hash];
  const parameters = scheme === 'pss' ? { pss: { hash: pssDigest, mgf, saltBytes: digestLength[hash] } } : {};
  const digest = (data: Uint8Array) => createHash(hash).update(data).digest();
  if (mechanisms.has(hashOnly[scheme])) {
    const prefix = Buffer.from(scheme === 'pkcs1' ? digestInfoPrefix[hash] : '', 'hex');
    return {
      mechanism: { type: hashOnly[scheme], ...parameters },
      input: (data) => (prefix.length === 0 ? digest(data) : Buffer.concat([prefix, digest(data)])),
    };
  }
  const type = hashAndSign[scheme][hash];
  if (!mechanisms.has(type)) throw new SigningError('ERR_MECHANISM_MISSING', { algorithm });
  return { mechanism: { type, ...parameters }, input: (data) => data };
}
