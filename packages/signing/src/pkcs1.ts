// PKCS#1 v1.5 signatures (RFC 8017, 8.2): what is padded, and what comes back out of a value.
import { constants, hash as hashOnce, privateEncrypt, publicDecrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { HashName, LegacyHash } from './signature-algorithms.ts';

/** DER of DigestInfo up to the hash (RFC 8017, 9.2, note 1), and the length of the hash. */
const digestInfos: Readonly<Record<HashName | LegacyHash, readonly [prefix: Buffer, hashBytes: number]>> = {
  sha1: [Buffer.from('3021300906052b0e03021a05000414', 'hex'), 20],
  sha256: [Buffer.from('3031300d060960864801650304020105000420', 'hex'), 32],
  sha384: [Buffer.from('3041300d060960864801650304020205000430', 'hex'), 48],
  sha512: [Buffer.from('3051300d060960864801650304020305000440', 'hex'), 64],
};

/** What is padded and signed: the hash, with the name of its algorithm. */
export const digestInfo = (hash: HashName, value: Uint8Array): Uint8Array =>
  Buffer.concat([digestInfos[hash][0], value]);

/** The same for data that is not hashed yet. */
export function digestInfoOf(hash: HashName, data: Uint8Array): Uint8Array {
  const [prefix, hashBytes] = digestInfos[hash];
  const info = Buffer.allocUnsafe(prefix.length + hashBytes);
  info.set(prefix);
  info.write(hashOnce(hash, data, 'binary'), prefix.length, 'latin1');
  return info;
}

/** The value that node:crypto's own `sign` gives, without the job it makes of each. */
export const signPkcs1 = (hash: HashName, key: KeyObject, data: Uint8Array): Uint8Array =>
  privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfoOf(hash, data));

/** 00 01, at least so many FF, 00. */
const LEAST_PADDING = 11;

/** The only block that is right for a hash, by hash and length; the hash itself is written in anew each time. */
const blocks = new Map<string, Buffer>();

function blockFor(hash: HashName | LegacyHash, data: Uint8Array, length: number): Buffer | undefined {
  const [prefix, hashBytes] = digestInfos[hash];
  const end = length - prefix.length - hashBytes;
  if (end < LEAST_PADDING) return undefined;
  const name = `${hash} ${length}`;
  let block = blocks.get(name);
  if (block === undefined) {
    const padding = Buffer.alloc(end, 0xff);
    padding[0] = 0;
    padding[1] = 1;
    padding[end - 1] = 0;
    block = Buffer.concat([padding, prefix, Buffer.alloc(hashBytes)]);
    blocks.set(name, block);
  }
  block.write(hashOnce(hash, data, 'binary'), length - hashBytes, 'latin1');
  return block;
}

/**
 * Takes the block out of a value and compares every byte of it, padding included, with the only right one: nothing is
 * parsed, so nothing can be hidden in it. node:crypto's own `verify` comes to the same
 * and makes a job of each, which costs more than its time when documents come in thousands.
 */
export function verifyPkcs1(
  hash: HashName | LegacyHash,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  let block: Buffer;
  try {
    block = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    // Not a number below the modulus, or a key that may not be used so.
    return false;
  }
  return signature.length === block.length && (blockFor(hash, data, block.length)?.equals(block) ?? false);
}
