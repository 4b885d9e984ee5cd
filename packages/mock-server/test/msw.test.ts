// Software that uses fetch meets the same server in a unit test as over a socket.
import { createHash } from 'node:crypto';
import { createClient, type ClaimsClient } from '@bhxh/sdk';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateClaims } from '@bhxh/sdk/synthetic';
import * as msw from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, createVirtualClock, type BhxhServer } from '../src/index.ts';
import { createMswHandlers } from '../src/hosts/msw.ts';

const url = 'https://gateway.invalid';
const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') });
let server: BhxhServer;
let mock: ReturnType<typeof setupServer>;
let claims: Uint8Array[];

beforeAll(async () => {
  server = await createServer({ demo: true, clock, signaturesFrom: null });
  mock = setupServer(...createMswHandlers(server, { url: `${url}/`, msw }));
  mock.listen({ onUnhandledRequest: 'error' });
  claims = [];
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  for await (const { bytes } of generateClaims({ count: 4, seed: 31, specifications })) claims.push(bytes);
});
afterAll(async () => {
  mock.close();
  await server.close();
});

function open(send: (request: Request) => Promise<Response>): ClaimsClient {
  const account = server.accounts.find(({ facility }) => facility === '99001')!;
  return createClient({
    environment: 'mock',
    url,
    facility: '99001',
    credentials: { username: account.username, password: account.password },
    now: () => clock.now(),
    sleep: async () => undefined,
    fetch: send,
  });
}

const hosts = {
  msw: (request: Request): Promise<Response> => fetch(request),
  'the in-process host': (request: Request): Promise<Response> =>
    server.fetch(request, { address: '127.0.0.1' }),
};

describe.each(Object.entries(hosts))('the client on %s', (host, send) => {
  test('a claim is received, found again by its bytes, and its result read', async () => {
    const client = open(send);
    const bytes = claims[host === 'msw' ? 0 : 1]!;
    const receipt = await client.sendClaim(bytes);
    await server.idle();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const found = await client.findClaims({ sha256, limit: 10 });
    expect(found.claims.map(({ maGiaoDich }) => maGiaoDich)).toEqual([receipt.maGiaoDich]);
    expect(await client.readClaim(receipt.maGiaoDich)).toMatchObject({ sha256 });
    await client.close();
  });

  test('an answer that is lost after the server stored the claim is an unknown outcome', async () => {
    const lossy = open((request) => {
      if (!request.url.includes('guiHoSo')) return send(request);
      request.headers.set('x-bhxh-scenario', 'timeout-after-commit');
      return send(request);
    });
    await expect(lossy.sendClaim(claims[host === 'msw' ? 2 : 3]!)).rejects.toMatchObject({
      category: 'unknown-outcome',
    });
    await lossy.close();
  });
});

test('addresses of others are not answered', async () => {
  await expect(fetch('https://elsewhere.invalid/')).rejects.toThrow();
});
