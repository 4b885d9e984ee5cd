// Signed requests (RFC 9421) and client certificates over real sockets: N-45, N-46, and everything that must not pass.
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { request as requestSecure } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openControlCalls } from './control-call.ts';
import { createTlsAuthority, type TlsIdentity } from './tls-authority.ts';
import { answerOf, claimPath, createHospital, type Answer, type Hospital } from './hospital.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let control: ReturnType<typeof openControlCalls>;
const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

beforeAll(async () => {
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  hospital = createHospital(host.url, server.accounts[0]!);
  await hospital.login();
  control = openControlCalls(host.url, server.adminKey);
}, 60_000);
afterAll(() => host.close());

const add = (id: string, pem: string, required = true): ReturnType<typeof control> =>
  control('addClientKey', 'POST', `accounts/${hospital.username}/keys`, { id, pem, required });

interface Signing {
  readonly keyId?: string;
  readonly key?: KeyObject;
  readonly created?: number;
  readonly nonce?: string;
  readonly covered?: readonly string[];
  /** What is sent after signing. */
  readonly path?: string;
  readonly body?: string;
  readonly algorithm?: string;
}

/** The value of a signature as the RFC wants it for each kind of key. */
function valueOf(base: string, key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, Buffer.from(base), key);
  if (key.asymmetricKeyType === 'ec')
    return sign('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' });
  return sign('sha512', Buffer.from(base), { key, padding: 6, saltLength: 64 });
}

/** A claim sent by a client that signs; this is its own writing of the RFC, apart from the server's. */
async function send(change: Signing = {}): Promise<Answer> {
  const form = new URLSearchParams({
    username: hospital.username,
    loaiHoSo: '130',
    maTinh: '99',
    maCSKCB: hospital.facility,
    fileHSBase64: Buffer.from(`<a n="${randomUUID()}"/>`).toString('base64'),
  }).toString();
  const digest = `sha-256=:${createHash('sha256').update(form).digest('base64')}:`;
  const covered = change.covered ?? ['@method', '@path', 'content-digest', 'accesstoken'];
  const values: Readonly<Record<string, string>> = {
    '@method': 'POST',
    '@path': claimPath,
    '@query': '?',
    'content-digest': digest,
    accesstoken: hospital.tokens().access,
  };
  const parameters = `(${covered.map((name) => `"${name}"`).join(' ')});created=${
    change.created ?? Math.floor(clock.now().getTime() / 1_000)
  };keyid="${change.keyId ?? 'ed'}";nonce="${change.nonce ?? randomUUID()}"${
    change.algorithm === undefined ? '' : `;alg="${change.algorithm}"`
  }`;
  const base = [
    ...covered.map((name) => `"${name}": ${values[name]}`),
    `"@signature-params": ${parameters}`,
  ].join('\n');
  return await answerOf(
    await fetch(host.url + (change.path ?? claimPath), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        accessToken: hospital.tokens().access,
        tokenId: hospital.tokens().id,
        passwordHash: hospital.md5,
        'Content-Digest': digest,
        'Signature-Input': `sig1=${parameters}`,
        Signature: `sig1=:${valueOf(base, change.key ?? ed25519.privateKey).toString('base64')}:`,
      },
      body: change.body ?? form,
    }),
  );
}

const said = ({ status, body }: Answer): unknown => [status, body['code'] ?? body['maKetQua']];

test('an account with a key calls signed or not at all; every kind of key is taken', async () => {
  expect(said(await hospital.claim(Buffer.from('<before/>')))).toEqual([200, 200]);
  for (const [id, { publicKey }] of [
    ['ed', ed25519],
    ['ec', p256],
    ['rsa', rsa],
  ] as const)
    expect((await add(id, pemOf(publicKey))).problems).toEqual([]);
  expect(said(await hospital.claim(Buffer.from('<after/>')))).toEqual([401, 'SIGNATURE_MISSING']);
  expect(said(await hospital.get('/bhxh/v1/claims?maCSKCB=99001'))).toEqual([401, 'SIGNATURE_MISSING']);
  expect(said(await send())).toEqual([200, 200]);
  expect(said(await send({ algorithm: 'ed25519' }))).toEqual([200, 200]);
  expect(said(await send({ keyId: 'ec', key: p256.privateKey }))).toEqual([200, 200]);
  expect(said(await send({ keyId: 'rsa', key: rsa.privateKey, algorithm: 'rsa-pss-sha512' }))).toEqual([
    200, 200,
  ]);
});

test('N-45: the same signed request a second time is a replay, also while the first runs', async () => {
  const nonce = randomUUID();
  expect(said(await send({ nonce }))).toEqual([200, 200]);
  expect(said(await send({ nonce }))).toEqual([401, 'REPLAY']);
  const racing = randomUUID();
  const answers = await Promise.all([1, 2, 3, 4].map(() => send({ nonce: racing })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body }) => body['code'] === 'REPLAY')).toHaveLength(3);
});

test('N-46: a sender whose clock is five minutes off is told the time of the server', async () => {
  const now = Math.floor(clock.now().getTime() / 1_000);
  for (const skew of [300, -300, 61, -61]) {
    const answer = await send({ created: now + skew });
    expect(said(answer)).toEqual([401, 'SKEW']);
    expect(answer.body).toMatchObject({ serverTime: clock.now().toISOString(), skewSeconds: skew });
  }
  expect(said(await send({ created: now + 59 }))).toEqual([200, 200]);
});

