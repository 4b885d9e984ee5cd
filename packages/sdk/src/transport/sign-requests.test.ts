// Signed requests against Node's crypto over base strings written here by hand, and against the published vector of RFC 9421.
import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { requestSigner } from './request-signer.ts';
import { signatureBase, signRequests, type SignedComponent } from './sign-requests.ts';
import type { WireReply, WireRequest } from './wire.ts';

const now = (): Date => new Date('2026-11-20T13:00:00.900Z');
const created = 1_795_179_600;
const body = Buffer.from('a=1&b=%2B');
const token = 'token-of-this-session';

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly nonce: string;
}

/** What leaves for a request that a client signs. */
async function sentBy(pem: string, request: Omit<WireRequest, 'timeLimit'>): Promise<Sent> {
  let sent: WireRequest | undefined;
  const transport = signRequests(
    {
      send: (one) => {
        sent = one;
        return Promise.resolve({ status: 200, header: () => undefined, body: Buffer.of() } as WireReply);
      },
      close: () => Promise.resolve(),
    },
    requestSigner('key-1', pem),
    { baseUrl: 'https://gateway.test/prefix', now },
  );
  await transport.send({ ...request, timeLimit: 1 });
  const headers = sent?.headers ?? {};
  return { headers, nonce: /nonce="([^"]+)"$/.exec(headers['Signature-Input'] ?? '')?.[1] ?? '' };
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const valueOf = ({ headers }: Sent): Buffer =>
  Buffer.from(/^sig1=:(.+):$/.exec(headers['Signature'] ?? '')?.[1] ?? '', 'base64');

const fits: Readonly<Record<string, (base: string, key: KeyObject, value: Buffer) => boolean>> = {
  ed25519: (base, key, value) => verify(null, Buffer.from(base), key, value),
  'ecdsa-p256-sha256': (base, key, value) =>
    verify('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' }, value),
  'rsa-pss-sha512': (base, key, value) =>
    verify('sha512', Buffer.from(base), { key, padding: 6, saltLength: 64 }, value),
};

describe('a signed request', () => {
  const pairs = {
    ed25519: generateKeyPairSync('ed25519'),
    'ecdsa-p256-sha256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    'rsa-pss-sha512': generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  };

  it.each(Object.entries(pairs))('of %s covers method, path, query, body and session', async (name, pair) => {
    const sent = await sentBy(pemOf(pair.privateKey), {
      method: 'POST',
      target: '/api/x?q=a%20b&r=1',
      headers: { accessToken: token, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: { length: body.length, whole: () => body },
    });
    const digest = `sha-256=:${createHash('sha256').update('a=1&b=%2B').digest('base64')}:`;
    expect(sent.headers['Content-Digest']).toBe(digest);
    expect(sent.nonce).toMatch(/^[\w-]{24}$/);
    const base = [
      '"@method": POST',
      '"@path": /prefix/api/x',
      '"@query": ?q=a%20b&r=1',
      `"content-digest": ${digest}`,
      `"accesstoken": ${token}`,
      `"@signature-params": ("@method" "@path" "@query" "content-digest" "accesstoken");created=${created};keyid="key-1";alg="${name}";nonce="${sent.nonce}"`,
    ].join('\n');
    const judge = fits[name]!;
    expect(judge(base, pair.publicKey, valueOf(sent))).toBe(true);
    expect(judge(base.replace('r=1', 'r=2'), pair.publicKey, valueOf(sent))).toBe(false);
  });

  it('without a body covers no digest, and every attempt has a nonce of its own', async () => {
    const request = { method: 'GET', target: '/x', headers: { Authorization: `Bearer ${token}` } } as const;
    const { privateKey, publicKey } = pairs.ed25519;
    const [first, second] = [
      await sentBy(pemOf(privateKey), request),
      await sentBy(pemOf(privateKey), request),
    ];
    expect(first.headers['Content-Digest']).toBeUndefined();
    expect(first.nonce).not.toBe(second.nonce);
    const base = `"@method": GET\n"@path": /prefix/x\n"authorization": Bearer ${token}\n"@signature-params": ("@method" "@path" "authorization");created=${created};keyid="key-1";alg="ed25519";nonce="${first.nonce}"`;
    expect(fits['ed25519']!(base, publicKey, valueOf(first))).toBe(true);
  });

  it('whose body leaves in pieces names the digest of the whole', async () => {
    const pieces = [body.subarray(0, 4), body.subarray(4)];
    const { headers } = await sentBy(pemOf(pairs.ed25519.privateKey), {
      method: 'POST',
      target: '/x',
      headers: {},
      body: {
        length: body.length,
        whole: () => Buffer.from('never asked for'),
        async *pieces() {
          yield* pieces;
        },
      },
    });
    expect(headers['Content-Digest']).toBe(`sha-256=:${createHash('sha256').update(body).digest('base64')}:`);
  });
});

describe('the base of RFC 9421, appendix B.2.6', () => {
  // The published key, as the 32 bytes of its seed.
  const seed = '9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5';
  const key = `-----BEGIN ${'PRIVATE'} KEY-----\n${Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64')}\n-----END ${'PRIVATE'} KEY-----\n`;
  const components: SignedComponent[] = [
    ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['@method', 'POST'],
    ['@path', '/foo'],
    ['@authority', 'example.com'],
    ['content-type', 'application/json'],
    ['content-length', '18'],
  ];
  const parameters =
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';

  it('is signed to the published value', async () => {
    const value = await requestSigner('test-key-ed25519', key).sign(
      Buffer.from(signatureBase(components, parameters)),
    );
    expect(Buffer.from(value).toString('base64')).toBe(
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    );
    expect(
      verify(null, Buffer.from(signatureBase(components, parameters)), createPublicKey(key), value),
    ).toBe(true);
  });
});

describe('a key for requests', () => {
  it('is one that the gateway takes, under an id that fits into a header', () => {
    const refusals = [
      ['', pemOf(generateKeyPairSync('ed25519').privateKey)],
      ['a"b', pemOf(generateKeyPairSync('ed25519').privateKey)],
      ['k', pemOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey)],
      ['k', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)],
      ['k', pemOf(generateKeyPairSync('ed448').privateKey)],
      ['k', 'no key'],
    ] as const;
    for (const [id, pem] of refusals)
      expect(() => requestSigner(id, pem)).toThrowError(expect.objectContaining({ code: 'ERR_REQUEST_KEY' }));
  });

  it('may stand behind a pass phrase', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' })
      .toString();
    expect(() => requestSigner('k', pem)).toThrow();
    const value = await requestSigner('k', pem, { passphrase: 'word' }).sign(Buffer.from('x'));
    expect(verify(null, Buffer.from('x'), publicKey, value)).toBe(true);
    expect(Buffer.from(value)).toEqual(sign(null, Buffer.from('x'), privateKey));
  });
});
