import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { now, today } from '../../test/documents.ts';
import { createDemoAuthority, createDemoIdentity, demoTaxCode } from '../index.ts';
import { certificateFacts } from './certificate-facts.ts';

test('a demo identity is marked as synthetic and carries its tax code as a typed attribute', () => {
  const { certificate, authority } = createDemoIdentity({ mst: demoTaxCode(7), name: 'Facility 99007', now });
  expect(certificate.subject).toContain('SYNTHETIC');
  expect(authority.certificate.subject).toContain('SYNTHETIC');
  expect(certificate.verify(authority.certificate.publicKey)).toBe(true);
  expect(certificate.checkIssued(authority.certificate)).toBe(true);
  const facts = certificateFacts(certificate);
  expect(facts.ids).toEqual([{ type: 'MST', value: demoTaxCode(7), typed: true }]);
  expect(facts.notBefore < today && today < facts.notAfter).toBe(true);
  expect([...facts.keyUsage!]).toEqual(['digitalSignature', 'nonRepudiation']);
  expect(facts.isAuthority).toBe(false);
  expect(certificateFacts(authority.certificate).isAuthority).toBe(true);
});

test('demo tax codes lie in the reserved range, differ, and have the right check digit', () => {
  const weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];
  const codes = Array.from({ length: 5000 }, (_, n) => demoTaxCode(n));
  expect(new Set(codes).size).toBe(5000);
  for (const code of codes) {
    expect(code).toMatch(/^99\d{8}$/);
    const sum = weights.reduce((total, weight, at) => total + weight * Number(code[at]), 0);
    expect(10 - (sum % 11)).toBe(Number(code[9]));
  }
  expect(() => demoTaxCode(-1)).toThrow(RangeError);
  expect(() => demoTaxCode(1_000_000)).toThrow(RangeError);
});

test('a tax code outside the reserved range gets no certificate', () => {
  const authority = createDemoAuthority({ now });
  expect(() => authority.issue({ mst: '0100000000', name: 'x' })).toThrow(RangeError);
});

test('several identifiers in any order are read from the DER, prefixes missing or not', () => {
  const uid = '0.9.2342.19200300.100.1.1';
  const { certificate } = createDemoIdentity({
    mst: demoTaxCode(1),
    name: 'x',
    now,
    change: {
      subject: [
        [uid, 'CCCD:099000000001'],
        ['2.5.4.3', 'MST:9900000999, UID=MST:9900000998'],
        [uid, 'MST:9900000104-001'],
        [uid, '9900000104'],
      ],
    },
  });
  expect(certificateFacts(certificate).ids).toEqual([
    { type: 'CCCD', value: '099000000001', typed: true },
    { type: 'MST', value: '9900000104-001', typed: true },
    { type: 'MST', value: '9900000104', typed: false },
  ]);
});

test('every kind of demo key works, and the PEM is what node reads', () => {
  const authority = createDemoAuthority({ now, keyKind: 'p-384' });
  for (const keyKind of ['rsa-2048', 'rsa-3072', 'p-256', 'p-384'] as const) {
    const { certificatePem, key } = authority.issue({ mst: demoTaxCode(2), name: keyKind, keyKind });
    expect(new X509Certificate(certificatePem).checkPrivateKey(key)).toBe(true);
  }
});
