import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { privateEncrypt, constants } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claim, facility, now } from '../../test/documents.ts';
import { cscService, openKey, remoteSigner, sign, smartCaService, verify } from '../index.ts';
import type { RemoteService, Signer, SigningError } from '../index.ts';

type Reply = { readonly status?: number; readonly body: unknown } | 'hang';
let reply: (path: string, body: Record<string, unknown>, authorization: string | undefined) => Reply;
const asked: string[] = [];
let sent = '';
let url: string;
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    asked.push(request.url!);
    sent += text;
    const answer = reply(
      request.url!,
      JSON.parse(text) as Record<string, unknown>,
      request.headers.authorization,
    );
    if (answer === 'hang') return;
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(body);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  sent = '';
});

/** What a service does with a hash: PKCS#1 v1.5 over its DigestInfo. */
const signHash = (hash: Buffer): string =>
  privateEncrypt(
    { key: facility.key, padding: constants.RSA_PKCS1_PADDING },
    Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), hash]),
  ).toString('base64');
const certificate = facility.certificate.raw.toString('base64');
const code = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: SigningError) => error.code ?? error.name,
  );
const patient = { interval: 10, patience: 50, wait: async () => {} };

describe('a service of the Cloud Signature Consortium', () => {
  const service = (timeout?: number): RemoteService =>
    cscService({
      name: 'csc',
      url: `${url}/csc/v1`,
      credentialId: 'credential-1',
      fetch,
      token: async () => 'token-1',
      authorization: async () => ({ PIN: '24681357' }),
      ...(timeout === undefined ? {} : { timeout }),
    });
  const good: typeof reply = (path, body) => {
    if (path.endsWith('/info'))
      return {
        body: {
          cert: { certificates: [certificate, facility.authority.certificate.raw.toString('base64')] },
        },
      };
    if (path.endsWith('/authorize'))
      return body['PIN'] === '24681357' ? { body: { SAD: 'sad-1' } } : { status: 400, body: {} };
    expect(body).toMatchObject({
      credentialID: 'credential-1',
      SAD: 'sad-1',
      hashAlgo: '2.16.840.1.101.3.4.2.1',
      signAlgo: '1.2.840.113549.1.1.11',
    });
    return { body: { signatures: [signHash(Buffer.from((body['hash'] as string[])[0]!, 'base64'))] } };
  };

  test('signs, and the document never leaves the machine', async () => {
    reply = good;
    const signer = await remoteSigner({ service: service(), ...patient });
    expect(signer.chain).toHaveLength(1);
    const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
    expect(
      (
        await verify(signed, {
          profile: 'bhxh-xml',
          trust: { anchors: [facility.authority.certificate] },
          now,
        })
      ).verdict,
    ).toBe('valid');
    expect(asked).toEqual([
      '/csc/v1/credentials/info',
      '/csc/v1/credentials/authorize',
      '/csc/v1/signatures/signHash',
    ]);
    expect(sent).not.toContain('T_BHTT');
  });

  test('opens as remote:NAME of the caller', async () => {
    reply = good;
    const remotes = new Map([['unit', () => remoteSigner({ service: service(), ...patient })]]);
    expect((await openKey('remote:unit', { remotes })).label).toBe('remote:csc');
    expect(await code(openKey('remote:other', { remotes }))).toBe('ERR_REMOTE_UNKNOWN');
  });

  test.each([
    ['no certificate', '/info', { body: { cert: { certificates: [] } } }, 'ERR_CERTIFICATE_MISSING'],
    [
      'a certificate that is none',
      '/info',
      { body: { cert: { certificates: ['AAAA'] } } },
      'ERR_REMOTE_ANSWER',
    ],
    ['wrong credentials', '/info', { status: 401, body: {} }, 'ERR_REMOTE_CREDENTIALS'],
    ['an overload', '/authorize', { status: 503, body: {} }, 'ERR_REMOTE_UNAVAILABLE'],
    ['no authorisation', '/authorize', { body: {} }, 'ERR_REMOTE_REFUSED'],
    ['a page instead of JSON', '/signHash', { body: '<html>' }, 'ERR_REMOTE_ANSWER'],
    ['a list instead of an object', '/signHash', { body: [] }, 'ERR_REMOTE_ANSWER'],
    ['no signature', '/signHash', { body: { signatures: [] } }, 'ERR_REMOTE_ANSWER'],
    [
      'the signature of other data',
      '/signHash',
      { body: { signatures: [Buffer.alloc(256, 1).toString('base64')] } },
      'ERR_SIGNATURE_WRONG',
    ],
    ['two megabytes', '/signHash', { body: 'x'.repeat(2_000_000) }, 'ERR_REMOTE_ANSWER'],
    ['silence', '/signHash', 'hang', 'ERR_REMOTE_UNREACHABLE'],
  ] as const)('an answer with %s has its code', async (_, at, answer, expected) => {
    reply = (path, body, authorization) => (path.endsWith(at) ? answer : good(path, body, authorization));
    const attempt = async (): Promise<unknown> =>
      sign(claim, await remoteSigner({ service: service(answer === 'hang' ? 200 : undefined), ...patient }), {
        profile: 'bhxh-xml',
        now,
      });
    expect(await code(attempt())).toBe(expected);
  });

  test('nothing is sent unprotected beyond this machine', () => {
    const open = (address: string) => () =>
      cscService({ name: 'x', url: address, credentialId: 'x', fetch, token: async () => 'x' });
    expect(open('http://192.0.2.1/csc/v1')).toThrow('ERR_REMOTE_UNKNOWN');
    expect(open('not a url')).toThrow('ERR_REMOTE_UNKNOWN');
    expect(open('https://192.0.2.1/csc/v1')).not.toThrow();
  });
});

