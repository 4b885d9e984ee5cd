// senders of a byte a second and sockets that say nothing lose their connections; everybody else is served.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { startNodeServer } from '../src/hosts/node.ts';
import { createServer } from '../src/server.ts';
import { holdSlowSenders, type SlowSendersRun } from './hold-slow-senders.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
/** Seconds between a limit and the server's next look at its sockets, and what a busy machine adds. */
const SLACK = 30;
const run: SlowSendersRun = long
  ? { slow: 1_000, idle: 5_000, gap: 1_000, perSecond: 40, before: 1_200 }
  : {
      slow: 40,
      idle: 160,
      gap: 100,
      timeLimits: { header: 1, body: 3 },
      perSecond: 20,
      before: 40,
    };

it(
  'cuts slow and idle sockets off in time, gives their descriptors back, and answers every honest call',
  { timeout: long ? 900_000 : 120_000 },
  async () => {
    const { endings, opening, beside, descriptors, line } = await holdSlowSenders(run);
    process.stdout.write(`${line}\n`);
    const limits = run.timeLimits ?? { header: 10, body: 60 };
    for (const [kind, limit] of [
      ['header', limits.header],
      ['idle', limits.header],
      ['body', limits.body],
    ] as const) {
      const { opened, closed, told, soonest, latest } = endings[kind];
      expect([closed, told], kind).toEqual([opened, opened]);
      expect(soonest, kind).toBeGreaterThanOrEqual(limit - 0.1);
      expect(latest, kind).toBeLessThan(limit + SLACK);
    }
    expect([...opening.failed, ...beside.failed]).toEqual([]);
    expect(beside.sorted.length).toBeGreaterThan(0);
    const [before = 0, most = 0, after = 0] = descriptors;
    if (!Number.isNaN(before)) {
      expect(most - before).toBeGreaterThan(run.slow / 2);
      expect(after - before).toBeLessThan(32);
    }
  },
);

it('holds as many sockets as it was told and closes more as they come; those it holds are served', async () => {
  const server = await createServer({ demo: true });
  const host = await startNodeServer(server, { mostConnections: 2 });
  const sockets: Socket[] = [];
  const open = (): Socket => {
    const socket = connect(host.port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  try {
    const first = open();
    await once(first, 'connect');
    await once(open(), 'connect');
    await once(open(), 'close');
    first.write('GET /livez HTTP/1.1\r\nHost: server\r\n\r\n');
    const [said] = (await once(first, 'data')) as [Buffer];
    expect(said.toString('latin1')).toMatch(/^HTTP\/1.1 200 /);
  } finally {
    for (const socket of sockets) socket.destroy();
    await host.close();
  }
});
