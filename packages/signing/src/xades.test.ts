import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TimeStampFaults } from '../test/authority.ts';
import { issueTimeStamp } from '../test/authority.ts';
import { change, claim, facility, identityOf, now, signer, today } from '../test/documents.ts';
import { startJava } from '../test/peers.ts';
import { issueCertificate } from './certificates/issue-certificate.ts';
import { complete, createDemoAuthority, keyObjectSigner, prepare, sign, verify } from './index.ts';
import type { SigningError, SigningJob, TimeStampSource, VerifyOptions } from './index.ts';
import { signatureAlgorithm, signWithKey } from './signature-algorithms.ts';

const day = 24 * 60 * 60 * 1000;
const days = (count: number): Date => new Date(today.getTime() + count * day);
const stampRoot = createDemoAuthority({ now, name: 'SYNTHETIC time root' });
const stampKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const stampAuthority = (change: object = {}, issuer = stampRoot) => ({
  key: stampKey,
  certificate: issueCertificate(
    {
      subject: [['2.5.4.3', 'SYNTHETIC time']],
      publicKey: stampKey,
      notBefore: days(-300),
      notAfter: days(300),
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'],
      ...change,
    },
    issuer,
  ),
});
const source =
  (faults: Partial<TimeStampFaults> = {}, authority = stampAuthority()): TimeStampSource =>
  async (request) =>
    issueTimeStamp(authority, request, { time: today, ...faults });

const trust = { anchors: [facility.authority.certificate], timeStampAnchors: [stampRoot.certificate] };
const outcome = async (bytes: Uint8Array, options: Partial<VerifyOptions> = {}): Promise<string> => {
  const { verdict, reasons } = await verify(bytes, { profile: 'xades-b', trust, now, ...options });
  return [verdict, ...reasons.map((reason) => reason.code)].join(' ');
};

describe('xades-b', () => {
  let signed: Buffer;
  beforeAll(async () => {
    signed = Buffer.from(await sign(claim, signer, { profile: 'xades-b', now }));
  });

  test('what is signed is accepted, and the claimed time is reported', async () => {
    const result = await verify(signed, { profile: 'xades-b', trust, now });
    expect(result.reasons).toEqual([]);
    expect(result.verdict).toBe('valid');
    expect(result.signedAt).toEqual({ time: today, source: 'claimed' });
    expect(Buffer.from(result.signedBytes!).toString()).toContain('<T_BHTT>100000</T_BHTT>');
  });

  test('a policy is named, signed with the rest, and read back as it was given', async () => {
    const policy = {
      identifier: 'urn:oid:1.2.3?a=1&b=<2>',
      sha256: createHash('sha256').update('rules').digest(),
    };
    const bytes = Buffer.from(await sign(claim, signer, { profile: 'xades-b', policy, now }));
    const result = await verify(bytes, { profile: 'xades-b', trust, now });
    expect([result.verdict, result.policy]).toEqual(['valid', policy]);
    expect((await verify(signed, { profile: 'xades-b', trust, now })).policy).toBeUndefined();
    expect(await outcome(change(bytes, 'urn:oid:1.2.3', 'urn:oid:1.2.4'))).toBe('invalid DIGEST_MISMATCH');
    const doubled = change(
      bytes,
      '<xades:SignaturePolicyIdentifier>',
      '<xades:SignaturePolicyIdentifier/><xades:SignaturePolicyIdentifier>',
    );
    expect(await outcome(doubled)).toBe('invalid OBJECT_CONTENT');
  });

  test('EC keys sign it too', async () => {
    const { signer, authority } = identityOf({ keyKind: 'p-384' });
    const bytes = await sign(claim, signer, { profile: 'xades-b', now });
    expect(await outcome(bytes, { trust: { anchors: [authority.certificate] } })).toBe('valid');
  });

  test('Java verifies both references', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bhxh-xades-'));
    const java = startJava(folder);
    writeFileSync(join(folder, 'x.xml'), signed);
    expect(await java.ask('verify', join(folder, 'x.xml'))).toBe('true');
    java.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['another time', '<xades:SigningTime>2026', '<xades:SigningTime>2025', 'invalid DIGEST_MISMATCH'],
    [
      'white space in a tag, which the canonical form removes',
      '<xades:CertDigest><DigestMethod',
      '<xades:CertDigest ><DigestMethod',
      'valid',
    ],
    ['properties of another signature', 'Target="#CHUKYDONVI-1"', 'Target="#x"', 'invalid OBJECT_CONTENT'],
    [
      'a comment in the properties',
      '<xades:MimeType>',
      '<xades:MimeType><!-- -->',
      'invalid SIGNATURE_COMMENT',
    ],
    ['a second Object', '</Object>', '</Object><Object></Object>', 'invalid OBJECT_NOT_SIGNED'],
    [
      'something beside the properties',
      '<xades:QualifyingProperties',
      '<x/><xades:QualifyingProperties',
      'invalid OBJECT_CONTENT',
    ],
    [
      'an unknown unsigned property',
      '</xades:QualifyingProperties>',
      '<xades:UnsignedProperties/></xades:QualifyingProperties>',
      'invalid OBJECT_CONTENT',
    ],
    [
      'no reference to the properties',
      ' Type="http://uri.etsi.org/01903#SignedProperties"',
      '',
      'invalid REFERENCE_TARGET',
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await outcome(change(signed, before, after))).toBe(expected);
  });

  test('a signature without the properties is refused, and one with them is no bhxh-xml', async () => {
    const plain = await sign(claim, signer, { profile: 'bhxh-xml-pss', now });
    expect(await outcome(plain)).toBe('invalid REFERENCE_MISSING');
    expect(await outcome(signed, { profile: 'bhxh-xml-pss' })).toBe('invalid REFERENCE_TARGET');
  });

  test('the certificate named in the properties must be the one in KeyInfo', async () => {
    const twin = issueCertificate(
      {
        subject: [['2.5.4.3', 'SYNTHETIC twin']],
        publicKey: facility.key,
        notBefore: days(-1),
        notAfter: days(1),
        keyUsage: ['digitalSignature'],
      },
      facility.authority,
    );
    const text = signed
      .toString()
      .replace(facility.certificate.raw.toString('base64'), twin.raw.toString('base64'));
    expect(await outcome(Buffer.from(text))).toBe('invalid SIGNING_CERTIFICATE_MISMATCH');
  });
});

