import { createClient } from '@bhxh/sdk';
import { describe, expect, it } from 'vitest';
import { startNodeServer } from '../src/hosts/node.ts';
import type { RateLimits } from '../src/limits/rate-limiter.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { createHospital, type Hospital } from './hospital.ts';

const many = { perSecond: 1_000, burst: 1_000 };

async function withServer(
  rateLimits: RateLimits | undefined,
  work: (url: string, server: BhxhServer, hospitals: readonly Hospital[]) => Promise<void>,
): Promise<void> {
  const server = await createServer({ demo: true, ...(rateLimits === undefined ? {} : { rateLimits }) });
  const host = await startNodeServer(server);
  try {
    const hospitals = server.accounts.slice(0, 2).map((account) => createHospital(host.url, account));
    for (const hospital of hospitals) await hospital.login();
    await work(host.url, server, hospitals);
  } finally {
    await host.close();
  }
}

describe('a facility that calls too often', () => {
  it('gets 429 with Retry-After and the limit it ran into, and nothing is stored; another one is served', async () => {
    const limits = { facility: { perSecond: 0.01, burst: 3 }, address: many };
    await withServer(limits, async (_url, server, [hospital, other]) => {
      const first = await hospital!.claim(Buffer.from('<a1/>'));
      expect(first.headers.get('ratelimit-policy')).toBe('"address";q=1000;w=1, "facility";q=3;w=300');
      expect(first.headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+, "facility";r=2;t=100$/);
      await hospital!.claim(Buffer.from('<a2/>'));
      await hospital!.get(`/bhxh/v1/claims?maCSKCB=${hospital!.facility}`);
      const over = await hospital!.claim(Buffer.from('<a3/>'));
      expect([over.status, over.body['code'], over.headers.get('retry-after')]).toEqual([
        429,
        'RATE_LIMITED',
        '100',
      ]);
      expect(over.headers.get('ratelimit')).toContain('"facility";r=0');
      expect((await hospital!.get(`/bhxh/v1/claims?maCSKCB=${hospital!.facility}`)).status).toBe(429);
      expect((await other!.claim(Buffer.from('<b/>'))).body['maKetQua']).toBe(200);
      const rows = await server.store.read.selectFrom('submission').select('id').execute();
      expect(rows.length).toBe(3);
    });
  });
});

describe('an address that calls too often', () => {
  it('is refused whatever it asks for, except whether the server lives; other addresses are served', async () => {
    const limits = { facility: many, address: { perSecond: 0.01, burst: 3 } };
    await withServer(limits, async (_url, server) => {
      const ask = async (path: string, address: string): Promise<number> =>
        (await server.fetch(new Request(`http://server${path}`), { address })).status;
      for (let call = 0; call < 3; call += 1) expect(await ask('/.well-known/bhxh', '10.0.0.1')).toBe(200);
      expect(await ask('/.well-known/bhxh', '10.0.0.1')).toBe(429);
      expect(await ask('/.well-known/bhxh', '::ffff:10.0.0.1')).toBe(429);
      expect(await ask('/nowhere', '10.0.0.1')).toBe(429);
      expect(await ask('/livez', '10.0.0.1')).toBe(200);
      expect(await ask('/.well-known/bhxh', '10.0.0.2')).toBe(200);
    });
  });
});

describe('the client', () => {
  it('waits as long as the server asks, and then every document has arrived once', async () => {
    const limits = { facility: { perSecond: 4, burst: 2 }, address: many };
    await withServer(limits, async (url, server) => {
      const account = server.accounts[0]!;
      const statuses: number[] = [];
      const client = createClient({
        environment: 'mock',
        url,
        facility: account.facility!,
        credentials: { username: account.username, password: account.password },
        now: () => new Date(),
        maxRate: 1_000,
        fetch: async (request) => {
          const answer = await fetch(request);
          statuses.push(answer.status);
          return answer;
        },
      });
      const receipts = await Promise.all(
        [1, 2, 3, 4, 5].map(
          async (number) => (await client.sendClaim(Buffer.from(`<r${number}/>`))).maGiaoDich,
        ),
      );
      expect(new Set(receipts).size).toBe(5);
      expect(statuses).toContain(429);
      await client.close();
    });
  }, 20_000);
});

it('slows nobody down unless it is told to', async () => {
  await withServer(undefined, async (_url, _server, [hospital]) => {
    // No more at a time than a server takes at once.
    const hundred = () =>
      Promise.all(Array.from({ length: 100 }, (_, number) => hospital!.claim(Buffer.from(`<n${number}/>`))));
    const answers = [...(await hundred()), ...(await hundred())];
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 200));
    expect(answers[0]!.headers.get('ratelimit')).toBeNull();
  });
});
