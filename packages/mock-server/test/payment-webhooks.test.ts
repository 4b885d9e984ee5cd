// What happens at the bank gateway is told by webhooks: credits, reversals and the steps of a record, signed and without a person.
import { createServer as createListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyWebhook } from '@bhxh/sdk/webhooks';
import type { BankClient } from '@bhxh/sdk/payments';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { credit, deviations, openParty } from './bank-parties.ts';
import { openControlCalls } from './control-call.ts';

const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
let server: BhxhServer;
let host: NodeHost;
let bank: BankClient;
let office: BankClient;
let checker: BankClient;
let receiver: Server;
const arrived: { readonly headers: Record<string, string | string[] | undefined>; readonly body: string }[] =
  [];
let control: ReturnType<typeof openControlCalls>;

beforeAll(async () => {
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  control = openControlCalls(host.url, server.adminKey);
  const place = { url: host.url, accounts: server.accounts, now: () => clock.now() };
  bank = await openParty(place, 'VCB_TTV');
  office = await openParty(place, '09901_TTV');
  checker = await openParty(place, '09901_KTT');
  receiver = createListener((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      arrived.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  for (const client of [bank, office, checker]) await client.close();
  await host.close();
  await new Promise((resolve) => receiver.close(resolve));
  expect(deviations).toEqual([]);
});

const notify = (reference: string, reverses?: string): ReturnType<BankClient['notifyCredits']> =>
  bank.notifyCredits({
    messageId: `M-${reference}`,
    office: '09901',
    account: '9999203001',
    businessDate: '2026-10-12',
    credits: [credit(reference, 500_000, reverses === undefined ? {} : { reverses })],
  });

test('payment.* is told once, under the secret of the endpoint, and names nobody', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const { body } = await control('addWebhook', 'POST', 'webhooks', {
    url,
    events: ['payment.received', 'payment.reversed', 'payment.trace'],
  });
  const received = (await notify('WH1')).credits[0]!.id;
  // Told a second time, nothing has happened.
  await notify('WH1');
  const reversed = (await notify('WH2', 'WH1')).credits[0]!.id;
  const opened = await office.traces.open({
    reason: 'text-unclear',
    content: 'THIEU MA DON VI',
    bank: 'VCB',
    originalReference: 'WH1',
    originalAmount: '500000',
    originalDate: '2026-10-12',
  });
  const submitted = await office.traces.act(opened, { action: 'submit' });
  await checker.traces.act(submitted, { action: 'approve' });
  const { id } = opened;
  while (arrived.length < 5) await pause(10);
  await control('awaitIdle', 'POST', 'idle');

  const told = arrived.map(({ headers, body: text }) =>
    verifyWebhook(headers, text, { secrets: [String(body['secret'])], now: () => clock.now() }),
  );
  // Several are under way at one time; what they are about says in which order it happened.
  const what = told.map(({ type, data }) =>
    [type, data['subject'], data['state'] ?? data['status']].join(' '),
  );
  expect(what.toSorted()).toEqual(
    [
      `payment.received ${received} ALLOCATED`,
      `payment.reversed ${reversed} REVERSAL`,
      `payment.trace ${id} DRAFT`,
      `payment.trace ${id} PENDING_APPROVAL`,
      `payment.trace ${id} SENT`,
    ].toSorted(),
  );
  expect(new Set(told.map((one) => one.id)).size).toBe(5);
  expect(told.find(({ type }) => type === 'payment.received')!.data).toMatchObject({
    unit: 'ZZ0001A',
    amount: '500000',
    reference: 'WH1',
  });
  const text = arrived.map((one) => one.body).join('\n');
  for (const personal of ['CONG TY THU NGHIEM', '9999000077', 'THIEU MA'])
    expect(text).not.toContain(personal);
}, 120_000);
