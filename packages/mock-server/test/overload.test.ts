import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';
import { createHospital, type Hospital } from './hospital.ts';

const PLACES = 4;
const slow = { 'x-bhxh-scenario': 'slow-answer' };

async function withServer(work: (url: string, hospital: Hospital) => Promise<void>): Promise<void> {
  const server = await createServer({ demo: true, mostAtOnce: PLACES });
  const host = await startNodeServer(server);
  try {
    const hospital = createHospital(host.url, server.accounts[0]!);
    await hospital.login();
    await work(host.url, hospital);
  } finally {
    await host.close();
  }
}

/** Resolves with what the server says about a call of its own once as many calls stand in it as it takes. */
async function untilFull(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${url}/.well-known/bhxh`);
    if (answer.status === 503) return answer;
    await answer.arrayBuffer();
    await pause(5);
  }
}

it('hears of everybody who connects, so that they go before the next document', async () => {
  const server = await createServer();
  let connected = 0;
  const host = await startNodeServer({ ...server, connected: () => (connected += 1) });
  const sockets = Array.from({ length: 5 }, () => connect(host.port, '127.0.0.1'));
  while (connected < sockets.length) await pause(5);
  expect(connected).toBe(sockets.length);
  for (const socket of sockets) socket.destroy();
  await host.close();
});

describe('a server with all its places taken', () => {
  it('says 503 and when to come back, stores nothing of it, and serves again when a place is free', async () => {
    await withServer(async (url, hospital) => {
      const working = Array.from({ length: PLACES }, (_, n) =>
        hospital.claim(Buffer.from(`<a${n}/>`), {}, slow),
      );
      const full = await untilFull(url);
      expect([full.headers.get('retry-after'), await full.json()]).toEqual([
        '2',
        expect.objectContaining({ status: 503, code: 'OVERLOADED' }),
      ]);
      const refused = await hospital.claim(Buffer.alloc(60_000, 'a'));
      expect([refused.status, refused.body['code']]).toEqual([503, 'OVERLOADED']);
      expect((await fetch(`${url}/livez`)).status).toBe(200);

      expect((await Promise.all(working)).map(({ body }) => body['maKetQua'])).toEqual([200, 200, 200, 200]);
      expect((await hospital.claim(Buffer.from('<again/>'))).body['maKetQua']).toBe(200);
    });
  });

  it('is not filled by senders who begin a body and never end it', async () => {
    await withServer(async (url, hospital) => {
      const { port } = new URL(url);
      const sockets = Array.from({ length: 3 * PLACES }, () => connect(Number(port), '127.0.0.1'));
      try {
        await Promise.all(
          sockets.map(
            (socket) =>
              new Promise<void>((resolve) => {
                socket.write(
                  'POST /api/token/take HTTP/1.1\r\nHost: server\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{',
                  () => resolve(),
                );
              }),
          ),
        );
        for (let n = 0; n < 2 * PLACES; n += 1)
          expect((await hospital.claim(Buffer.from(`<b${n}/>`))).body['maKetQua']).toBe(200);
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    });
  });
});
