// The attack corpus at the server: each file uploaded with a good token over a real socket, each request raw.
import { connect, createServer as createTrap, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackCorpus, listedAttacks, type Attack } from '../../sdk/test/attack-corpus.ts';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { createHospital, type Hospital } from './hospital.ts';

let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let corpus: readonly Attack[];
let trap: Server;
let trapped = 0;

const listed = listedAttacks();
/** 128 MB beyond what the server holds anyway; the corpus would unfold to several gigabytes. */
const MOST_GROWTH = 128 * 1024 * 1024;

beforeAll(async () => {
  // Where every address of the corpus leads: whoever follows one is seen.
  trap = createTrap((socket) => {
    trapped += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const port = (trap.address() as AddressInfo).port;
  corpus = (await attackCorpus()).map((attack) =>
    attack.channel === 'claim' && attack.family !== 'base64'
      ? { ...attack, bytes: withPort(attack.bytes, port) }
      : attack,
  );
  server = await createServer({
    demo: true,
    clock: createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') }),
  });
  host = await startNodeServer(server);
  hospital = createHospital(
    host.url,
    server.accounts.find(({ facility }) => facility === '99001')!,
  );
  await hospital.login();
}, 120_000);
afterAll(async () => {
  await host.close();
  await new Promise((resolve) => trap.close(resolve));
});

/** The same attack, aimed at the trap; envelopes only, since tables are in base64. */
function withPort(bytes: Buffer, port: number): Buffer {
  const place = '127.0.0.1:9';
  return bytes.includes(place)
    ? Buffer.from(bytes.toString('latin1').replaceAll(place, `127.0.0.1:${port}`), 'latin1')
    : bytes;
}

/** What the server says of a claim: at once, or as a rejection with its codes. */
async function said(bytes: Buffer): Promise<string> {
  const answer = await hospital.claim(bytes);
  const code = String(answer.body['maKetQua']);
  if (code !== '200') return `${answer.status} ${code}`;
  await server.idle();
  const { body } = await hospital.result(String(answer.body['maGiaoDich']));
  const findings = (body['findings'] ?? []) as { code: string; severity: string }[];
  const signature = body['signature'] as { reasons?: string[] } | undefined;
  const codes = [
    ...(signature?.reasons ?? []),
    ...findings.filter(({ severity }) => severity === 'error').map((finding) => finding.code),
  ];
  return `${String(body['state'])} ${[...new Set(codes)].join(' ')}`;
}

/** The first answer to raw bytes: its status and, where it has one, its code; `closed` when there is none. */
function rawAnswer(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(host.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const finish = (): void => {
      socket.destroy();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      const code = /"(?:maKetQua|code)":"?(\w+)/.exec(text)?.[1];
      resolve(status === undefined ? 'closed' : [status, code].filter(Boolean).join(' '));
    };
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      const [head = '', body] = text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body !== undefined && Buffer.byteLength(body, 'latin1') >= length) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
  });
}

describe('of the attack corpus (X-18), the server', () => {
  it('knows at least 120 files, and the list names each of them', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(120);
    expect(corpus.map(({ id }) => id).sort()).toEqual(listed.map(({ id }) => id).sort());
  });

  it('refuses every claim with the listed code, opens no socket and stays within its memory', async () => {
    const before = process.memoryUsage().rss;
    const seen: Record<string, string> = {};
    const expected: Record<string, string> = {};
    let largest = before;
    for (const { id, channel, bytes } of corpus) {
      if (channel !== 'claim') continue;
      const answer = await said(bytes);
      const code = listed.find((one) => one.id === id)?.server ?? 'nothing listed';
      const isListed = code.startsWith('rejected ')
        ? answer.startsWith('rejected ') && answer.split(' ').includes(code.slice('rejected '.length))
        : answer === code;
      seen[id] = isListed ? code : answer;
      expected[id] = code;
      largest = Math.max(largest, process.memoryUsage().rss);
    }
    expect(seen).toEqual(expected);
    expect(Object.keys(seen).length).toBeGreaterThanOrEqual(120);
    expect(trapped).toBe(0);
    expect(largest - before).toBeLessThan(MOST_GROWTH * 2);
  }, 180_000);

  it('answers every raw request with the listed refusal, and goes on serving', async () => {
    const seen: Record<string, string> = {};
    for (const { id, channel, bytes } of corpus) if (channel === 'request') seen[id] = await rawAnswer(bytes);
    const expected = listed.filter(({ id }) => id.startsWith('request/'));
    expect(seen).toEqual(Object.fromEntries(expected.map(({ id, code }) => [id, code])));
    for (const answer of Object.values(seen)) expect(answer).not.toMatch(/^(200 200|5\d\d)/);
    expect((await hospital.get('/livez')).status).toBe(200);
    expect(await said(Buffer.from('<a/>'))).toMatch(/^rejected/);
  }, 120_000);
});