describe('a service whose user confirms in an app', () => {
  const service = (): RemoteService =>
    smartCaService({
      name: 'smart',
      url: `${url}/sca`,
      userId: '099000000001',
      fetch,
      provider: async () => ({ sp_id: 'sp', sp_password: 'secret-1' }),
    });
  let states: (string | 'signed')[];
  let hash: Buffer;
  beforeEach(() => {
    states = [];
    reply = (path, body) => {
      if (path.endsWith('get_certificate'))
        return { body: { data: { user_certificates: [{ serial_number: '01', cert_data: certificate }] } } };
      if (path.endsWith('/sign')) {
        hash = Buffer.from(
          (body['sign_files'] as { data_to_be_signed: string }[])[0]!.data_to_be_signed,
          'hex',
        );
        return { body: { data: { tran_code: 'T-1' } } };
      }
      const state = states.shift() ?? 'WAITING';
      return {
        body: {
          data:
            state === 'signed' ? { signatures: [{ signature_value: signHash(hash) }] } : { status: state },
        },
      };
    };
  });
  const open = (): Promise<Signer> => remoteSigner({ service: service(), ...patient });

  test('is asked until the user has confirmed', async () => {
    states = ['WAITING', 'WAITING', 'signed'];
    const signed = await sign(claim, await open(), { profile: 'bhxh-xml', now });
    expect((await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
    expect(asked.filter((path) => path === '/sca/v1/signatures/sign/T-1/status')).toHaveLength(3);
  });

  test.each([
    ['refuses', ['REJECTED'], 'ERR_REMOTE_REFUSED'],
    ['is too late for the service', ['WAITING', 'EXPIRED'], 'ERR_REMOTE_EXPIRED'],
    ['does not answer', [], 'ERR_REMOTE_TIMEOUT'],
  ])('a user who %s', async (_, answers, expected) => {
    states = [...answers];
    expect(await code(sign(claim, await open(), { profile: 'bhxh-xml', now }))).toBe(expected);
  });

  test('an abort ends the waiting', async () => {
    const abort = new AbortController();
    const signer = await remoteSigner({ service: service(), interval: 60_000 });
    const attempt = sign(claim, signer, { profile: 'bhxh-xml', now, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    // Whether it was waiting or asking at that moment, it is the abort that ends it.
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  });
});
