// The commands of the bank side against the gateway of the reference server: each duty signs in as itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, createVirtualClock, type BhxhServer, type VirtualClock } from '@bhxh/mock-server';
import { startNodeServer, type NodeHost } from '@bhxh/mock-server/node';
import { createDemoAuthority } from '@bhxh/signing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBhxh, surroundingsOf, type Ended } from './bhxh-process.ts';

let folder: string;
let server: BhxhServer;
let host: NodeHost;
let clock: VirtualClock;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-bank-'));
  // The command lives in the time of this machine, the server in one that can be moved on.
  clock = createVirtualClock(undefined, { frozenAt: new Date() });
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  const { key, certificate } = createDemoAuthority({ now: () => new Date() }).issue({
    mst: '9900000009',
    name: '09901',
  });
  const pem = `${key.export({ type: 'pkcs8', format: 'pem' }).toString()}${certificate.toString()}`;
  writeFileSync(join(folder, 'office.pem'), pem, { mode: 0o600 });
  writeFileSync(
    join(folder, 'lines.csv'),
    'voucher,name,amount,account,clearing,identity,postOffice,text\nV1,NGUYEN VAN THU,1500000,9999000201,99202001,,,CHI TRA\nV2,TRAN THI NGHIEM,2000000,9999AC04222,99202001,,,CHI TRA\n',
  );
}, 120_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

function as(username: string, ...words: readonly string[]): Promise<Ended> {
  const account = server.accounts.find((one) => one.username === username);
  if (account === undefined) throw new Error(`no account ${username}`);
  const around = surroundingsOf(folder, host.url, account);
  return runBhxh(['payments', ...words, '--office', '09901', '--format', 'json'], around);
}
const office = ['--bank', 'VCB', '--sign-with', 'file:office.pem'];
const json = ({ status, stdout, stderr }: Ended): Record<string, unknown> => {
  expect(status, stderr + stdout).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

test('balance and statement come signed by the bank', async () => {
  const { balances } = json(await as('09901_TTV', 'balance', '9999203002', ...office));
  expect(balances).toMatchObject([{ code: 'ITBD', amount: 100_000_000_000 }, { code: 'ITAV' }]);
  const statement = json(await as('09901_TTV', 'statement', '9999203001', ...office));
  expect(statement).toMatchObject({ lines: [], problems: [] });
  const unknown = await as('09901_TTV', 'balance', '9999203900', ...office);
  expect(unknown.status).toBe(6);
  expect(unknown.stdout).toContain('ACCOUNT_UNKNOWN');
}, 180_000);

test('a trace inquiry goes from its maker to a checker, and not past them', async () => {
  const about = [
    '--reason',
    'text-unclear',
    '--reference',
    'FT1',
    '--amount',
    '700000',
    '--content',
    'THIEU MA',
  ];
  const { id, state } = json(await as('09901_TTV', 'trace', ...about, '--bank', 'VCB'));
  expect(state).toBe('DRAFT');
  json(await as('09901_TTV', 'trace', String(id), '--step', 'submit'));
  expect((await as('09901_TTV', 'trace', String(id), '--step', 'approve')).status).not.toBe(0);
  expect(json(await as('09901_KTT', 'trace', String(id), '--step', 'approve'))).toMatchObject({
    state: 'SENT',
  });
}, 180_000);

test('a batch is made, checked and approved by three, and comes back line by line', async () => {
  const batch = ['--from', 'lines.csv', '--purpose', 'short-term', '--debit', '9999203002'];
  const { id, count, sum } = json(await as('09901_TTV', 'disburse', ...batch));
  expect([count, sum]).toEqual([2, 3_500_000]);
  const step = async (username: string, action: string): Promise<unknown> =>
    json(await as(username, 'disburse', String(id), '--step', action))['state'];
  expect(await step('09901_TTV', 'submit')).toBe('PENDING_CHECK');
  expect(await step('09901_KTT', 'check')).toBe('PENDING_APPROVAL');
  expect(await step('09901_LD', 'approve')).toBe('RECEIVED');
  for (const seconds of [60, 120]) {
    clock.advance(seconds * 1000);
    await server.idle();
  }
  expect(json(await as('09901_TTV', 'disburse', String(id)))).toMatchObject({
    state: 'PARTIAL',
    results: [{ state: 'PAID' }, { state: 'REJECTED', reason: 'AC04' }],
  });
}, 180_000);
