import { constants, createHash, privateEncrypt, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SigningError } from './errors.ts';
import { digestInfo } from './pkcs1.ts';
import type { HashName, SignatureAlgorithmEntry } from './signature-algorithms.ts';
import { digestLength } from './signature-algorithms.ts';

/**
 * Signs a hash that was made elsewhere with an RSA key of this process. node:crypto hashes by itself whatever it is to sign,
 * so the padding is made here.
 */
export function signHashWithKey(
  entry: SignatureAlgorithmEntry,
  key: KeyObject,
  value: Uint8Array,
): Uint8Array {
  if (value.length !== digestLength[entry.hash])
    throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm: entry.name, part: 'hash' });
  switch (entry.scheme) {
    case 'pkcs1':
      return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(entry.hash, value));
    case 'pss':
      return privateEncrypt(
        { key, padding: constants.RSA_NO_PADDING },
        encodePss(value, entry.hash, key.asymmetricKeyDetails?.modulusLength ?? 0),
      );
    case 'ecdsa':
      throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm: entry.name });
  }
}

/** EMSA-PSS-ENCODE (RFC 8017, 9.1.1) with a salt as long as the hash, the only one that verifiers take. */
function encodePss(value: Uint8Array, hash: HashName, modulusBits: number): Uint8Array {
  const hashBytes = digestLength[hash];
  const bytes = Math.ceil((modulusBits - 1) / 8);
  const salt = randomBytes(hashBytes);
  const seed = createHash(hash)
    .update(Buffer.concat([Buffer.alloc(8), value, salt]))
    .digest();
  const block = Buffer.concat([Buffer.alloc(bytes - 2 * hashBytes - 2), Buffer.from([1]), salt]);
  const mask = maskFor(seed, block.length, hash);
  for (const [at, byte] of mask.entries()) block[at]! ^= byte;
  block[0]! &= 0xff >> (8 * bytes - (modulusBits - 1));
  const encoded = Buffer.concat([block, seed, Buffer.from([0xbc])]);
  return Buffer.concat([Buffer.alloc(Math.ceil(modulusBits / 8) - bytes), encoded]);
}

/** MGF1 (RFC 8017, B.2.1). */
function maskFor(seed: Uint8Array, length: number, hash: HashName): Uint8Array {
  const parts: Buffer[] = [];
  for (let counter = 0; parts.length * digestLength[hash] < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    parts.push(createHash(hash).update(seed).update(number).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}
