// Webhooks over real sockets: told once it is stored, signed, repeated by the clock, given up in the end.
import { createServer as createListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { verifyWebhook, type Webhook } from '@bhxh/sdk/webhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createServer, createVirtualClock, type BhxhServer, type VirtualClock } from '../src/index.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { isAllowedAddress } from '../src/webhooks/post.ts';
import { createHospital, type Hospital } from './hospital.ts';

const files: Uint8Array[] = [];
let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let receiver: Server;
let address: string;
/** What the receiver answers next; 200 when empty. */
let answers: number[];
let arrived: { readonly headers: Record<string, string | string[] | undefined>; readonly body: string }[];

beforeAll(async () => {
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  for await (const { bytes } of generateClaims({ count: 2, seed: 55, specifications })) files.push(bytes);
  receiver = createListener((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      arrived.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(() => new Promise((resolve) => receiver.close(resolve)));
beforeEach(async () => {
  answers = [];
  arrived = [];
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') });
  server = await createServer({ demo: true, clock, signaturesFrom: null });
  host = await startNodeServer(server);
  hospital = createHospital(
    host.url,
    server.accounts.find(({ facility }) => facility === '99001')!,
  );
  await hospital.login();
}, 60_000);
afterEach(() => host.close());

async function control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${host.url}/control/${path}`, {
    method,
    headers: { 'x-bhxh-admin-key': server.adminKey ?? '', 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}
const listen = async (events?: readonly string[]): Promise<{ id: string; secret: string }> =>
  (await control('POST', 'webhooks', { url: address, ...(events === undefined ? {} : { events }) })) as never;
const read = (secrets: readonly string[], index = 0): Webhook =>
  verifyWebhook(arrived[index]!.headers, arrived[index]!.body, { secrets, now: () => clock.now() });
const deliveries = async (): Promise<{ id: string; state: string; attempts: number; lastAnswer: string }[]> =>
  (await control('GET', 'deliveries'))['deliveries'] as never;

test('what happens is told, signed, and without a personal value', async () => {
  const { secret } = await listen();
  const receipt = (await hospital.claim(files[0]!)).body;
  await server.idle();
  const told = arrived.map((_, index) => read([secret], index));
  expect(told.map(({ type }) => type).toSorted()).toEqual(['claim.adjudicated', 'claim.received']);
  for (const { data } of told)
    expect(data).toMatchObject({ subject: receipt['maGiaoDich'], sender: '99001' });
  expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  expect(arrived.map(({ body }) => body).join('')).not.toMatch(/DN4|099\d{9}/);
});

test('nobody is told what happened before he asked, or what he did not ask for', async () => {
  await hospital.claim(files[0]!);
  await server.idle();
  const { secret } = await listen(['claim.adjudicated']);
  await server.idle();
  expect(arrived).toEqual([]);
  await hospital.claim(files[1]!);
  await server.idle();
  expect(arrived.map((_, index) => read([secret], index).type)).toEqual(['claim.adjudicated']);
});

test('a failed delivery is repeated by the server clock under the same id', async () => {
  const { secret } = await listen(['claim.adjudicated']);
  answers = [500, 301];
  await hospital.claim(files[0]!);
  await server.idle();
  expect(arrived.length).toBe(1);
  expect(await deliveries()).toMatchObject([{ state: 'waiting', attempts: 1, lastAnswer: '500' }]);
  clock.advance(5_000);
  await server.idle();
  expect(await deliveries()).toMatchObject([{ state: 'waiting', attempts: 2, lastAnswer: '301' }]);
  clock.advance(299_000);
  await server.idle();
  expect(arrived.length).toBe(2);
  clock.advance(1_000);
  await server.idle();
  expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 3, lastAnswer: '200' }]);
  expect(read([secret], 2).id).toBe(arrived[0]!.headers['webhook-id']);
});

test('after the last attempt a delivery is dead, and can be asked for again', async () => {
  const { secret } = await listen(['claim.adjudicated']);
  answers = Array.from({ length: 8 }, () => 503);
  await hospital.claim(files[0]!);
  await server.idle();
  for (let hours = 0; hours < 40; hours += 1) {
    clock.advance(3_600_000);
    await server.idle();
  }
  const [dead] = await deliveries();
  expect(dead).toMatchObject({ state: 'dead', attempts: 8 });
  expect(arrived.length).toBe(8);
  await control('POST', `deliveries/${dead?.id}/again`);
  await server.idle();
  expect(await deliveries()).toMatchObject([{ id: dead?.id, state: 'delivered' }]);
  expect(read([secret], 8).id).toBe(dead?.id);
});

test('while a secret is changed both sign, and after a day only the new one', async () => {
  const { id, secret: old } = await listen(['claim.adjudicated']);
  const { secret: fresh } = (await control('POST', `webhooks/${id}/secret`)) as { secret?: string };
  await hospital.claim(files[0]!);
  await server.idle();
  for (const secret of [old, fresh ?? '']) expect(read([secret]).type).toBe('claim.adjudicated');
  clock.advance(25 * 3_600_000);
  await hospital.login();
  await hospital.claim(files[1]!);
  await server.idle();
  expect(read([fresh ?? ''], 1).type).toBe('claim.adjudicated');
  expect(() => read([old], 1)).toThrow();
  expect(JSON.stringify(await control('GET', 'webhooks'))).not.toContain('whsec_');
  expect((await control('DELETE', `webhooks/${id}`))['status']).toBe(200);
  expect((await control('GET', 'webhooks'))['webhooks']).toEqual([]);
});

test('deliveries go to nobody inside the network, however the address is written', async () => {
  for (const url of [
    'http://example.invalid/',
    'http://10.0.0.1/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://0x0a000001/',
    'https://user:secret@example.invalid/',
    'file:///etc/passwd',
    'nothing',
  ])
    expect((await control('POST', 'webhooks', { url }))['code'], url).toBe('WEBHOOK_ADDRESS');
  for (const inner of [
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '::ffff:10.0.0.1',
    'fe80::1',
  ])
    expect(isAllowedAddress(inner, 'https:'), inner).toBe(false);
  expect(isAllowedAddress('127.0.0.1', 'http:')).toBe(true);
  expect(isAllowedAddress('203.0.113.9', 'http:')).toBe(false);
  expect(isAllowedAddress('203.0.113.9', 'https:')).toBe(true);
});
