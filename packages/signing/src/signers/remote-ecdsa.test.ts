import { sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { claim, identityOf, now } from '../../test/documents.ts';
import { complete, cscService, prepare, remoteSigner, sign, verify } from '../index.ts';
import type { SignatureAlgorithm } from '../index.ts';
import { rawEcdsaValue } from './ecdsa-value.ts';

const profile = 'bhxh-xml-ecdsa';
const keys = [
  ['p-256', 'ecdsa-sha256', '1.2.840.10045.4.3.2', '2.16.840.1.101.3.4.2.1'],
  ['p-384', 'ecdsa-sha384', '1.2.840.10045.4.3.3', '2.16.840.1.101.3.4.2.2'],
] as const;
const encodings = ['der', 'ieee-p1363'] as const;

/** What a service makes of a hash; it is told beforehand of what, since node:crypto hashes by itself. */
async function serviceOf(
  keyKind: (typeof keys)[number][0],
  algorithm: SignatureAlgorithm,
  encoding: (typeof encodings)[number],
  oids: readonly string[] | undefined,
  spoil: (value: Buffer) => Buffer = (value) => value,
) {
  const { identity, authority } = identityOf({ keyKind });
  const job = await prepare(claim, identity.certificate, { profile, algorithm, now });
  const sent: Record<string, unknown>[] = [];
  const answer = (path: string, body: Record<string, unknown>): unknown => {
    if (path.endsWith('/info'))
      return {
        cert: { certificates: [identity.certificate.raw.toString('base64')] },
        key: oids === undefined ? {} : { algo: oids },
      };
    if (path.endsWith('/authorize')) return { SAD: 'sad-1' };
    sent.push(body);
    expect(body['hash']).toEqual([Buffer.from(job.hash, 'hex').toString('base64')]);
    const value = signBytes(algorithm.replace('ecdsa-', ''), Buffer.from(job.toSign, 'base64'), {
      key: identity.key,
      dsaEncoding: encoding,
    });
    return { signatures: [spoil(value).toString('base64')] };
  };
  const service = cscService({
    name: 'csc',
    url: 'https://csc.example/csc/v1',
    credentialId: 'credential-1',
    fetch: async (url, init) =>
      Response.json(answer(String(url), JSON.parse(String(init?.body)) as Record<string, unknown>) as object),
    token: async () => 'token-1',
    authorization: async () => ({ PIN: '24681357' }),
  });
  const trust = { anchors: [authority.certificate] };
  const verdict = async (signed: Uint8Array) => (await verify(signed, { profile, trust, now })).verdict;
  return { service, sent, job, verdict };
}

describe.each(keys)('a remote key on %s', (keyKind, algorithm, signAlgo, hashAlgo) => {
  test.each(encodings)('signs, its values given as %s', async (encoding) => {
    const { service, sent, verdict } = await serviceOf(keyKind, algorithm, encoding, [signAlgo]);
    const signer = await remoteSigner({ service });
    expect(signer.algorithms).toEqual([algorithm]);
    const signed = await sign(claim, signer, { profile, algorithm, now });
    expect(await verdict(signed)).toBe('valid');
    expect(sent).toEqual([expect.objectContaining({ signAlgo, hashAlgo })]);
  });

  test('signs in two phases, and by a service that says nothing of its algorithms', async () => {
    const { service, job, verdict } = await serviceOf(keyKind, algorithm, 'der', undefined);
    const signer = await remoteSigner({ service });
    const value = await signer.signHash!(Buffer.from(job.hash, 'hex'), algorithm);
    expect(await verdict(await complete(job, value))).toBe('valid');
  });

  test('a service whose value is wrong makes no document', async () => {
    const { service } = await serviceOf(keyKind, algorithm, 'der', ['1.2.840.10045.2.1'], (value) => {
      value[value.length - 1]! ^= 1;
      return value;
    });
    await expect(
      sign(claim, await remoteSigner({ service }), { profile, algorithm, now }),
    ).rejects.toMatchObject({ code: 'ERR_SIGNATURE_WRONG' });
  });
});

test('an RSA list does not make an EC key sign', async () => {
  const { service } = await serviceOf('p-256', 'ecdsa-sha256', 'der', ['1.2.840.113549.1.1.1']);
  await expect(sign(claim, await remoteSigner({ service }), { profile, now })).rejects.toMatchObject({
    code: 'ERR_ALGORITHM_NOT_AVAILABLE',
  });
});

test('short numbers are filled up, whatever their signs and lengths', () => {
  const { identity } = identityOf({ keyKind: 'p-256' });
  const lengths = new Set<number>();
  for (let round = 0; round < 300; round++) {
    const data = Buffer.from(`document ${round}`);
    const value = signBytes('sha256', data, identity.key);
    lengths.add(value.length);
    const key = { key: identity.certificate.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verifyBytes('sha256', data, key, rawEcdsaValue(value))).toBe(true);
  }
  expect(lengths.size).toBeGreaterThan(1);
});

test.each([
  ['nothing', ''],
  ['no DER', '3045022100'],
  ['three numbers', '3009020101020101020101'],
  ['a negative number', '30060201ff020101'],
  ['numbers too long', `30820096${`0249${'7f'.repeat(73)}`.repeat(2)}`],
  ['bytes after it', '300602010102010100'],
  ['far more than two numbers take', '00'.repeat(4096)],
])('%s: comes back as it is', (_, hex) => {
  const value = Buffer.from(hex, 'hex');
  expect(rawEcdsaValue(value)).toBe(value);
});
