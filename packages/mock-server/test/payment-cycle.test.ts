// Units that pay every third or sixth month owe interest from the day after their cycle's last one to pay.
import { readC12Form, reconcileC12 } from '@bhxh/sdk/declarations';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { closeMonth, openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

const KEY = 'key';
const MONTHLY = 'ZZ0001A';
const QUARTERLY = 'ZZ0002A';

let clock: VirtualClock;
let server: BhxhServer;
const offices = new Map<string, UnitOffice>();
const officeOf = (unit: string): UnitOffice => offices.get(unit) as UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-05T02:00:00Z') });
  server = await createServer({ demo: true, clock, adminKey: KEY });
  for (const unit of [MONTHLY, QUARTERLY]) offices.set(unit, await openUnitOffice(server, unit));
  await login();
}, 60_000);
afterAll(() => server.close());

async function login(): Promise<void> {
  for (const office of offices.values()) await office.login();
}

async function at(moment: string): Promise<void> {
  clock.advanceTo(new Date(moment));
  await server.idle();
  await login();
}

/** The unit says on TK3-TS how it pays. */
async function chooseCycle(unit: string, cycle: string): Promise<string> {
  const office = officeOf(unit);
  const { body } = await office.file(
    office.dossier('604', '2026-10', [
      {
        form: 'TK3-TS',
        header: { KyKeKhai: '10/2026', NgayLap: '10/10/2026' },
        rows: [
          {
            values: {
              TenDonVi: `Unit ${unit}`,
              MaDonVi: unit,
              MaSoThue: office.taxCode,
              DiaChiDangKy: '1 Street',
              LoaiHinh: 'Company',
              DiaChiLienHe: '1 Street',
              DienThoai: '0990000001',
              PhuongThucDong: cycle,
            },
          },
        ],
      },
    ]),
  );
  return String(body['maGiaoDich']);
}

async function join(unit: string, index: number): Promise<string> {
  const office = officeOf(unit);
  const rows = [worker(index, 'TD', { tienLuong: '5310000' })];
  const { body } = await office.file(
    office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', rows)]),
  );
  return String(body['maGiaoDich']);
}

async function interest(unit: string, month: string): Promise<number> {
  const { text } = await officeOf(unit).call('readStatement', `units/${unit}/statements/${month}`);
  const c12 = readC12Form(specifications, Buffer.from(text), `C12 ${month}`);
  expect(reconcileC12(specifications, c12)).toEqual([]);
  return c12.lines.get('B.5.3')?.total ?? 0;
}

const MONTHLY_DUE = 1_699_200;
/** By the five accounts of one month: ODTS, HTTT, TNLD-BNN, BHTN, BHYT of 5,310,000. */
const interestOf = (days: number): number =>
  [159_300, 1_168_200, 26_550, 106_200, 238_950].reduce(
    (sum, amount) => sum + Math.round(amount * 0.0003 * days),
    0,
  );

it('takes the cycle from TK3-TS and tells it and the day to pay', async () => {
  const filed = await chooseCycle(QUARTERLY, '3');
  await at('2026-10-14T02:00:00Z');
  expect(await officeOf(QUARTERLY).status(filed)).toMatchObject({ state: 'completed', reasons: [] });
  for (const [unit, cycle, dueOn] of [
    [MONTHLY, 1, '2026-11-30'],
    [QUARTERLY, 3, '2027-01-31'],
  ] as const) {
    const office = officeOf(unit);
    const own = await office.call('readUnit', `units/${unit}`);
    expect([own.problems, own.body['paymentCycle']]).toEqual([[], cycle]);
    const owed = await office.call('readObligations', `units/${unit}/obligations?month=2026-10`);
    expect([owed.problems, owed.body['dueOn']]).toEqual([[], dueOn]);
    const old = await office.call('readObligations', `units/${unit}/obligations?month=2010-01`);
    expect([old.problems, old.body['dueOn']]).toEqual([[], null]);
  }
}, 60_000);

it('refuses a cycle that no unit has', async () => {
  const filed = await chooseCycle(QUARTERLY, '12');
  clock.advance(3_600_000);
  await server.idle();
  await login();
  const { state, reasons } = await officeOf(QUARTERLY).status(filed);
  expect([state, (reasons as readonly { code: string }[]).map(({ code }) => code)]).toEqual([
    'refused',
    ['form-invalid'],
  ]);
});

it('counts interest from the end of the cycle, and by the old cycle for what was owed before another was chosen', async () => {
  await Promise.all([join(MONTHLY, 7_101), join(QUARTERLY, 7_102)]);
  await at('2026-11-03T02:00:00Z');
  await closeMonth(server, KEY, '2026-10');
  await at('2026-12-02T02:00:00Z');
  await closeMonth(server, KEY, '2026-11');
  await at('2027-01-04T02:00:00Z');
  await closeMonth(server, KEY, '2026-12');
  // October's were due by 30 November for one, and with November and December by 31 January for the other.
  expect(await interest(MONTHLY, '2026-12')).toBe(interestOf(31));
  expect(await interest(QUARTERLY, '2026-12')).toBe(0);
  // From now on the unit pays by the half year: what it owes already stays due at the end of January.
  const filed = await chooseCycle(QUARTERLY, '6');
  await at('2027-02-02T02:00:00Z');
  expect(await officeOf(QUARTERLY).status(filed)).toMatchObject({ state: 'completed', reasons: [] });
  await closeMonth(server, KEY, '2027-01');
  expect(await interest(QUARTERLY, '2027-01')).toBe(0);
  await at('2027-03-02T02:00:00Z');
  await closeMonth(server, KEY, '2027-02');
  expect(await interest(QUARTERLY, '2027-02')).toBe(3 * interestOf(28));
  await at('2027-04-02T02:00:00Z');
  await closeMonth(server, KEY, '2027-03');
  // January to June are due by 31 July.
  expect(await interest(QUARTERLY, '2027-03')).toBe(3 * interestOf(31));
  const { body } = await officeOf(QUARTERLY).call(
    'readObligations',
    `units/${QUARTERLY}/obligations?month=2027-03`,
  );
  expect(body).toMatchObject({
    dueOn: '2027-07-31',
    outstanding: { total: String(6 * MONTHLY_DUE) },
  });
}, 60_000);
