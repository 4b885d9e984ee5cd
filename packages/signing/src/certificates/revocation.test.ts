import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueCrl, issueOcspResponse, nonceOf } from '../../test/authority.ts';
import type { CrlContent, OcspContent } from '../../test/authority.ts';
import { claim, mst, now, today } from '../../test/documents.ts';
import { createDemoAuthority, keyObjectSigner, sign, verify } from '../index.ts';
import type { RevocationFetcher, TrustStore, VerifyResult } from '../index.ts';
import { boolean, contextTag, der, octetString, oid, sequence, utf8String, setOf, integer } from './der.ts';
import { issueCertificate } from './issue-certificate.ts';
import { generateKeyPairSync } from 'node:crypto';

const day = 24 * 60 * 60 * 1000;
const days = (count: number): Date => new Date(today.getTime() + count * day);

const authority = createDemoAuthority({ now });
const stranger = createDemoAuthority({ now });
const identity = authority.issue({
  mst,
  name: 'Facility 99001',
  change: { crlUrl: 'http://127.0.0.1:1/ca.crl', ocspUrl: 'http://127.0.0.1:1/ocsp' },
});
const other = authority.issue({ mst, name: 'Facility 99002' });

let signed: Uint8Array;
beforeAll(async () => {
  const signer = keyObjectSigner({ key: identity.key, certificate: identity.certificate, label: 'test' });
  signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
});

const check = (trust: Partial<TrustStore>, at?: Date): Promise<VerifyResult> =>
  verify(signed, {
    profile: 'bhxh-xml',
    trust: { anchors: [authority.certificate], ...trust },
    now,
    ...(at && { at }),
  });

const outcome = async (result: Promise<VerifyResult>): Promise<string> => {
  const { verdict, reasons } = await result;
  return [verdict, ...reasons.map((reason) => reason.code)].join(' ');
};

const crl = (content: Partial<CrlContent>): Uint8Array =>
  issueCrl(authority, { thisUpdate: days(-1), nextUpdate: days(1), ...content });
const ocsp = (content: Partial<OcspContent>): Uint8Array =>
  issueOcspResponse(authority, {
    certificate: identity.certificate,
    status: 'good',
    thisUpdate: days(-0.1),
    nextUpdate: days(1),
    ...content,
  });

test('a certificate that names where to ask is undetermined while nobody answers', async () => {
  expect(await outcome(check({}))).toBe('undetermined REVOCATION_UNKNOWN');
});

