import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { change, claim, facility, mst, now, signer, today } from '../test/documents.ts';
import { explainSignature, sign } from './index.ts';

let signed: Buffer;
beforeAll(async () => {
  signed = Buffer.from(await sign(claim, signer, { profile: 'xades-b', now }));
});

test('a good signature is taken apart completely', () => {
  const explained = explainSignature(signed, { profile: 'xades-b' });
  expect(explained.refusal).toBeUndefined();
  expect(explained).toMatchObject({
    profile: 'xades-b',
    path: '/GIAMDINHHS/CHUKYDONVI/Signature',
    algorithm: 'rsa-pss-sha256',
    canonicalization: 'inclusive',
    claimedTime: today,
  });
  expect(
    explained.references.map(({ kind, uri, isEnveloped, isRight }) => ({ kind, uri, isEnveloped, isRight })),
  ).toEqual([
    { kind: 'document', uri: '', isEnveloped: true, isRight: true },
    { kind: 'signed-properties', uri: '#Properties-CHUKYDONVI-1', isEnveloped: false, isRight: true },
  ]);
  for (const reference of explained.references) {
    expect(createHash(reference.hash).update(reference.bytes).digest('hex')).toBe(reference.expected);
  }
  expect(signed.subarray(explained.range!.start, explained.range!.end).toString()).toMatch(
    /^<Signature .*<\/Signature>$/s,
  );
  expect(Buffer.from(explained.signedInfo!).toString()).toMatch(
    /^<SignedInfo xmlns="[^"]*" xmlns:xsd="[^"]*" xmlns:xsi="[^"]*">/,
  );
  expect(explained.certificates.map(({ ids, fitsValue }) => ({ ids, fitsValue }))).toEqual([
    { ids: [{ type: 'MST', value: mst, typed: true }], fitsValue: true },
  ]);
});

test('for an altered document it shows which digest differs, and that the value still fits', () => {
  const explained = explainSignature(change(signed, '100000', '900000'), { profile: 'xades-b' });
  expect(explained.references.map((reference) => reference.isRight)).toEqual([false, true]);
  expect(explained.references[0]!.actual).not.toBe(explained.references[0]!.expected);
  expect(explained.certificates[0]!.fitsValue).toBe(true);
  expect(Buffer.from(explained.references[0]!.bytes).toString()).toContain('900000');
});

test('where reading stops, the reason is named', () => {
  expect(explainSignature(claim, { profile: 'bhxh-xml' }).refusal?.code).toBe('SIGNATURE_MISSING');
  expect(explainSignature(Buffer.from('<a'), { profile: 'bhxh-xml' }).refusal?.step).toBe('document');
  expect(explainSignature(signed, { profile: 'bhxh-xml' }).refusal?.code).toBe(
    'SIGNATURE_ALGORITHM_FORBIDDEN',
  );
});

test('a certificate that did not sign is shown as such', () => {
  const text = signed
    .toString()
    .replace(
      facility.certificate.raw.toString('base64'),
      facility.authority.certificate.raw.toString('base64'),
    );
  expect(explainSignature(Buffer.from(text), { profile: 'xades-b' }).certificates[0]!.fitsValue).toBe(false);
});
