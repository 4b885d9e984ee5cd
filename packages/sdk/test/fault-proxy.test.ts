// The instrument itself: each fault does what its name says, and a seed gives the same faults again.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallClaim } from './fault-gateway.ts';
import { type FaultName, faultNames, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const answer = JSON.stringify({ maKetQua: '200', maGiaoDich: 'GD1', thongDiep: 'x'.repeat(200) });
let server: Server;
let target: string;
let stored: number;
let proxy: FaultProxy;

beforeEach(async () => {
  stored = 0;
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      stored++;
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await proxy?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What a client sees of one upload: the status and text, or that the connection broke. */
async function upload(number = 1): Promise<string> {
  const body = new URLSearchParams({ fileHSBase64: smallClaim(number).toString('base64') });
  try {
    const reply = await fetch(`${proxy.url}/upload`, { method: 'POST', body });
    return `${reply.status} ${await reply.text()}`;
  } catch {
    return 'broken';
  }
}

describe('a fault proxy', () => {
  it.each<[FaultName, string, number]>([
    ['unavailable', '503 ', 0],
    ['resetBeforeCommit', 'broken', 0],
    ['timeoutAfterCommit', 'broken', 1],
    ['resetAfterCommit', 'broken', 1],
    ['truncated', 'broken', 1],
    ['garbage', '200 <html><body>login</body></html>', 1],
    ['slowDrip', `200 ${answer}`, 1],
    ['reordered', `200 ${answer}`, 1],
  ])('%s', async (name, seen, arrived) => {
    proxy = await startFaultProxy({ target, seed: 1, faults: { [name]: 1 }, silentFor: 50 });
    expect(await upload()).toBe(seen);
    expect(stored).toBe(arrived);
    expect(proxy.injected).toEqual({ [name]: 1 });
    expect(proxy.passed).toHaveLength(arrived);
  });

  it('gives each upload the same fault again for the same seed, and others for another', async () => {
    const faults = Object.fromEntries(faultNames.map((name) => [name, 0.1]));
    const fates: string[] = [];
    for (const seed of [7, 7, 8]) {
      proxy = await startFaultProxy({ target, seed, faults, silentFor: 5, visibleAfter: 5 });
      const seen: string[] = [];
      for (let number = 1; number <= 30; number++) {
        const before = { ...proxy.injected };
        await upload(number);
        seen.push(faultNames.find((name) => (proxy.injected[name] ?? 0) > (before[name] ?? 0)) ?? 'none');
      }
      fates.push(seen.join());
      await proxy.close();
    }
    expect(fates[1]).toBe(fates[0]);
    expect(fates[2]).not.toBe(fates[0]);
  });

  it('breaks the line in three ways and heals it', async () => {
    proxy = await startFaultProxy({ target, seed: 1 });
    proxy.partition('refused');
    expect(await upload()).toBe('broken');
    proxy.partition('silent');
    const swallowed = upload();
    await untilCounted(2);
    expect(stored).toBe(0);
    proxy.partition(false);
    expect(await swallowed).toBe('broken');
    proxy.partition('one-way');
    const unanswered = upload();
    await untilCounted(3);
    expect(stored).toBe(1);
    proxy.partition(false);
    expect(await unanswered).toBe('broken');
    expect(await upload(2)).toBe(`200 ${answer}`);
  });
});

async function untilCounted(count: number): Promise<void> {
  while ((proxy.injected.partition ?? 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