describe('revocation lists', () => {
  const unrelated = sequence(
    oid('2.5.29.28'),
    boolean(true),
    octetString(sequence(der(contextTag(4, false), Uint8Array.of(0xff)))),
  );
  const unknownCritical = sequence(oid('1.2.3.4'), boolean(true), octetString(sequence()));
  const number = sequence(oid('2.5.29.20'), octetString(integer(7)));
  const delta = sequence(oid('2.5.29.27'), boolean(true), octetString(integer(1)));
  const userOnly = sequence(
    oid('2.5.29.28'),
    boolean(true),
    octetString(sequence(der(contextTag(1, false), Uint8Array.of(0xff)))),
  );
  const authoritiesOnly = sequence(
    oid('2.5.29.28'),
    boolean(true),
    octetString(sequence(der(contextTag(2, false), Uint8Array.of(0xff)))),
  );
  const cases: readonly (readonly [name: string, list: () => Uint8Array, expected: string])[] = [
    ['an empty list', () => crl({}), 'valid'],
    ['a list of others', () => crl({ revoked: [[other.certificate, days(-2)]] }), 'valid'],
    [
      'a list with this certificate',
      () =>
        crl({
          revoked: [
            [other.certificate, days(-2)],
            [identity.certificate, days(-1)],
          ],
        }),
      'invalid CERTIFICATE_REVOKED',
    ],
    ['a revocation that begins tomorrow', () => crl({ revoked: [[identity.certificate, days(1)]] }), 'valid'],
    [
      'a list that ended yesterday',
      () => crl({ thisUpdate: days(-3), nextUpdate: days(-1) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'a list without end',
      () => issueCrl(authority, { thisUpdate: days(-1) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    ['a list signed by another key', () => crl({ key: stranger.key }), 'undetermined REVOCATION_UNKNOWN'],
    [
      'a list of another authority',
      () => issueCrl(stranger, { thisUpdate: days(-1), nextUpdate: days(1) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    ['a list with its number', () => crl({ extensions: [number] }), 'valid'],
    ['a delta list', () => crl({ extensions: [delta] }), 'undetermined REVOCATION_UNKNOWN'],
    ['an indirect list', () => crl({ extensions: [unrelated] }), 'undetermined REVOCATION_UNKNOWN'],
    ['a list of subscribers', () => crl({ extensions: [userOnly] }), 'valid'],
    [
      'a list of authorities',
      () => crl({ extensions: [authoritiesOnly] }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'a list with an unknown critical extension',
      () => crl({ extensions: [unknownCritical] }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    ['bytes that are no list', () => Buffer.from('3003020101', 'hex'), 'undetermined REVOCATION_UNKNOWN'],
  ];
  test.each(cases)('%s', async (_, list, expected) => {
    expect(await outcome(check({ crls: [list()] }))).toBe(expected);
  });

  test('what was signed before a revocation stays valid at that moment', async () => {
    const list = crl({ revoked: [[identity.certificate, days(-0.5)]] });
    expect(await outcome(check({ crls: [list] }, days(-0.6)))).toBe('valid');
    expect(await outcome(check({ crls: [list] }, days(-0.4)))).toBe('invalid CERTIFICATE_REVOKED');
  });

  test('a list of a hundred thousand entries is searched in bounded time', async () => {
    const entry = sequence(integer(1n << 60n), Buffer.from('170d3236303130313030303030305a', 'hex'));
    const started = performance.now();
    const body = Buffer.concat(Array.from({ length: 100_000 }, () => entry));
    const { findRevocation } = await import('./revocation.ts');
    const fake = sequence(sequence(integer(1), sequence(), sequence(), sequence(body)));
    await findRevocation(identity.certificate, authority.certificate, today, { crls: [fake] });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('OCSP responses', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const delegateOf = (usages: readonly string[], issuer = authority, notAfter = days(30)) => ({
    key: privateKey,
    certificate: issueCertificate(
      {
        subject: [['2.5.4.3', 'SYNTHETIC responder']],
        publicKey: privateKey,
        notBefore: days(-30),
        notAfter,
        extendedKeyUsage: usages,
      },
      issuer,
    ),
  });
  const answering = '1.3.6.1.5.5.7.3.9';
  const cases: readonly (readonly [name: string, response: () => Uint8Array, expected: string])[] = [
    ['good', () => ocsp({}), 'valid'],
    ['revoked', () => ocsp({ status: { revokedAt: days(-1) } }), 'invalid CERTIFICATE_REVOKED'],
    ['unknown', () => ocsp({ status: 'unknown' }), 'undetermined REVOCATION_UNKNOWN'],
    [
      'good, about another certificate',
      () => ocsp({ certificate: other.certificate }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'good, but old',
      () => ocsp({ thisUpdate: days(-9), nextUpdate: days(-8) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'good, two days old and without an end',
      () =>
        issueOcspResponse(authority, {
          certificate: identity.certificate,
          status: 'good',
          thisUpdate: days(-2),
        }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'good, an hour old and without an end',
      () =>
        issueOcspResponse(authority, {
          certificate: identity.certificate,
          status: 'good',
          thisUpdate: days(-1 / 24),
        }),
      'valid',
    ],
    [
      'good, signed by another authority',
      () =>
        issueOcspResponse(
          { certificate: authority.certificate, key: stranger.key },
          { certificate: identity.certificate, status: 'good', thisUpdate: days(-0.1) },
        ),
      'undetermined REVOCATION_UNKNOWN',
    ],
    ['good, by a delegate', () => ocsp({ delegate: delegateOf([answering]) }), 'valid'],
    [
      'good, by a subscriber who is no delegate',
      () => ocsp({ delegate: delegateOf(['1.3.6.1.5.5.7.3.2']) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'good, by the delegate of another authority',
      () => ocsp({ delegate: delegateOf([answering], stranger) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    [
      'good, by a delegate whose time is over',
      () => ocsp({ delegate: delegateOf([answering], authority, days(-1)) }),
      'undetermined REVOCATION_UNKNOWN',
    ],
    ['a refusal to answer', () => Buffer.from('30030a0106', 'hex'), 'undetermined REVOCATION_UNKNOWN'],
  ];
  test.each(cases)('%s', async (_, response, expected) => {
    expect(await outcome(check({ ocspResponses: [response()] }))).toBe(expected);
  });

  test('a revocation is believed over a list that does not have it yet', async () => {
    expect(
      await outcome(check({ crls: [crl({})], ocspResponses: [ocsp({ status: { revokedAt: days(-1) } })] })),
    ).toBe('invalid CERTIFICATE_REVOKED');
  });
});

describe('asking', () => {
  let url: string;
  let answer: (path: string, body: Uint8Array) => Uint8Array | undefined;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(request.url!);
      const bytes = answer(request.url!, Buffer.concat(chunks));
      response.writeHead(bytes === undefined ? 503 : 200).end(bytes);
    });
  });
  let own: typeof identity;
  let document: Uint8Array;
  const fetcher: RevocationFetcher = async ({ url, method, body, contentType, signal }) => {
    const response = await fetch(url, {
      method,
      signal,
      redirect: 'error',
      ...(body && { body }),
      ...(contentType && { headers: { 'content-type': contentType } }),
    });
    if (!response.ok) throw new Error('no answer');
    return new Uint8Array(await response.arrayBuffer());
  };
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    own = authority.issue({
      mst,
      name: 'Facility 99003',
      change: { crlUrl: `${url}/ca.crl`, ocspUrl: `${url}/ocsp` },
    });
    const signer = keyObjectSigner({ key: own.key, certificate: own.certificate, label: 'test' });
    document = await sign(claim, signer, { profile: 'bhxh-xml', now });
  });
  afterAll(() => server.close());
  const ask = (trust: Partial<TrustStore> = {}) =>
    verify(document, {
      profile: 'bhxh-xml',
      trust: { anchors: [authority.certificate], fetch: fetcher, ...trust },
      now,
    });

  test('the responder is asked first, with a nonce, and its answer is kept as evidence', async () => {
    asked.length = 0;
    answer = (_, body) => ocsp({ certificate: own.certificate, nonce: nonceOf(body)! });
    const result = await ask();
    expect(result.verdict).toBe('valid');
    expect(asked).toEqual(['/ocsp']);
    expect(result.evidence?.ocspResponses).toHaveLength(1);
    expect(result.evidence?.certificates.map((one) => one.fingerprint256)).toEqual([
      own.certificate.fingerprint256,
      authority.certificate.fingerprint256,
    ]);
    expect(result.steps.find((step) => step.name === 'revocation')?.verdict).toBe('valid');
  });

  test('an answer with the nonce of another question does not count, and the list is asked', async () => {
    asked.length = 0;
    answer = (path) =>
      path === '/ocsp' ? ocsp({ certificate: own.certificate, nonce: new Uint8Array(16) }) : crl({});
    const result = await ask();
    expect(result.verdict).toBe('valid');
    expect(asked).toEqual(['/ocsp', '/ca.crl']);
    expect(result.evidence?.crls).toHaveLength(1);
  });

  test('a revoked certificate is refused by its responder and by its list', async () => {
    answer = (path) =>
      path === '/ocsp' ? ocsp({ certificate: own.certificate, status: { revokedAt: days(-1) } }) : undefined;
    expect(await outcome(ask())).toBe('invalid CERTIFICATE_REVOKED');
    answer = (path) => (path === '/ca.crl' ? crl({ revoked: [[own.certificate, days(-1)]] }) : undefined);
    expect(await outcome(ask())).toBe('invalid CERTIFICATE_REVOKED');
  });

  test('with the network off the verdict is undetermined, never valid', async () => {
    const off: RevocationFetcher = async () => Promise.reject(new Error('off'));
    expect(await outcome(ask({ fetch: off }))).toBe('undetermined REVOCATION_UNKNOWN');
    const silent: RevocationFetcher = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))));
    expect(await outcome(ask({ fetch: silent, timeout: 20 }))).toBe('undetermined REVOCATION_UNKNOWN');
    const flood: RevocationFetcher = async ({ maxBytes }) => new Uint8Array(maxBytes + 1);
    expect(await outcome(ask({ fetch: flood }))).toBe('undetermined REVOCATION_UNKNOWN');
  });

  test('nobody is asked about a signature that is wrong or a certificate that is refused', async () => {
    asked.length = 0;
    answer = () => undefined;
    const altered = Buffer.from(document);
    altered[altered.indexOf('100000')] = 0x39;
    await verify(altered, {
      profile: 'bhxh-xml',
      trust: { anchors: [authority.certificate], fetch: fetcher },
      now,
    });
    await ask({ anchors: [stranger.certificate] });
    expect(asked).toEqual([]);
  });
});

describe('chains', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const dates = { notBefore: days(-100), notAfter: days(100) };
  const intermediate = (change: object, hash: 'sha256' | 'sha1' = 'sha256') => ({
    key,
    certificate: issueCertificate(
      {
        subject: [['2.5.4.3', 'SYNTHETIC intermediate']],
        publicKey: key,
        ...dates,
        authority: { pathLength: 0 },
        keyUsage: ['keyCertSign', 'cRLSign'],
        ...change,
      },
      authority,
      hash,
    ),
  });
  const verdictUnder = async (
    issuer: { key: typeof key; certificate: typeof authority.certificate },
    extra: readonly (typeof authority.certificate)[] = [],
  ) => {
    const leafKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const certificate = issueCertificate(
      {
        subject: [
          ['2.5.4.10', 'SYNTHETIC unit'],
          ['2.5.4.3', 'SYNTHETIC leaf'],
        ],
        publicKey: leafKey,
        ...dates,
        keyUsage: ['digitalSignature'],
      },
      issuer,
    );
    const document = await sign(claim, keyObjectSigner({ key: leafKey, certificate, label: 'x' }), {
      profile: 'bhxh-xml',
      now,
    });
    const trust = { anchors: [authority.certificate], intermediates: [issuer.certificate, ...extra] };
    return outcome(verify(document, { profile: 'bhxh-xml', trust, now }));
  };
  const constraints = (permitted: string) => ({
    extensions: [
      {
        oid: '2.5.29.30',
        critical: true,
        value: sequence(
          der(
            contextTag(0),
            sequence(der(contextTag(4), sequence(setOf(sequence(oid('2.5.4.10'), utf8String(permitted)))))),
          ),
        ),
      },
    ],
  });

  test.each([
    ['a good intermediate', {}, 'valid'],
    [
      'an intermediate that is no authority',
      { authority: undefined, keyUsage: undefined },
      'invalid ISSUER_NOT_AUTHORITY',
    ],
    ['an expired intermediate', { notAfter: days(-1) }, 'invalid CERTIFICATE_EXPIRED'],
    [
      'a weak intermediate key',
      { publicKey: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey },
      'undetermined CERTIFICATE_ISSUER_UNKNOWN',
    ],
    [
      'an unknown critical extension',
      { extensions: [{ oid: '1.2.3.4', critical: true, value: sequence() }] },
      'invalid CHAIN_EXTENSION_UNKNOWN',
    ],
    ['names the intermediate may certify', constraints('SYNTHETIC unit'), 'valid'],
    ['names it may not certify', constraints('SYNTHETIC other'), 'invalid NAME_CONSTRAINT'],
  ] as const)('%s', async (_, change, expected) => {
    const { authority: isAuthority, ...rest } = { authority: { pathLength: 0 }, ...change } as {
      authority?: object;
    };
    const request = { ...rest, ...(isAuthority === undefined ? { authority: undefined } : {}) };
    expect(await verdictUnder(intermediate(request))).toBe(expected);
  });

  test('a link signed with SHA-1 is refused', async () => {
    expect(await verdictUnder(intermediate({}, 'sha1'))).toBe('invalid CHAIN_ALGORITHM_WEAK');
  });

  test('a path longer than the authority allows is refused', async () => {
    const upper = intermediate({});
    const lowerKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const lower = {
      key: lowerKey,
      certificate: issueCertificate(
        {
          subject: [['2.5.4.3', 'SYNTHETIC lower']],
          publicKey: lowerKey,
          ...dates,
          authority: {},
          keyUsage: ['keyCertSign'],
        },
        upper,
      ),
    };
    expect(await verdictUnder(lower, [upper.certificate])).toBe('invalid CHAIN_LENGTH');
  });
});