describe('xades-t', () => {
  const code = (attempt: Promise<unknown>) =>
    attempt.then(
      () => undefined,
      (error: SigningError) => `${error.code} ${error.details['part'] ?? ''}`.trim(),
    );

  test('a time stamp proves the time, which then decides about the certificate', async () => {
    // Signed while valid, verified two years after the certificate ended: only the stamp can tell.
    const authority = createDemoAuthority({ now });
    const identity = authority.issue({ mst: '9900000104', name: 'x', notAfter: days(1) });
    const brief = keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'x' });
    const bytes = await sign(claim, brief, { profile: 'xades-t', now, timeStamp: source() });
    const later = {
      now: () => days(200),
      trust: { anchors: [authority.certificate], timeStampAnchors: [stampRoot.certificate] },
    };
    const result = await verify(bytes, { profile: 'xades-t', ...later });
    expect(result.reasons).toEqual([]);
    expect(result.signedAt).toEqual({ time: today, source: 'time-stamp' });
    expect(result.checkedAt).toEqual(today);
    expect(await outcome(bytes, { profile: 'xades-t', ...later, at: 'now' })).toBe(
      'invalid CERTIFICATE_EXPIRED',
    );
    const unstamped = await sign(claim, brief, { profile: 'xades-b', now });
    expect(await outcome(unstamped, later)).toBe('invalid CERTIFICATE_EXPIRED');
  });

  test('a signature without time stamp is no xades-t', async () => {
    expect(
      await outcome(await sign(claim, signer, { profile: 'xades-b', now }), { profile: 'xades-t' }),
    ).toBe('invalid TIME_STAMP_MISSING');
  });

  test.each([
    ['another imprint', { digest: new Uint8Array(32) }, 'ERR_TIME_STAMP TIME_STAMP_IMPRINT'],
    ['another nonce', { nonce: 7n }, 'ERR_TIME_STAMP nonce'],
    [
      'another key',
      { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
      'ERR_TIME_STAMP TIME_STAMP_SIGNATURE',
    ],
    ['another certificate bound', { bound: facility.certificate }, 'ERR_TIME_STAMP TIME_STAMP_SIGNATURE'],
    ['a refusal', { status: 2 }, 'ERR_TIME_STAMP response'],
  ] as const)('an answer with %s is not put into a document', async (_, faults, expected) => {
    expect(await code(sign(claim, signer, { profile: 'xades-t', now, timeStamp: source(faults) }))).toBe(
      expected,
    );
  });

  test('without a source of time stamps nothing is signed', async () => {
    expect(await code(sign(claim, signer, { profile: 'xades-t', now }))).toBe('ERR_TIME_STAMP_SOURCE');
  });

  test.each([
    [
      'an unknown authority',
      stampAuthority({}, createDemoAuthority({ now })),
      {},
      'undetermined TIME_STAMP_UNTRUSTED',
    ],
    [
      'an authority that had expired',
      stampAuthority({ notAfter: days(-1) }),
      {},
      'undetermined TIME_STAMP_UNTRUSTED',
    ],
    ['a time that has not come', stampAuthority(), { time: days(1) }, 'undetermined TIME_STAMP_UNTRUSTED'],
  ] as const)('the stamp of %s proves nothing', async (_, authority, faults, expected) => {
    const bytes = await sign(claim, signer, {
      profile: 'xades-t',
      now,
      timeStamp: source(faults, authority),
    });
    expect(await outcome(bytes, { profile: 'xades-t' })).toBe(expected);
  });

  test('a stamp whose authority has expired since proves nothing any more', async () => {
    const bytes = await sign(claim, signer, {
      profile: 'xades-t',
      now,
      timeStamp: source({}, stampAuthority({ notAfter: days(2) })),
    });
    expect(await outcome(bytes, { profile: 'xades-t' })).toBe('valid');
    expect(await outcome(bytes, { profile: 'xades-t', now: () => days(3) })).toBe(
      'undetermined TIME_STAMP_EXPIRED',
    );
  });

  test('the stamp of another signature is refused', async () => {
    const one = Buffer.from(
      await sign(claim, signer, { profile: 'xades-t', now, timeStamp: source() }),
    ).toString();
    const two = Buffer.from(
      await sign(change(claim, '100000', '100001'), signer, { profile: 'xades-t', now, timeStamp: source() }),
    ).toString();
    const token = /<xades:EncapsulatedTimeStamp>(.*)<\/xades:EncapsulatedTimeStamp>/;
    const mixed = one.replace(token.exec(one)![1]!, token.exec(two)![1]!);
    expect(await outcome(Buffer.from(mixed), { profile: 'xades-t' })).toBe('invalid TIME_STAMP_IMPRINT');
  });

  test('in two phases the stamp is asked for when the value is known', async () => {
    const job = JSON.parse(
      JSON.stringify(await prepare(claim, facility.certificate, { profile: 'xades-t', now })),
    ) as SigningJob;
    const value = signWithKey(
      signatureAlgorithm(job.algorithm),
      facility.key,
      Buffer.from(job.toSign, 'base64'),
    );
    expect(await outcome(await complete(job, value, { timeStamp: source() }), { profile: 'xades-t' })).toBe(
      'valid',
    );
    expect(await code(complete(job, value))).toBe('ERR_TIME_STAMP_SOURCE');
  });

  test('openssl reads our request and we read its stamp', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bhxh-tsa-'));
    const file = (name: string) => join(folder, name);
    const authority = stampAuthority();
    writeFileSync(file('key.pem'), stampKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(file('tsa.pem'), authority.certificate.toString());
    writeFileSync(file('serial'), '01');
    writeFileSync(
      file('tsa.cnf'),
      `[tsa]\ndefault_tsa = t\n[t]\nserial = ${file('serial')}\nsigner_cert = ${file('tsa.pem')}\nsigner_key = ${file('key.pem')}\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\n`,
    );
    const openssl: TimeStampSource = async (request) => {
      writeFileSync(file('request.tsq'), request);
      return execFileSync(
        'openssl',
        ['ts', '-reply', '-config', file('tsa.cnf'), '-queryfile', file('request.tsq')],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      );
    };
    const bytes = await sign(claim, signer, { profile: 'xades-t', now, timeStamp: openssl });
    rmSync(folder, { recursive: true });
    const clock = () => new Date();
    const { signedAt } = await verify(bytes, { profile: 'xades-t', trust, now: clock });
    expect(signedAt?.source).toBe('time-stamp');
    expect(Math.abs(signedAt!.time.getTime() - clock().getTime())).toBeLessThan(60_000);
  });
});
