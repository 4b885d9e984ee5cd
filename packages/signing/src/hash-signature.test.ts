import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { identityOf, signer } from '../test/documents.ts';
import { signatureAlgorithm, verifyWithKey } from './signature-algorithms.ts';
import type { SignatureAlgorithm } from './types.ts';

const data = Buffer.from('một hồ sơ');

describe('a hash that was made elsewhere', () => {
  const algorithms: readonly SignatureAlgorithm[] = [
    'rsa-sha256',
    'rsa-sha384',
    'rsa-sha512',
    'rsa-pss-sha256',
    'rsa-pss-sha384',
    'rsa-pss-sha512',
  ];
  const large = identityOf({ keyKind: 'rsa-3072' });
  test.each(algorithms)('signed with %s verifies over the data, under both key sizes', async (name) => {
    const entry = signatureAlgorithm(name);
    const hash = createHash(entry.hash).update(data).digest();
    for (const one of [signer, large.signer]) {
      const value = await one.signHash!(hash, name);
      expect(verifyWithKey(entry, one.certificate.publicKey, data, value)).toBe(true);
      expect(verifyWithKey(entry, one.certificate.publicKey, Buffer.from('khác'), value)).toBe(false);
    }
  });

  test('of the wrong length is refused, and so is an algorithm of another kind of key', async () => {
    await expect(signer.signHash!(Buffer.alloc(20), 'rsa-sha256')).rejects.toThrow(
      'ERR_ALGORITHM_NOT_AVAILABLE',
    );
    await expect(signer.signHash!(Buffer.alloc(32), 'ecdsa-sha256')).rejects.toThrow(
      'ERR_ALGORITHM_NOT_AVAILABLE',
    );
  });

  test('cannot be signed by an EC key held in a file, whose library hashes by itself', () => {
    expect(identityOf({ keyKind: 'p-256' }).signer.signHash).toBeUndefined();
  });
});
