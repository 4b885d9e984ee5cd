// The SDK's signing clients against the server that checks: every gateway, every kind of key, a replay and a clock that is off.
import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { createClient, requestSigner, type RequestSigner } from '@bhxh/sdk';
import { createDeclarationsClient } from '@bhxh/sdk/declarations';
import { createBankClient } from '@bhxh/sdk/payments';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import type { DemoAccount } from '../src/seed/demo.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openControlCalls } from './control-call.ts';
import { claimOf } from './steady-load.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
const now = (): Date => clock.now();
let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
}, 60_000);
afterAll(() => host.close());

const accountOf = (role: DemoAccount['role'], turn = 0): DemoAccount =>
  server.accounts.filter((account) => account.role === role)[turn]!;

const signerOf = (id: string, { privateKey }: KeyPairKeyObjectResult): RequestSigner =>
  requestSigner(id, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

/** Registers the key for the account, which from then on signs or is refused. */
async function register(username: string, id: string, { publicKey }: KeyPairKeyObjectResult): Promise<void> {
  const control = openControlCalls(host.url, server.adminKey);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const added = await control('addClientKey', 'POST', `accounts/${username}/keys`, {
    id,
    pem,
    required: true,
  });
  expect(added.problems).toEqual([]);
}

const shared = (account: DemoAccount) => ({
  environment: 'mock' as const,
  url: host.url,
  credentials: { username: account.username, password: account.password },
  now,
  sleep: () => Promise.resolve(),
});

type Fetch = (request: Request) => Promise<Response>;

const claimsClient = (
  signRequests: RequestSigner | undefined,
  change: { readonly now?: () => Date; readonly fetch?: Fetch; readonly turn?: number } = {},
): ReturnType<typeof createClient> => {
  const account = accountOf('facility', change.turn ?? 0);
  return createClient({
    ...shared(account),
    facility: account.facility!,
    ...(change.now === undefined ? {} : { now: change.now }),
    ...(change.fetch === undefined ? {} : { fetch: change.fetch }),
    ...(signRequests === undefined ? {} : { signRequests }),
  });
};

const keys = {
  ed: generateKeyPairSync('ed25519'),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
};

test('a client of the claims gateway signs uploads, look-ups with a query and questions, with any kind of key', async () => {
  for (const [id, pair] of Object.entries(keys)) await register(accountOf('facility').username, id, pair);
  let number = 0;
  for (const [id, pair] of Object.entries(keys)) {
    const client = claimsClient(signerOf(id, pair));
    const receipt = await client.sendClaim(claimOf((number += 1)));
    expect(receipt.maKetQua).toBe('200');
    expect((await client.findClaims({ limit: 1 })).claims.length).toBe(1);
    const card = await client.lookUpCard({
      maThe: 'DN4999900000000',
      hoTen: 'Nguyễn Thị Thử Nghiệm',
      ngaySinh: '15/01/1990',
      hoTenCb: 'Trần Văn Thí Điểm',
      cccdCb: '099080000001',
    });
    expect(card.code).toBe('000');
    // More than is encoded at once: its digest is made of the pieces that leave.
    const large = Buffer.concat([claimOf((number += 1)), Buffer.alloc(900_000, ' ')]);
    expect((await client.sendClaim(large)).maKetQua).toBe('200');
    await client.close();
  }
  const unsigned = claimsClient(undefined);
  await expect(unsigned.sendClaim(claimOf(99))).rejects.toMatchObject({
    code: 'ERR_REQUEST_SIGNATURE',
    category: 'auth',
    retry: 'never',
    official: { code: 'SIGNATURE_MISSING' },
  });
  await unsigned.close();
  const other = claimsClient(signerOf('ed', generateKeyPairSync('ed25519')));
  await expect(other.sendClaim(claimOf(99))).rejects.toMatchObject({
    official: { code: 'SIGNATURE_INVALID' },
  });
  await other.close();
});

test('a repeated send has a nonce of its own, so what a fault made necessary is no replay', async () => {
  let failures = 2;
  const client = claimsClient(signerOf('ed', keys.ed), {
    fetch: async (request) => {
      const answer = await fetch(request);
      if (!request.url.includes('guiHoSo') || failures === 0) return answer;
      failures -= 1;
      await answer.arrayBuffer();
      return new Response(null, { status: 503 });
    },
  });
  const receipt = await client.sendClaim(claimOf(200));
  expect([receipt.maKetQua, receipt.attempts]).toEqual(['200', 3]);
  await client.close();
});

test('N-45: what somebody on the way delivers twice is refused the second time, and the outcome is unknown', async () => {
  const client = claimsClient(signerOf('ed', keys.ed), {
    fetch: async (request) => {
      await (await fetch(request.clone())).arrayBuffer();
      return await fetch(request);
    },
  });
  await expect(client.sendClaim(claimOf(201))).rejects.toMatchObject({
    code: 'ERR_REQUEST_REPLAYED',
    category: 'unknown-outcome',
    retry: 'after-check',
    official: { code: 'REPLAY' },
  });
  await expect(client.findClaims({ limit: 1 })).rejects.toMatchObject({
    code: 'ERR_REQUEST_REPLAYED',
    category: 'network',
  });
  await client.close();
});

test('N-46: a client whose clock is off is told by how much, and nothing is stored', async () => {
  const before = await server.store.read.selectFrom('submission').select('id').execute();
  for (const [seconds, words] of [
    [300, '300 s ahead of'],
    [-300, '300 s behind'],
  ] as const) {
    const client = claimsClient(signerOf('ed', keys.ed), {
      now: () => new Date(clock.now().getTime() + seconds * 1_000),
    });
    const error = await client.sendClaim(claimOf(300)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'ERR_CLOCK_SKEW', category: 'auth', official: { code: 'SKEW' } });
    expect((error as { message: { en: string } | string }).message).toEqual(expect.stringContaining(words));
    await client.close();
  }
  expect(await server.store.read.selectFrom('submission').select('id').execute()).toEqual(before);
});

test('clients of the declarations gateway and of the bank gateway sign as well', async () => {
  const pair = generateKeyPairSync('ed25519');
  const unit = accountOf('unit');
  await register(unit.username, 'unit-key', pair);
  const signRequests = signerOf('unit-key', pair);
  const dossiers = createDeclarationsClient({ ...shared(unit), unit: unit.units![0]!, signRequests });
  expect((await dossiers.findDossiers({ limit: 1 })).dossiers).toEqual([]);
  await dossiers.close();
  const without = createDeclarationsClient({ ...shared(unit), unit: unit.units![0]! });
  await expect(without.findDossiers({ limit: 1 })).rejects.toMatchObject({ code: 'ERR_REQUEST_SIGNATURE' });
  await without.close();

  const person = server.accounts.find(({ role, party }) => role === 'bank' && party !== undefined)!;
  await register(person.username, 'bank-key', pair);
  const bank = (signer: RequestSigner | undefined): ReturnType<typeof createBankClient> =>
    createBankClient({
      ...shared(person),
      party: person.party!,
      check: (envelope) => Promise.resolve(envelope),
      ...(signer === undefined ? {} : { signRequests: signer }),
    });
  const signing = bank(signerOf('bank-key', pair));
  expect(await signing.readCertificate(person.party!)).toContain('BEGIN CERTIFICATE');
  await signing.close();
  const other = bank(undefined);
  await expect(other.readCertificate(person.party!)).rejects.toMatchObject({ code: 'ERR_REQUEST_SIGNATURE' });
  await other.close();
});
