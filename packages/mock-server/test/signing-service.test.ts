// The clients of @bhxh/signing against the signing service over sockets: every protocol, every forced outcome, and every
// reply held against the OpenAPI document.
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  clientToken,
  complete,
  cscService,
  prepare,
  readSmartCaNotice,
  remoteSigner,
  requestSignature,
  sign,
  simService,
  smartCaService,
  verify,
  type RemoteService,
  type SigningError,
} from '@bhxh/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { openContract } from '../src/contract/contract.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';

const claim = Buffer.from(
  '<GIAMDINHHS xmlns:xsd="http://www.w3.org/2001/XMLSchema"><THONGTINHOSO Id="a">Bệnh nhân</THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>',
);
const began = new Date('2026-11-20T13:00:00Z');
const contract = openContract('signing-service.yaml');

let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let log = '';
const notices: unknown[] = [];
const replies: string[] = [];

const receiver = createHttpServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    notices.push(JSON.parse(text));
    response.writeHead(204).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  clock = createVirtualClock(undefined, { frozenAt: began });
  server = await createServer({
    demo: true,
    clock,
    log: (entry) => void (log += JSON.stringify(entry)),
    signingService: { callback: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/notice` },
  });
  host = await startNodeServer(server);
}, 60_000);
afterAll(async () => {
  await host.close();
  receiver.closeAllConnections();
  receiver.close();
});
beforeEach(async () => {
  notices.length = 0;
  replies.length = 0;
  await control('PUT', 'scenarios', { scenario: 'success' });
  await control('POST', 'signing/unlock');
});

async function control(
  method: string,
  path: string,
  body?: unknown,
  key = server.adminKey,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const reply = await fetch(`${host.url}/control/${path}`, {
    method,
    headers: { 'x-bhxh-admin-key': key ?? '', 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

interface PhoneRequest {
  readonly id: string;
  readonly code: string | null;
  readonly state: string;
  readonly hash: string;
}

const phone = async (): Promise<{ requests: PhoneRequest[]; oneTimeCode: string | null }> =>
  (await control('GET', 'signing/requests')).body as never;

/** The request that the phone shows and that waits; the client may still be on its way. */
async function waitingRequest(): Promise<PhoneRequest> {
  for (;;) {
    const found = (await phone()).requests.find(({ state }) => state === 'waiting');
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Refuses what earlier tests left on the phone. */
async function dismissAll(): Promise<void> {
  for (const { id, state } of (await phone()).requests)
    if (state === 'waiting') await control('POST', `signing/requests/${id}/refuse`);
  notices.length = 0;
}

/** fetch, with every reply of the service held against its description. */
const checkedFetch: typeof fetch = async (input, init) => {
  const reply = await fetch(input, init);
  const path = new URL(input as string).pathname;
  const operation = [...contract.values()].find((one) =>
    new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  const text = await reply.clone().text();
  let body: unknown = text;
  try {
    body = JSON.parse(text) as unknown;
  } catch {
    // A spoiled answer is meant not to be JSON.
  }
  const problems = operation?.checkReply(reply.status, reply.headers.get('content-type'), body) ?? [
    'no operation',
  ];
  replies.push(`${path} ${reply.status} ${JSON.stringify(problems)}`);
  return reply;
};

const provider = async () => ({
  sp_id: server.signing.secrets.clientId,
  sp_password: server.signing.secrets.clientSecret,
});
const token = (url: string) =>
  clientToken({
    service: 'csc',
    url: `${url}/oauth2/token`,
    clientId: server.signing.secrets.clientId,
    secret: async () => server.signing.secrets.clientSecret,
    fetch: checkedFetch,
    now: () => clock.now(),
  });
const csc =
  (version: 1 | 2, credentialId: string, change: object = {}) =>
  (reserved?: string): RemoteService => {
    const url = `${host.url}/csc/v${version}`;
    return cscService({
      name: 'csc',
      url,
      credentialId:
        reserved === undefined ? credentialId : `${reserved}${/OTP/.test(credentialId) ? '.otp' : ''}`,
      fetch: checkedFetch,
      token: token(url),
      authorization: async () => ({
        PIN: server.signing.secrets.pin,
        OTP: (await phone()).oneTimeCode ?? '',
      }),
      ...change,
    });
  };
const smart = (user = '099000000001'): RemoteService =>
  smartCaService({
    name: 'smart',
    url: `${host.url}/sca/sp769`,
    userId: user,
    provider,
    fetch: checkedFetch,
  });
const sim = (number = '0990000001'): RemoteService =>
  simService({
    name: 'sim',
    url: `${host.url}/sim/v1`,
    phone: number,
    provider,
    fetch: checkedFetch,
    display: 'Hồ sơ 1',
  });

type Open = (reserved?: string) => RemoteService;
const protocols: readonly (readonly [string, Open])[] = [
  ['CSC v1 with PIN and code', csc(1, 'DEMO-OTP')],
  ['CSC v2 with PIN and code', csc(2, 'DEMO-OTP')],
  ['CSC v1 with confirmation', csc(1, 'DEMO-APP')],
  ['CSC v2 with confirmation', csc(2, 'DEMO-APP')],
  ['SmartCA', smart],
  ['SIM', sim],
];
const confirmed = protocols.filter(([name]) => !name.endsWith('code'));
const quick = { interval: 5, patience: 60_000 };
const now = (): Date => clock.now();

const attempt = async (service: RemoteService, change: object = {}): Promise<string | Uint8Array> => {
  try {
    const signer = await remoteSigner({ service, ...quick, ...change });
    return await sign(claim, signer, { profile: 'bhxh-xml', now });
  } catch (error) {
    return (error as SigningError).code;
  }
};

/** Confirms whatever the phone shows, what an earlier test left there included, until `running` has ended. */
async function confirming<T>(running: Promise<T>): Promise<T> {
  let isOver = false;
  const ended = running.finally(() => (isOver = true));
  const presses = (async () => {
    while (!isOver) {
      const waiting = (await phone()).requests.filter(({ state }) => state === 'waiting');
      for (const { id, code } of waiting)
        await control('POST', `signing/requests/${id}/confirm`, code === null ? {} : { code });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const [result] = await Promise.all([ended, presses]);
  return result;
}

const isAsDescribed = (): void => expect(replies.filter((line) => !line.endsWith(' []'))).toEqual([]);

describe('a service with a key of its own signs', () => {
  it.each(protocols)('by %s, and the signature is valid to its authority', async (name, open) => {
    const service = open();
    const shown: string[] = [];
    const running = attempt(service, {
      onConfirmation: ({ code }: { code?: string }) => void shown.push(code ?? 'no code'),
    });
    const signed = await (name.endsWith('code') ? running : confirming(running));
    expect(signed).toBeInstanceOf(Uint8Array);
    const trust = { anchors: [server.authority().certificate] };
    const result = await verify(signed as Uint8Array, { profile: 'bhxh-xml', trust, now });
    expect([result.verdict, result.reasons]).toEqual(['valid', []]);
    expect(result.signer?.ids).toEqual([{ type: 'MST', value: '9900000104', typed: true }]);
    expect(shown).toHaveLength(name.endsWith('code') ? 0 : 1);
    isAsDescribed();
  });

  it.each([
    ['CSC v1', csc(1, 'DEMO-OTP')],
    ['CSC v2', csc(2, 'DEMO-OTP')],
  ] as const)('with RSA-PSS by %s, as the circular wants it', async (_name, open) => {
    const signer = await remoteSigner({ service: open(), ...quick });
    const signed = await sign(claim, signer, { profile: 'xades-b', now });
    const result = await verify(signed, { profile: 'xades-b', trust: 'not-checked', now });
    expect(result.verdict).toBe('valid');
    isAsDescribed();
  });

  it('by SIM shows the same code on both sides, and another code is not taken', async () => {
    let shown = '';
    const running = attempt(sim(), { onConfirmation: ({ code }: { code: string }) => void (shown = code) });
    const request = await waitingRequest();
    expect(request.code).toBe(shown);
    const other = shown === '0000' ? '0001' : '0000';
    expect(
      (await control('POST', `signing/requests/${request.id}/confirm`, { code: other })).body['code'],
    ).toBe('CODE_WRONG');
    expect((await control('POST', `signing/requests/${request.id}/confirm`, {})).status).toBe(409);
    await control('POST', `signing/requests/${request.id}/confirm`, { code: shown });
    expect(await running).toBeInstanceOf(Uint8Array);
  });

  it('many documents one after the other with one signer', async () => {
    await control('PUT', 'scenarios', { scenario: 'signing-confirmed' });
    const signer = await remoteSigner({ service: smart(), ...quick });
    const hashes = new Set<string>();
    for (let count = 0; count < 20; count++) {
      const document = Buffer.from(claim.toString().replace('Bệnh nhân', `Bệnh nhân ${count}`));
      hashes.add(Buffer.from(await sign(document, signer, { profile: 'bhxh-xml', now })).toString());
    }
    expect(hashes.size).toBe(20);
  });
});

describe('a forced outcome has its own error', () => {
  const outcomes: readonly (readonly [string, string, ((name: string) => boolean)?])[] = [
    ['signing-refused', 'ERR_REMOTE_REFUSED', (name) => !name.endsWith('code')],
    ['signing-authorization-expired', 'ERR_REMOTE_EXPIRED'],
    ['signing-wrong-code', 'ERR_REMOTE_CODE', (name) => name.endsWith('code') || name === 'SIM'],
    ['signing-locked', 'ERR_REMOTE_LOCKED'],
    ['signing-revoked', 'ERR_CERTIFICATE_REVOKED'],
    ['signing-too-many', 'ERR_REMOTE_ANSWER'],
    ['signing-too-few', 'ERR_REMOTE_ANSWER'],
    ['signing-wrong-value', 'ERR_SIGNATURE_WRONG'],
    ['signing-other-certificate', 'ERR_SIGNATURE_WRONG'],
  ];
  const cells = outcomes.flatMap(([scenario, code, only]) =>
    protocols
      .filter(([name]) => only?.(name) ?? true)
      .map(([name, open]) => [scenario, name, open, code] as const),
  );

  it.each(cells)('%s by %s', async (scenario, name, open, code) => {
    const reserved = `SCENARIO.${scenario}`;
    const confirms = !name.endsWith('code') && scenario !== 'signing-refused';
    const outcome = await (confirms ? confirming(attempt(open(reserved))) : attempt(open(reserved)));
    expect(outcome).toBe(code);
    isAsDescribed();
  });

  it.each(confirmed)('a user who says nothing until the service gives up: %s', async (_name, open) => {
    const running = attempt(open('SCENARIO.signing-ignored'));
    // The clock moves on until the request, which may only now arrive, has ended.
    const timer = setInterval(() => clock.advance(301_000), 50);
    try {
      expect(await running).toBe('ERR_REMOTE_EXPIRED');
    } finally {
      clearInterval(timer);
    }
  });

  it.each([
    ['CSC v2 with confirmation', csc(2, 'DEMO-APP')],
    ['SmartCA', smart],
    ['SIM', sim],
  ] as const)('a user who is slower than the caller is patient: %s', async (_name, open) => {
    const outcome = await attempt(open('SCENARIO.signing-ignored'), { interval: 5, patience: 20 });
    expect(outcome).toBe('ERR_REMOTE_TIMEOUT');
  });

  it('the waiting call of CSC v1 has the same patience', async () => {
    const open = csc(1, 'DEMO-APP', { patience: 200 });
    expect(await attempt(open('SCENARIO.signing-ignored'))).toBe('ERR_REMOTE_TIMEOUT');
  });

  it.each([
    ['service-unavailable', 'ERR_REMOTE_UNAVAILABLE'],
    ['rate-limited', 'ERR_REMOTE_UNAVAILABLE'],
    ['timeout-after-commit', 'ERR_REMOTE_UNREACHABLE'],
    ['html-page', 'ERR_REMOTE_ANSWER'],
    ['empty-answer', 'ERR_REMOTE_ANSWER'],
    ['truncated-answer', 'ERR_REMOTE_ANSWER'],
    ['garbage-answer', 'ERR_REMOTE_ANSWER'],
  ])('%s, by every protocol', async (scenario, code) => {
    await control('PUT', 'scenarios', { scenario });
    for (const [name, open] of protocols) expect([name, await attempt(open())]).toEqual([name, code]);
  });

  it('a service that fails once while it is asked does not lose a confirmation', async () => {
    let failed = 0;
    const flaky: typeof fetch = async (input, init) => {
      if (String(input).endsWith('/status') && failed++ < 3) return new Response('busy', { status: 503 });
      return checkedFetch(input, init);
    };
    const service = smartCaService({
      name: 's',
      url: `${host.url}/sca/sp769`,
      userId: '099000000001',
      provider,
      fetch: flaky,
    });
    const signed = await confirming(attempt(service));
    expect(signed).toBeInstanceOf(Uint8Array);
    expect(failed).toBeGreaterThan(3);
  });

  it('a certificate other than the one that was agreed on is not signed with', async () => {
    const { certificate } = await server.signing.signer();
    const fingerprint = certificate.fingerprint256;
    await control('PUT', 'scenarios', { scenario: 'signing-confirmed' });
    expect(await attempt(smart(), { fingerprint })).toBeInstanceOf(Uint8Array);
    expect(await attempt(smart('SCENARIO.signing-other-certificate'), { fingerprint })).toBe(
      'ERR_REMOTE_CERTIFICATE',
    );
  });

  it('wrong credentials of the asking software', async () => {
    const wrong = async () => ({ sp_id: 'x', sp_password: 'x' });
    const url = host.url;
    const service = smartCaService({
      name: 's',
      url: `${url}/sca/sp769`,
      userId: '099000000001',
      provider: wrong,
      fetch,
    });
    expect(await attempt(service)).toBe('ERR_REMOTE_CREDENTIALS');
    expect(
      await attempt(
        simService({ name: 's', url: `${url}/sim/v1`, phone: '0990000001', provider: wrong, fetch }),
      ),
    ).toBe('ERR_REMOTE_CREDENTIALS');
    expect(await attempt(csc(1, 'DEMO-APP', { token: async () => 'no-such-token' })())).toBe(
      'ERR_REMOTE_CREDENTIALS',
    );
    expect(await attempt(csc(1, 'DEMO-APP', { token: async () => 'two\nlines' })())).toBe(
      'ERR_REMOTE_CREDENTIALS',
    );
  });
});

describe('what ends with time', () => {
  it('a request that nobody answers ends with the clock, and cannot be confirmed afterwards', async () => {
    const job = await prepare(claim, await server.signing.signer(), { profile: 'bhxh-xml', now });
    const service = sim();
    const ticket = await requestSignature(service, job);
    expect(await service.answer(ticket, undefined)).toEqual({ state: 'waiting' });
    clock.advance(299_000);
    expect(await service.answer(ticket, undefined)).toEqual({ state: 'waiting' });
    clock.advance(1_000);
    expect(await service.answer(ticket, undefined)).toEqual({ state: 'expired' });
    expect((await control('POST', `signing/requests/${ticket}/confirm`, { code: '0000' })).body['code']).toBe(
      'REQUEST_CLOSED',
    );
  });

  it('an access token that ended is asked for anew', async () => {
    await control('PUT', 'scenarios', { scenario: 'signing-confirmed' });
    let asked = 0;
    const url = `${host.url}/csc/v2`;
    const own = token(url);
    const service = csc(2, 'DEMO-APP', {
      token: async (isRefused: boolean) => {
        if (isRefused) asked += 1;
        return own(isRefused);
      },
    })();
    const stale = cscService({
      name: 'csc',
      url,
      credentialId: 'DEMO-APP',
      fetch,
      token: (() => {
        const old = own(false);
        return async (isRefused: boolean) => (isRefused ? own(true) : old);
      })(),
    });
    expect(await attempt(service)).toBeInstanceOf(Uint8Array);
    expect(asked).toBe(0);
    clock.advance(3_601_000);
    expect(await attempt(stale)).toBeInstanceOf(Uint8Array);
  });

  it('a one-time code is good once, and three wrong ones lock the credential until it is unlocked', async () => {
    let code = '';
    const open = csc(1, 'DEMO-OTP', {
      authorization: async () => ({ PIN: server.signing.secrets.pin, OTP: code }),
    });
    for (let tries = 0; tries < 3; tries++) expect(await attempt(open())).toBe('ERR_REMOTE_CODE');
    expect(await attempt(open())).toBe('ERR_REMOTE_LOCKED');
    await control('POST', 'signing/unlock');
    const good = csc(1, 'DEMO-OTP', {
      authorization: async () => {
        code = (await phone()).oneTimeCode ?? '';
        return { PIN: server.signing.secrets.pin, OTP: code };
      },
    });
    expect(await attempt(good())).toBeInstanceOf(Uint8Array);
    expect((await phone()).oneTimeCode).toBeNull();
    expect(await attempt(open())).toBe('ERR_REMOTE_CODE');
  });

  it('an abort ends the waiting at once, also inside the call that waits', async () => {
    for (const [, open] of confirmed) {
      const abort = new AbortController();
      const signer = await remoteSigner({ service: open('SCENARIO.signing-ignored'), interval: 60_000 });
      const running = sign(claim, signer, { profile: 'bhxh-xml', now, signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    }
  });
});

describe('the two halves of signing', () => {
  it('are joined by the notice that the service posts, and by nothing that somebody else posts', async () => {
    const job = await prepare(claim, await server.signing.signer(), { profile: 'bhxh-xml', now });
    const carried = JSON.parse(JSON.stringify(job)) as typeof job;
    await dismissAll();
    const ticket = await requestSignature(smart(), carried);
    await waitingRequest().then(({ id }) => control('POST', `signing/requests/${id}/confirm`, {}));
    while (notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const notice = readSmartCaNotice(notices[0], 'smart');
    expect(notice.ticket).toBe(ticket);
    if (notice.answer.state !== 'signed') throw new Error('not signed');
    const signed = await complete(carried, notice.answer.value);
    expect((await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now })).verdict).toBe('valid');
    await expect(complete(carried, Buffer.alloc(256, 7))).rejects.toThrow('ERR_SIGNATURE_WRONG');
    for (const forged of [
      null,
      [],
      'x',
      { data: null },
      { data: { tran_code: '../x' } },
      { data: { tran_code: 'a', signatures: [1] } },
    ])
      expect(() => readSmartCaNotice(forged, 'smart')).toThrow('ERR_REMOTE_ANSWER');
  });
});

describe('the service itself', () => {
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${host.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    return { status: reply.status, text: await reply.text() };
  };

  it('refuses what is not as described, and repeats nothing of it', async () => {
    const secret = 'VERY-SECRET-VALUE';
    const bodies = [
      '',
      'null',
      '[]',
      '"x"',
      '{',
      `{"sp_id":"${secret}"}`,
      '{"__proto__":{"sp_id":"x"}}',
      `{"credentialID":{"a":"${secret}"}}`,
    ];
    for (const path of [
      '/sca/sp769/v1/signatures/sign',
      '/sim/v1/signatures',
      '/csc/v1/oauth2/token',
      '/csc/v2/credentials/info',
    ]) {
      for (const body of bodies) {
        const reply = await post(path, body, { Authorization: 'Bearer abc' });
        expect([path, body, reply.status >= 400 && reply.status < 500]).toEqual([path, body, true]);
        expect(reply.text).not.toContain(secret);
      }
      expect((await post(path, 'x'.repeat(100_000), { Authorization: 'Bearer abc' })).status).toBe(413);
    }
    expect((await post('/csc/v1/credentials/list', '{}')).status).toBe(401);
  });

  it('signs nothing that was not authorised, and nothing twice', async () => {
    const { clientId, clientSecret, pin } = server.signing.secrets;
    const own = await post(
      '/csc/v2/oauth2/token',
      `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`,
      {
        'Content-Type': 'application/x-www-form-urlencoded',
      },
    );
    const access = (JSON.parse(own.text) as { access_token: string }).access_token;
    const ask = (path: string, body: object) =>
      post(`/csc/v2/${path}`, JSON.stringify(body), { Authorization: `Bearer ${access}` });
    await ask('credentials/sendOTP', { credentialID: 'DEMO-OTP' });
    const hash = Buffer.alloc(32, 1).toString('base64');
    const other = Buffer.alloc(32, 2).toString('base64');
    const authData = [
      { id: 'PIN', value: pin },
      { id: 'OTP', value: (await phone()).oneTimeCode },
    ];
    const answer = await ask('credentials/authorize', {
      credentialID: 'DEMO-OTP',
      numSignatures: 1,
      hashes: [hash],
      authData,
    });
    const { SAD } = JSON.parse(answer.text) as { SAD: string };
    const request = { credentialID: 'DEMO-OTP', SAD, hashes: [hash], signAlgo: '1.2.840.113549.1.1.11' };
    for (const wrong of [
      { ...request, hashes: [other] },
      { ...request, hashes: [hash, hash] },
      { ...request, credentialID: 'DEMO-APP' },
      { ...request, SAD: 'unknown' },
      { ...request, signAlgo: '1.2.840.113549.1.1.13' },
      { ...request, signAlgo: '1.2.840.113549.1.1.5' },
      {
        ...request,
        signAlgo: '1.2.840.113549.1.1.10',
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        signAlgoParams: 'MAA=',
      },
    ])
      expect((await ask('signatures/signHash', wrong)).status).toBe(400);
    expect((await ask('signatures/signHash', request)).status).toBe(200);
    expect((await ask('signatures/signHash', request)).status).toBe(400);
    expect((await ask('credentials/authorizeCheck', { handle: 'nobody' })).status).toBe(400);
  });

  it('shows its phone to whoever has the admin key, and to nobody else', async () => {
    expect((await control('GET', 'signing/requests', undefined, 'wrong')).status).toBe(401);
    expect((await control('POST', 'signing/requests/nobody/confirm', {})).status).toBe(404);
    expect((await control('POST', 'signing/requests/nobody/confirm', { code: 'x' })).status).toBe(400);
  });

  it('knows its scenarios, and refuses the others', async () => {
    expect(await attempt(smart('SCENARIO.nonsense'))).toBe('ERR_REMOTE_ANSWER');
  });

  it('wrote no secret, no code and no hash into any log', async () => {
    const { requests } = await phone();
    const { clientSecret, pin } = server.signing.secrets;
    expect(requests.length).toBeGreaterThan(10);
    expect(log).toContain('/csc/v1/signatures/signHash');
    for (const text of [clientSecret, pin, '099000000001', ...requests.map(({ hash }) => hash)])
      expect(log).not.toContain(text);
  });
});

describe('the real gateway', () => {
  it('has no such service, and neither has a server that is to be like it', async () => {
    const legacy = await createServer({ legacy: true });
    const reply = await legacy.fetch(new Request('http://x/sim/v1/certificates', { method: 'POST' }));
    expect(reply.status).toBe(404);
    await legacy.close();
  });
});
