// A unit begins, changes and ends its electronic transactions by dossiers 04, 05 and 06.
import type { Dossier } from '@bhxh/sdk/declarations';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { asksToRegister, registrationChange } from '../src/dossiers/registration.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openUnitOffice, registrationHeader, worker, type UnitOffice } from './unit-office.ts';

/** Has not registered in the demo. */
const UNIT = 'ZZ0099A';
const KEY = 'key';
const DAY = 86_400_000;

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

function registration(
  form: '04_DK-IVAN' | '05_SD-IVAN' | '06_NG-IVAN',
  contact: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Dossier {
  return office.dossier(form, '2026-10', [
    {
      form,
      header: {
        ...registrationHeader(office),
        ...contact,
      },
      rows: [{ values: { MaThuTuc: form, MaSoBHXH: UNIT, MaIVAN: '99999', TenIVAN: 'Provider', ...values } }],
    },
  ]);
}

const certificate = { Serial: '01AB', Subject: 'CN=Unit', TuNgay: '01/01/2026', DenNgay: '31/12/2028' };

/** Files and goes on until the result, or until `days` have gone. */
async function outcome(dossier: Dossier, days = 14): Promise<readonly unknown[]> {
  const { body } = await office.file(dossier);
  clock.advance(days * DAY);
  await server.idle();
  await office.login();
  const { state, reasons } = await office.status(String(body['maGiaoDich']));
  return [state, ...(reasons as readonly { code: string }[]).map(({ code }) => code)];
}

const joining = (index: number, month: string): Dossier =>
  office.dossier('600', month, [
    office.form('D02-TS', month, [
      worker(index, 'TD', { tienLuong: '5310000', tuThang: `${month.slice(5)}/${month.slice(0, 4)}` }),
    ]),
  ]);

const unit = async (): Promise<Record<string, unknown>> => {
  const { body, problems } = await office.call('readUnit', `units/${UNIT}`);
  expect(problems).toEqual([]);
  return body;
};

/** What the provider's account is answered about the unit. */
async function providerSees(): Promise<number> {
  const account = server.accounts.find(({ role }) => role === 'ivan');
  const ask = (path: string, init: RequestInit): Promise<Response> =>
    server.fetch(new Request(`http://server/declarations/v1/${path}`, init));
  const opened = await ask('sessions', {
    method: 'POST',
    body: JSON.stringify({ username: account?.username, password: account?.password }),
  });
  const { token } = (await opened.json()) as { token: string };
  return (await ask(`units/${UNIT}`, { headers: { Authorization: `Bearer ${token}` } })).status;
}

it('refuses a unit that has not registered, and lets it register', async () => {
  expect(await outcome(joining(9_001, '2026-10'))).toEqual(['refused', 'unit-not-registered']);
  expect([(await unit())['status'], await providerSees()]).toEqual(['unregistered', 403]);
  const contact = { DienThoaiLienHe: '0990000077', DiaChiLienHe: '7 Street' };
  expect(await outcome(registration('04_DK-IVAN', contact, certificate))).toEqual(['completed']);
  expect(await unit()).toMatchObject({
    status: 'registered',
    provider: '99999',
    phone: '0990000077',
    address: '7 Street',
  });
  expect(await providerSees()).toBe(200);
  expect(await outcome(joining(9_002, '2026-11'))).toEqual(['completed']);
}, 60_000);

it('changes how the unit is reached, and nothing else', async () => {
  const before = await unit();
  const contact = { DienThoai: '0990000088', DiaChi: '8 Street' };
  expect(await outcome(registration('05_SD-IVAN', contact, { NoiDungThayDoi: 'Contact' }))).toEqual([
    'completed',
  ]);
  expect(await unit()).toEqual({ ...before, phone: '0990000088', address: '8 Street' });
}, 60_000);

it('ends after the last day that the unit names, and begins again with a new registration', async () => {
  const end = { NgayNgung: '31/01/2027', LyDo: 'doi-to-chuc' };
  expect(await outcome(registration('06_NG-IVAN', {}, end))).toEqual(['completed']);
  expect((await unit())['status']).toBe('registered');
  expect(await outcome(joining(9_003, '2026-12'))).toEqual(['completed']);
  clock.advanceTo(new Date('2027-01-31T16:59:00Z'));
  await office.login();
  expect((await unit())['status']).toBe('registered');
  clock.advance(2 * 60_000);
  expect((await unit())['status']).toBe('unregistered');
  expect(await outcome(joining(9_004, '2027-02'))).toEqual(['refused', 'unit-not-registered']);
  expect(await outcome(registration('05_SD-IVAN', {}, { NoiDungThayDoi: 'Contact' }))).toEqual([
    'refused',
    'unit-not-registered',
  ]);
  expect(await outcome(registration('04_DK-IVAN', {}, certificate))).toEqual(['completed']);
  expect((await unit())['status']).toBe('registered');
}, 60_000);

it('takes nothing else along with a registration', () => {
  const register = registration('04_DK-IVAN', {}, certificate);
  expect(asksToRegister(register)).toBe(true);
  expect(asksToRegister({ ...register, forms: [] })).toBe(false);
  const { forms } = joining(9_005, '2027-03');
  expect(asksToRegister({ ...register, forms: [...register.forms, ...forms] })).toBe(false);
  const end = registration('06_NG-IVAN', {}, { NgayNgung: '31/01/2027', LyDo: 'doi-to-chuc' });
  expect(registrationChange(end, '2027-01-01')).toEqual({ files_until: '2027-01-31' });
  expect(registrationChange({ ...end, forms: [...forms, ...end.forms] }, '2027-01-01')).toEqual({});
});

it('goes back to how the demo began', async () => {
  await server.fetch(
    new Request('http://server/control/reset', { method: 'POST', headers: { 'x-bhxh-admin-key': KEY } }),
    { address: '127.0.0.1' },
  );
  await office.login();
  expect([(await unit())['status'], await providerSees()]).toEqual(['unregistered', 403]);
});
