// Money that a unit paid too much is carried to the next month, settles what that one owes, and is owed again when the bank takes it back.
import { readC12Form, reconcileC12, type C12 } from '@bhxh/sdk/declarations';
import type { BankClient } from '@bhxh/sdk/payments';
import { outstandingObligations } from '@bhxh/sdk/payments/ledger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { readUnitLedger } from '../src/ledger/unit-ledger.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { credit, openParty } from './bank-parties.ts';
import { closeMonth, openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

const UNIT = 'ZZ0001A';
const KEY = 'key';
/** Two workers of 5,310,000. */
const MONTH = { bhxh: 2_655_000, bhyt: 477_900, bhtn: 212_400, tnld: 53_100, total: 3_398_400 };

let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let bank: BankClient;
let office: UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-05T02:00:00Z') });
  server = await createServer({ demo: true, clock, adminKey: KEY });
  host = await startNodeServer(server);
  bank = await openParty({ url: host.url, accounts: server.accounts, now: () => clock.now() }, 'VCB_TTV');
  office = await openUnitOffice(server, UNIT);
  await office.login();
}, 60_000);
afterAll(async () => {
  await bank.close();
  await host.close();
});

async function at(moment: string): Promise<void> {
  clock.advanceTo(new Date(moment));
  await server.idle();
  await office.login();
}

async function file(month: string, rows: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const { body } = await office.file(office.dossier('600', month, [office.form('D02-TS', month, rows)]));
  await at(`${month}-20T02:00:00Z`);
  expect(await office.status(String(body['maGiaoDich']))).toMatchObject({ state: 'completed', reasons: [] });
}

let messages = 0;
async function tell(day: string, one: ReturnType<typeof credit>): Promise<void> {
  messages += 1;
  const { credits } = await bank.notifyCredits({
    messageId: `M${messages}`,
    office: '09901',
    account: '9999203001',
    businessDate: day,
    credits: [{ ...one, bookingDate: day }],
  });
  expect(credits[0]?.isPosted).toBe(true);
}

/** Sound by its own equations. */
async function statement(month: string): Promise<C12['lines']> {
  const { text } = await office.call('readStatement', `units/${UNIT}/statements/${month}`);
  const c12 = readC12Form(specifications, Buffer.from(text), `C12 ${month}`);
  expect(reconcileC12(specifications, c12)).toEqual([]);
  return c12.lines;
}

const nothing = { bhxh: 0, bhyt: 0, bhtn: 0, tnld: 0, total: 0 };

it('carries what was paid too much out of a month and into the next', async () => {
  await file(
    '2026-10',
    [8_401, 8_402].map((index) => worker(index, 'TD', { tienLuong: '5310000' })),
  );
  await tell('2026-10-21', credit('FT1', MONTH.total + 1_000_000));
  const open = await statement('2026-10');
  expect(open.get('C')?.total).toBe(MONTH.total + 1_000_000);
  expect(open.get('C.1')).toEqual(open.get('C'));
  expect(open.get('Đ.2.1')).toEqual({ ...nothing, bhxh: 1_000_000, total: 1_000_000 });
  expect(open.get('Đ.2.2')).toEqual(nothing);
  await at('2026-11-03T02:00:00Z');
  await closeMonth(server, KEY, '2026-10');
  expect(await statement('2026-10')).toEqual(open);
  const { body } = await office.call('readObligations', `units/${UNIT}/obligations?month=2026-10`);
  expect(body['outstanding']).toMatchObject({ total: '-1000000' });
}, 60_000);

it('settles what the next month owes with it, in a line of section C whose total is nothing', async () => {
  await at('2026-12-02T02:00:00Z');
  await closeMonth(server, KEY, '2026-11');
  const november = await statement('2026-11');
  expect(november.get('A.2.1')).toEqual({ ...nothing, bhxh: 1_000_000, total: 1_000_000 });
  expect(november.get('B.3')).toEqual(MONTH);
  // By the policy: health, unemployment and occupational insurance first.
  const settled = { bhxh: -743_400, bhyt: 477_900, bhtn: 212_400, tnld: 53_100, total: 0 };
  expect([november.get('C.1'), november.get('C')]).toEqual([settled, settled]);
  expect(november.get('Đ.2.1')).toEqual(nothing);
  expect(november.get('Đ.2.2')).toEqual({
    ...nothing,
    bhxh: MONTH.total - 1_000_000,
    total: MONTH.total - 1_000_000,
  });
  const { ledger } = await readUnitLedger(server.store.read, UNIT);
  expect(ledger.balance(`carried:${UNIT}`)).toBe(0);
}, 60_000);

it('takes what is given back for a month that was paid as money paid too much', async () => {
  await tell('2026-12-04', credit('FT2', MONTH.total - 1_000_000));
  await file('2026-12', [worker(8_401, 'GH', { tuThang: '11/2026' })]);
  await at('2027-01-04T02:00:00Z');
  await closeMonth(server, KEY, '2026-12');
  const december = await statement('2026-12');
  const half = { bhxh: 1_327_500, bhyt: 238_950, bhtn: 106_200, tnld: 26_550, total: 1_699_200 };
  expect(december.get('B.3')).toEqual(half);
  expect(december.get('B.4.2')).toEqual(half);
  expect([december.get('Đ.2.1'), december.get('Đ.2.2')]).toEqual([nothing, nothing]);
  const { ledger } = await readUnitLedger(server.store.read, UNIT);
  expect(outstandingObligations(ledger, UNIT)).toEqual([]);
  // Nothing of it is late, however much later it is asked.
  await at('2027-03-02T02:00:00Z');
  await closeMonth(server, KEY, '2027-01');
  expect((await statement('2027-01')).get('B.5.1')).toEqual(nothing);
}, 60_000);

it('owes again what carried money had settled when the bank takes that money back', async () => {
  const before = (await statement('2027-02')).get('Đ.2.2')?.total ?? 0;
  await tell('2027-02-10', credit('FT9', MONTH.total + 1_000_000, { reverses: 'FT1' }));
  const { ledger } = await readUnitLedger(server.store.read, UNIT);
  expect(ledger.balance(`carried:${UNIT}`)).toBeGreaterThanOrEqual(0);
  const owed = outstandingObligations(ledger, UNIT).reduce((sum, { amount }) => sum + amount, 0);
  const february = await statement('2027-02');
  expect((february.get('Đ.2.2')?.total ?? 0) - (february.get('Đ.2.1')?.total ?? 0)).toBe(
    before + MONTH.total + 1_000_000,
  );
  expect(owed - ledger.balance(`carried:${UNIT}`)).toBe(before + MONTH.total + 1_000_000);
}, 60_000);
