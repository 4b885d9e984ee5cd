import {
  constants,
  createHash,
  generateKeyPairSync,
  privateEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { expect, test } from 'vitest';
import { digestInfo, digestInfoOf, signPkcs1, verifyPkcs1 } from './pkcs1.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const data = Buffer.from('<SignedInfo>…</SignedInfo>');
const hashes = ['sha256', 'sha384', 'sha512'] as const;

/** A value that the key makes of any block whatever. */
const valueOf = (block: Uint8Array): Uint8Array =>
  privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);

function blockOf(info: Uint8Array, padding: number): Buffer {
  const block = Buffer.alloc(256);
  block[1] = 1;
  block.fill(0xff, 2, 2 + padding);
  block.set(info, 3 + padding);
  return block;
}

test.each(hashes)('%s: the value is the one that node:crypto makes, and both accept it', (hash) => {
  const value = signPkcs1(hash, privateKey, data);
  expect(Buffer.from(value)).toEqual(sign(hash, data, privateKey));
  expect(verifyPkcs1(hash, publicKey, data, value)).toBe(true);
  expect(verifyPkcs1(hash, publicKey, Buffer.concat([data, Buffer.from(' ')]), value)).toBe(false);
  for (const other of hashes.filter((one) => one !== hash))
    expect(verifyPkcs1(other, publicKey, data, value)).toBe(false);
});

test('a hash made elsewhere gives the same DigestInfo as the data', () => {
  for (const hash of hashes) {
    const value = createHash(hash).update(data).digest();
    expect(digestInfoOf(hash, data)).toEqual(digestInfo(hash, value));
  }
});

test('every byte of the block counts: no shorter padding, no bytes after the hash, no other padding', () => {
  const info = digestInfoOf('sha256', data);
  const right = blockOf(info, 256 - 3 - info.length);
  expect(verifyPkcs1('sha256', publicKey, data, valueOf(right))).toBe(true);
  const withoutParameters = Buffer.from(info);
  withoutParameters.set([0x04, 0x00], 15);
  const wrong = [
    blockOf(info, 8),
    blockOf(Buffer.concat([info, randomBytes(100)]), 256 - 3 - info.length - 100),
    blockOf(withoutParameters, 256 - 3 - info.length),
    ...[1, 2, 100, 203, 210].map((at) => {
      const block = Buffer.from(right);
      block[at]! ^= 1;
      return block;
    }),
  ];
  for (const block of wrong) {
    const value = valueOf(block);
    expect(verifyPkcs1('sha256', publicKey, data, value)).toBe(false);
    expect(verify('sha256', data, publicKey, value)).toBe(false);
  }
});

test('what is no value of the key is refused and not thrown', () => {
  const value = signPkcs1('sha256', privateKey, data);
  const values = [
    Buffer.alloc(0),
    value.subarray(1),
    Buffer.concat([Buffer.alloc(1), value]),
    Buffer.alloc(256, 0xff),
    Buffer.alloc(256),
    Buffer.alloc(100_000, 1),
  ];
  for (const one of values) expect(verifyPkcs1('sha256', publicKey, data, one)).toBe(false);
});

test('a small key has no room for a large hash, and a key of another kind has none at all', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 512 });
  expect(verifyPkcs1('sha512', small.publicKey, data, Buffer.alloc(64, 1))).toBe(false);
  const curve = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  expect(verifyPkcs1('sha256', curve.publicKey, data, Buffer.alloc(64, 1))).toBe(false);
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
  expect(verifyPkcs1('sha256', pss.publicKey, data, Buffer.alloc(256, 1))).toBe(false);
  expect(() => signPkcs1('sha256', pss.privateKey, data)).toThrow();
});
