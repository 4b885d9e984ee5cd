import { beforeAll, expect, test } from 'vitest';
import { issueCrl } from '../test/authority.ts';
import { change, claim, mst, now, today } from '../test/documents.ts';
import {
  createDemoAuthority,
  keepEvidence,
  keyObjectSigner,
  sign,
  verify,
  verifyFromEvidence,
} from './index.ts';
import type { SignatureEvidence } from './index.ts';

const day = 24 * 60 * 60 * 1000;
const days = (count: number): Date => new Date(today.getTime() + count * day);
const authority = createDemoAuthority({ now });
const identity = authority.issue({
  mst,
  name: 'Facility 99001',
  notAfter: days(2),
  change: { crlUrl: 'http://127.0.0.1:1/ca.crl' },
});
const anchors = [authority.certificate];

let signed: Uint8Array;
let stored: SignatureEvidence;

beforeAll(async () => {
  signed = await sign(
    claim,
    keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'x' }),
    { profile: 'bhxh-xml', now },
  );
  const crls = [issueCrl(authority, { thisUpdate: days(-1), nextUpdate: days(1) })];
  const result = await verify(signed, { profile: 'bhxh-xml', trust: { anchors, crls }, now });
  expect(result.verdict).toBe('valid');
  stored = JSON.parse(JSON.stringify(keepEvidence(signed, result))) as SignatureEvidence;
});

const again = (evidence: SignatureEvidence, xml = signed, clock = () => days(900)) =>
  verifyFromEvidence(xml, evidence, { profile: 'bhxh-xml', anchors, now: clock });

test('years later, offline and after the certificate has expired, the verdict is found again', async () => {
  const result = await again(stored);
  expect(result.reasons).toEqual([]);
  expect(result.verdict).toBe('valid');
  const fresh = await verify(signed, { profile: 'bhxh-xml', trust: { anchors }, now: () => days(900) });
  expect(fresh.verdict).toBe('invalid');
});

test('the evidence holds the signer but not the anchor, which is only named', () => {
  expect(stored.certificates).toEqual([identity.certificate.raw.toString('base64')]);
  expect(stored.anchor).toBe(authority.certificate.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(stored.crls).toHaveLength(1);
});

test('without its list the stored verdict is not believed', async () => {
  expect((await again({ ...stored, crls: [], verdict: 'valid' })).verdict).toBe('undetermined');
});

test('an anchor nobody believes any more decides', async () => {
  const result = await verifyFromEvidence(signed, stored, {
    profile: 'bhxh-xml',
    anchors: [createDemoAuthority({ now }).certificate],
    now,
  });
  expect(result.verdict).toBe('undetermined');
});

test('evidence of another document, from the future, or damaged is refused', async () => {
  const code = (attempt: Promise<unknown>) =>
    attempt.then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
  expect(await code(again(stored, change(signed, '100000', '900000')))).toBe('ERR_EVIDENCE_DAMAGED');
  expect(await code(again(stored, signed, () => days(-1)))).toBe('ERR_EVIDENCE_DAMAGED');
  expect(await code(again({ ...stored, crls: ['*'] }))).toBe('ERR_EVIDENCE_DAMAGED');
  expect(await code(again({ ...stored, certificates: ['AAAA'] }))).toBe('ERR_EVIDENCE_DAMAGED');
  expect(await code(again({ ...stored, schema: 'x' as 'bhxh-evidence/1' }))).toBe('ERR_EVIDENCE_DAMAGED');
});

test('where trust was not checked there is nothing to keep', async () => {
  const result = await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now });
  expect(keepEvidence(signed, result)).toBeUndefined();
});