test('a signature of another key, over too little, over another path or another body is refused', async () => {
  const refused = [401, 'SIGNATURE_INVALID'];
  expect(said(await send({ key: generateKeyPairSync('ed25519').privateKey }))).toEqual(refused);
  expect(said(await send({ keyId: 'nobody' }))).toEqual(refused);
  expect(said(await send({ keyId: 'ec' }))).toEqual(refused);
  expect(said(await send({ algorithm: 'hmac-sha256' }))).toEqual(refused);
  expect(said(await send({ path: '/api/qd130/guiHoSoXmlQD4750' }))).toEqual(refused);
  for (const covered of [
    ['@method', '@path'],
    ['@path', 'content-digest'],
    ['@method', 'content-digest'],
    [],
  ])
    expect(said(await send({ covered }))).toEqual([401, 'SIGNATURE_INPUT']);
  expect(said(await send({ covered: ['@method', '@path', '@path', 'content-digest'] }))).toEqual([
    401,
    'SIGNATURE_INPUT',
  ]);
  expect(said(await send({ path: `${claimPath}?x=1` }))).toEqual([401, 'SIGNATURE_INPUT']);
  const other = new URLSearchParams({ username: hospital.username, fileHSBase64: 'YQ==' }).toString();
  expect(said(await send({ body: other }))).toEqual([400, 205]);
});

test('a revoked key counts no more, its id is never given again, and weak keys are not registered', async () => {
  expect(
    (await control('removeClientKey', 'DELETE', `accounts/${hospital.username}/keys/ec`)).problems,
  ).toEqual([]);
  expect(said(await send({ keyId: 'ec', key: p256.privateKey }))).toEqual([401, 'SIGNATURE_INVALID']);
  expect((await add('ec', pemOf(p256.publicKey))).body['code']).toBe('KEY_KNOWN');
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  expect((await add('weak', pemOf(weak.publicKey))).body['code']).toBe('KEY_UNFIT');
  expect((await add('none', 'no key')).body['code']).toBe('KEY_UNFIT');
});

test('a body that is not the one its digest names is refused from anybody, packed or not', async () => {
  const other = createHospital(host.url, server.accounts[1]!);
  await other.login();
  const wrong = { 'Content-Digest': `sha-256=:${createHash('sha256').update('x').digest('base64')}:` };
  expect((await other.claim(Buffer.from('<a/>'), {}, wrong)).status).toBe(400);
  expect((await other.claim(Buffer.from('<a/>'), {}, { 'Content-Digest': 'md5=:AAAA:' })).status).toBe(400);
});

interface Client {
  readonly key: string;
  readonly cert: string;
}

test('an account bound to a client certificate comes with it over TLS, and with no other', async () => {
  const authority = createTlsAuthority();
  const own = authority.issue('server');
  const [first, second] = [authority.issue('first'), authority.issue('second')];
  const stranger = createTlsAuthority().issue('first');
  const secured = await createServer({ demo: true });
  const listening = await startNodeServer(secured, {
    tls: {
      key: own.key,
      certificate: own.certificate,
      clientAuthorities: authority.certificate,
    },
  });
  try {
    expect(listening.url).toMatch(/^https:/);
    const account = secured.accounts[0]!;
    const ask = (
      path: string,
      client: Client | undefined,
      init: { method: string; body?: string; headers?: Record<string, string> },
    ) =>
      new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
        const outgoing = requestSecure(
          listening.url + path,
          {
            ...init,
            ca: authority.certificate,

            agent: false,
            ...client,
          },
          (answer) => {
            let text = '';
            answer.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
            answer.on('end', () =>
              resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }),
            );
          },
        );
        outgoing.on('error', reject);
        outgoing.end(init.body);
      });
    const login = (client: Client | undefined): ReturnType<typeof ask> =>
      ask('/accounts/v1/sessions', client, {
        method: 'POST',
        body: JSON.stringify({ username: account.username, password: account.password }),
      });
    const as = ({ key, certificate }: TlsIdentity): Client => ({ key, cert: certificate });
    const locks = async (client: Client | undefined, token: unknown): Promise<number> =>
      (
        await ask('/accounts/v1/lookup-locks', client, {
          method: 'GET',
          headers: { Authorization: `Bearer ${String(token)}` },
        })
      ).status;

    expect((await login(undefined)).status).toBe(200);
    const secureControl = (method: string, path: string, body?: unknown): ReturnType<typeof ask> =>
      ask(`/control/accounts/${account.username}/${path}`, undefined, {
        method,
        headers: { 'x-bhxh-admin-key': secured.adminKey ?? '' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const added = await secureControl('POST', 'certificates', { pem: first.certificate });
    expect(added.status).toBe(200);

    expect((await login(undefined)).body['code']).toBe('ACCOUNT_LOCKED');
    expect((await login(as(second))).body['code']).toBe('ACCOUNT_LOCKED');
    expect((await login(as(stranger))).body['code']).toBe('ACCOUNT_LOCKED');
    const session = await login(as(first));
    expect(session.status).toBe(200);
    const { token } = session.body;
    expect(await locks(as(first), token)).toBe(200);
    // The token alone, or beside another certificate, is worth nothing.
    expect(await locks(undefined, token)).toBe(401);
    expect(await locks(as(second), token)).toBe(401);

    expect((await secureControl('DELETE', `certificates/${String(added.body['thumbprint'])}`)).status).toBe(
      200,
    );
    expect(await locks(as(first), token)).toBe(401);
    expect((await login(as(first))).body['code']).toBe('ACCOUNT_LOCKED');
  } finally {
    await listening.close();
  }
}, 60_000);
