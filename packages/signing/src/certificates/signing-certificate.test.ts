import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueCrl, issueOcspResponse } from '../../test/authority.ts';
import { claim, mst, now, today } from '../../test/documents.ts';
import { createDemoAuthority, keyObjectSigner, prepare, sign, signMany } from '../index.ts';
import type { DemoSubject, Signer, SigningError, StatusCheck, TrustStore } from '../index.ts';
import { checkChain } from './chain.ts';
import { octetString } from './der.ts';
import { issueCertificate } from './issue-certificate.ts';

const day = 24 * 60 * 60 * 1000;
const days = (count: number): Date => new Date(today.getTime() + count * day);
const authority = createDemoAuthority({ now });
const stranger = createDemoAuthority({ now });
const anchors = [authority.certificate];

/** A signer that tells whether its key was used. */
function watched(subject: Partial<DemoSubject> = {}, issuer = authority): Signer & { used: number } {
  const identity = issuer.issue({ mst, name: 'Facility 99001', ...subject });
  const signer = keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'test' });
  const watcher = {
    ...signer,
    used: 0,
    sign: (data: Uint8Array, algorithm: Parameters<Signer['sign']>[1]) => {
      watcher.used++;
      return signer.sign(data, algorithm);
    },
  };
  return watcher;
}

const named = { change: { crlUrl: 'http://127.0.0.1:1/ca.crl', ocspUrl: 'http://127.0.0.1:1/ocsp' } };
const list = (signer: Signer, revoked: boolean): Uint8Array =>
  issueCrl(authority, {
    thisUpdate: days(-1),
    nextUpdate: days(1),
    revoked: revoked ? [[signer.certificate, days(-2)]] : [],
  });

const failure = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'none',
    ({ code, details }: SigningError) => [code, details['reason']].filter(Boolean).join(' '),
  );

const attempt = (signer: Signer, status?: StatusCheck): Promise<Uint8Array> =>
  sign(claim, signer, { profile: 'bhxh-xml', now, ...(status && { status }) });

test.each([
  ['revoked by its list', (signer: Signer): Partial<TrustStore> => ({ crls: [list(signer, true)] })],
  [
    'revoked by its responder',
    (signer: Signer): Partial<TrustStore> => ({
      ocspResponses: [
        issueOcspResponse(authority, {
          certificate: signer.certificate,
          status: { revokedAt: days(-1) },
          thisUpdate: days(-0.1),
        }),
      ],
    }),
  ],
])('a certificate %s does not sign, and its key is not used', async (_, knowledge) => {
  const signer = watched(named);
  const status = { trust: { anchors, ...knowledge(signer) } };
  expect(await failure(attempt(signer, status))).toBe('ERR_CERTIFICATE_REVOKED');
  expect(await failure(prepare(claim, signer.certificate, { profile: 'bhxh-xml', now, status }))).toBe(
    'ERR_CERTIFICATE_REVOKED',
  );
  expect(signer.used).toBe(0);
});

test('a status that nobody knows is a refusal, or a warning where the caller takes one', async () => {
  const signer = watched(named);
  const warnings: string[] = [];
  const status = { trust: { anchors } };
  expect(await failure(attempt(signer, status))).toBe('ERR_CERTIFICATE_STATUS_UNKNOWN REVOCATION_UNKNOWN');
  expect(signer.used).toBe(0);
  await attempt(signer, { ...status, onUnknown: (reasons) => warnings.push(...reasons) });
  expect(warnings).toEqual(['REVOCATION_UNKNOWN']);
  await attempt(signer, { trust: { anchors, crls: [list(signer, false)] } });
  expect(signer.used).toBe(2);
});

test('a certificate of an authority nobody knows is told apart from a good one', async () => {
  expect(await failure(attempt(watched({}, stranger), { trust: { anchors } }))).toBe(
    'ERR_CERTIFICATE_STATUS_UNKNOWN CERTIFICATE_ISSUER_UNKNOWN',
  );
  expect(await failure(attempt(watched(), { trust: { anchors } }))).toBe('none');
});

test('a batch asks for the status once and stops before the first document of a revoked certificate', async () => {
  const asked: string[] = [];
  const trust = (signer: Signer, revoked: boolean): TrustStore => ({
    anchors,
    fetch: async ({ url }) => {
      asked.push(url);
      if (url.endsWith('/ocsp')) throw new Error('closed');
      return list(signer, revoked);
    },
  });
  const documents = Array.from({ length: 5 }, (_, at) => ({ id: String(at), xml: claim }));
  const good = watched(named);
  const done: string[] = [];
  const options = { profile: 'bhxh-xml', now } as const;
  for await (const { id } of signMany(documents, good, { ...options, status: { trust: trust(good, false) } }))
    done.push(id);
  expect(done).toHaveLength(5);
  expect(asked).toHaveLength(2);
  const revoked = watched(named);
  const batch = signMany(documents, revoked, { ...options, status: { trust: trust(revoked, true) } });
  expect(await failure(batch.next())).toBe('ERR_CERTIFICATE_REVOKED');
  expect(revoked.used).toBe(0);
});

test('what verify refuses of a signer is not signed with', async () => {
  const timeOnly = ['1.3.6.1.5.5.7.3.8'];
  const unknown = [{ oid: '1.2.3.4', critical: true, value: octetString(new Uint8Array(1)) }];
  const cases: readonly (readonly [Partial<DemoSubject>, refusal: string, reason: string])[] = [
    [{ notAfter: days(-0.5) }, 'ERR_CERTIFICATE_EXPIRED', 'CERTIFICATE_EXPIRED'],
    [{ notBefore: days(1) }, 'ERR_CERTIFICATE_NOT_YET_VALID', 'CERTIFICATE_NOT_YET_VALID'],
    [
      { change: { keyUsage: ['keyEncipherment'] } },
      'ERR_CERTIFICATE_NOT_FOR_SIGNING',
      'CERTIFICATE_KEY_USAGE',
    ],
    [{ change: { extendedKeyUsage: timeOnly } }, 'ERR_CERTIFICATE_NOT_FOR_SIGNING', 'CERTIFICATE_KEY_USAGE'],
    [
      { change: { extensions: unknown } },
      'ERR_CERTIFICATE_REFUSED CHAIN_EXTENSION_UNKNOWN',
      'CHAIN_EXTENSION_UNKNOWN',
    ],
  ];
  for (const [subject, refusal, reason] of cases) {
    const signer = watched(subject);
    expect(await failure(attempt(signer))).toBe(refusal);
    const { certificate } = signer;
    const report = await checkChain({ certificate, others: [], trust: { anchors }, at: today });
    expect(report.reasons.map(({ code }) => code)).toEqual([reason]);
  }
});

test('a certificate signed with SHA-1 is refused by signing and by verifying', async () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const certificate = issueCertificate(
    { subject: [['2.5.4.3', 'SYNTHETIC']], publicKey: key, notBefore: days(-1), notAfter: days(1) },
    authority,
    'sha1',
  );
  const signer = keyObjectSigner({ key, certificate, label: 'x' });
  expect(await failure(attempt(signer))).toBe('ERR_CERTIFICATE_REFUSED CHAIN_ALGORITHM_WEAK');
  const report = await checkChain({ certificate, others: [], trust: { anchors }, at: today });
  expect(report.reasons.map(({ code }) => code)).toEqual(['CHAIN_ALGORITHM_WEAK']);
});
