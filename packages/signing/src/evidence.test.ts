import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueCrl, issueTimeStamp } from '../test/authority.ts';
import { change, claim, mst, now, today } from '../test/documents.ts';
import {
  createDemoAuthority,
  keepEvidence,
  keyObjectSigner,
  openEvidenceStore,
  sign,
  verify,
  verifyFromEvidence,
} from './index.ts';
import { issueCertificate } from './certificates/issue-certificate.ts';
import type { SignatureEvidence, SigningError } from './index.ts';

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

test('a time stamp is kept too, and proves the time after its authority has expired', async () => {
  const root = createDemoAuthority({ now, name: 'SYNTHETIC time root' });
  const request = {
    subject: [['2.5.4.3', 'SYNTHETIC time']] as const,
    publicKey: identity.key,
    notBefore: days(-9),
    notAfter: days(3),
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'],
  };
  const stamps = { key: identity.key, certificate: issueCertificate(request, root) };
  const bytes = await sign(
    claim,
    keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'x' }),
    {
      profile: 'xades-t',
      now,
      timeStamp: async (asked) => issueTimeStamp(stamps, asked, { time: today }),
    },
  );
  const crls = [issueCrl(authority, { thisUpdate: days(-1), nextUpdate: days(1) })];
  const timeStampAnchors = [root.certificate];
  const trust = { anchors, timeStampAnchors, crls };
  const first = await verify(bytes, { profile: 'xades-t', trust, now: () => days(0.5) });
  const kept = JSON.parse(JSON.stringify(keepEvidence(bytes, first))) as SignatureEvidence;
  expect(kept.timeStamps).toHaveLength(1);
  expect([kept.checkedAt, kept.verifiedAt]).toEqual([
    new Date(Math.floor(today.getTime() / 1000) * 1000).toISOString(),
    days(0.5).toISOString(),
  ]);
  const later = { profile: 'xades-t', anchors, timeStampAnchors, now: () => days(900) } as const;
  expect((await verifyFromEvidence(bytes, kept, later)).verdict).toBe('valid');
  const ahead = { ...kept, verifiedAt: days(901).toISOString() };
  await expect(verifyFromEvidence(bytes, ahead, later)).rejects.toMatchObject({
    code: 'ERR_EVIDENCE_DAMAGED',
  });
});

describe('the store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-evidence-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const store = openEvidenceStore(folder, { now: () => days(4000) });
  const failure = (attempt: () => unknown): string => {
    try {
      attempt();
      return 'none';
    } catch (error) {
      return (error as SigningError).code;
    }
  };

  test('keeps evidence that verifies again when it is read', async () => {
    const id = store.keep(stored);
    expect(store.keep(stored)).toBe(id);
    expect(store.ids()).toEqual([id]);
    expect((await again(store.read(id))).verdict).toBe('valid');
  });

  test('tells altered evidence, unknown ids and paths apart from its own', () => {
    const id = store.keep({ ...stored, verdict: 'undetermined' });
    const path = join(folder, `${id}.json`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('undetermined', 'valid'));
    expect(failure(() => store.read(id))).toBe('ERR_EVIDENCE_DAMAGED');
    expect(failure(() => store.read('0'.repeat(64)))).toBe('ERR_EVIDENCE_DAMAGED');
    expect(failure(() => store.destroy('../secret'))).toBe('ERR_EVIDENCE_DAMAGED');
    rmSync(path);
  });

  test('destroys what is past its time, and keeps no more than the note that it did', () => {
    const fresh = store.keep({ ...stored, verifiedAt: days(300).toISOString() });
    const [old] = store.ids().filter((id) => id !== fresh);
    expect(store.destroyBefore(days(200)).map(({ id }) => id)).toEqual([old]);
    expect(store.ids()).toEqual([fresh]);
    expect(existsSync(join(folder, `${old}.json`))).toBe(false);
    const note = readFileSync(join(folder, 'destroyed.jsonl'), 'utf8');
    expect(JSON.parse(note)).toEqual({
      id: old,
      documentSha256: stored.documentSha256,
      verifiedAt: stored.verifiedAt,
      destroyedAt: days(4000).toISOString(),
    });
    expect(note).not.toContain(stored.certificates[0]);
    expect(failure(() => store.read(old!))).toBe('ERR_EVIDENCE_DAMAGED');
  });
});
