import { readC12Form, readForm, reconcileC12 } from '@bhxh/sdk/declarations';
import { allocationData, allocationPolicy, postReceipt } from '@bhxh/sdk/payments/ledger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { readUnitLedger, writeUnitLedger } from '../src/ledger/unit-ledger.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

const UNIT = 'ZZ0001A';
const KEY = 'key';

let clock: VirtualClock;
let server: BhxhServer;
let office: UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
  server = await createServer({ demo: true, clock, adminKey: KEY });
  office = await openUnitOffice(server, UNIT);
  await office.login();
}, 60_000);
afterAll(() => server.close());

async function at(moment: string): Promise<void> {
  clock.advanceTo(new Date(moment));
  await server.idle();
  await office.login();
}

/** Sends a dossier; `done` says that it came to its result. */
async function file(month: string, ...rows: readonly Record<string, string>[]): Promise<() => Promise<void>> {
  const { body } = await office.file(office.dossier('600', month, [office.form('D02-TS', month, rows)]));
  return async () => {
    expect(await office.status(String(body['maGiaoDich']))).toMatchObject({
      state: 'completed',
      reasons: [],
    });
  };
}

async function close(month: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const ask = (method: string, path: string): Promise<Response> =>
    server.fetch(
      new Request(`http://server/control/${path}`, { method, headers: { 'x-bhxh-admin-key': KEY } }),
      { address: '127.0.0.1' },
    );
  const answer = await ask('POST', `months/${month}/close`);
  await server.idle();
  if (answer.status !== 200)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  const run = await ask('GET', `months/${month}`);
  return { status: run.status, body: (await run.json()) as Record<string, unknown> };
}

async function statement(month: string): Promise<Buffer> {
  const { text, status } = await office.call('readStatement', `units/${UNIT}/statements/${month}`);
  expect(status).toBe(200);
  return Buffer.from(text);
}

const lines = async (month: string) =>
  readC12Form(specifications, await statement(month), `C12 ${month}`).lines;

/** The equations of the statement itself. */
async function expectSound(month: string): Promise<void> {
  const c12 = readC12Form(specifications, await statement(month), `C12 ${month}`);
  expect(reconcileC12(specifications, c12)).toEqual([]);
}

const joins = (index: number, from: string, wage = '5310000') =>
  worker(index, 'TD', { tienLuong: wage, tuThang: from });

it('closes a month: obligations posted, C12 fixed, and what comes later is booked in the next one', async () => {
  const filed = await file('2026-10', joins(7001, '10/2026'), joins(7002, '10/2026'));
  expect((await close('2026-10')).body['code']).toBe('MONTH_NOT_ENDED');
  await at('2026-11-03T02:00:00Z');
  await filed();
  const { status, body } = await close('2026-10');
  expect(status).toBe(200);
  expect(body).toMatchObject({ state: 'done', workers: 2, principal: '3398400', interest: '0' });
  expect(body['units']).toBe(body['totalUnits']);
  const first = await statement('2026-10');
  await expectSound('2026-10');

  // For October, filed after it was closed.
  const late = await file('2026-10', joins(7003, '10/2026'));
  await at('2026-11-20T02:00:00Z');
  await late();
  expect(await statement('2026-10')).toEqual(first);
  const november = await lines('2026-11');
  expect(november.get('A.2.2')?.total).toBe(3_398_400);
  expect(november.get('B.4.1')?.total).toBe(1_699_200);
  expect(november.get('B.3')?.total).toBe(3 * 1_699_200);
  await expectSound('2026-11');
}, 60_000);

it('closes months one after the other', async () => {
  await at('2027-01-04T02:00:00Z');
  const wrong = await close('2026-12');
  expect([wrong.status, wrong.body['code'], wrong.body['detail']]).toEqual([409, 'MONTH_ORDER', '2026-11']);
  expect((await close('2026-11')).body['state']).toBe('done');
  const again = await close('2026-11');
  expect(again.body['state']).toBe('done');
});

it('posts interest by day from the day after the last one to pay, and stops it when money comes', async () => {
  // October's 3,398,400 were due by 30 November: late from 1 December, all 31 days but for what was paid.
  await server.store.write(async (connection) => {
    const unitLedger = await readUnitLedger(connection, UNIT);
    postReceipt(
      unitLedger.ledger,
      {
        key: 'credit-1',
        unitCode: UNIT,
        bankAccount: '9999000001',
        amount: 477_900 + 1_000_000,
        on: '2026-12-11',
        voucher: 'UNC 00001',
      },
      allocationPolicy(allocationData(specifications)),
    );
    await writeUnitLedger(connection, unitLedger);
  });
  const { body } = await close('2026-12');
  const december = await lines('2026-12');
  const interest = december.get('B.5.3');
  // BHYT is settled first: 477,900 x 0.03 % x 10 days.
  expect(interest?.bhyt).toBe(1_434);
  // All BHYT of October and November takes 1,433,700; 44,200 are left for BHTN from the eleventh on.
  expect(interest?.bhtn).toBe(Math.round((212_400 * 10 + 168_200 * 21) * 0.0003));
  // 53,100 for 31 days; 318,600 and 2,336,400 each for itself.
  expect(interest?.tnld).toBe(494);
  expect(interest?.bhxh).toBe(2_963 + 21_729);
  expect(body['interest']).toBe(String(interest?.total));
  // All of October was late on the first day; the rate stands beside it, per cent a day.
  expect(december.get('B.5.1')).toEqual({
    bhxh: 2_655_000,
    bhyt: 477_900,
    bhtn: 212_400,
    tnld: 53_100,
    total: 3_398_400,
  });
  const { rows } = readForm(specifications, await statement('2026-12'));
  expect(rows.find(({ values }) => values['stt'] === 'B.5.2')?.values).toMatchObject({
    bhxh: '0.03',
    bhyt: '0.03',
    bhtn: '0.03',
    bhtnld: '0.03',
  });
  expect(december.get('C')?.total).toBe(1_477_900);
  expect(december.get('Đ.3')?.total).toBe(interest?.total);
  await expectSound('2026-12');
  // What a month carries out, the next one carries in.
  const january = await lines('2027-01');
  for (const [out, into] of [
    ['Đ.2.2', 'A.2.2'],
    ['Đ.3', 'A.3'],
  ] as const)
    expect([out, january.get(into)]).toEqual([out, december.get(out)]);
}, 60_000);

it('counts who joined and left between two closed months without a dossier of the month', async () => {
  const filed = await file('2027-01', worker(7001, 'GH', { tuThang: '02/2027' }));
  await at('2027-03-02T02:00:00Z');
  await filed();
  await close('2027-01');
  const { body } = await close('2027-02');
  expect(body).toMatchObject({ state: 'done', workers: 2 });
  const february = await lines('2027-02');
  expect(february.get('B.3')).toEqual({
    bhxh: 2_655_000,
    bhyt: 477_900,
    bhtn: 212_400,
    tnld: 53_100,
    total: 3_398_400,
  });
  await expectSound('2027-02');
}, 60_000);
