// Sessions that are renewed: one use of each refresh token, one family for each login.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openAccountOffice, type AccountOffice } from './account-office.ts';
import { openControlCalls } from './control-call.ts';

const MINUTE = 60_000;
const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') });
let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
}, 60_000);
afterAll(() => host.close());

const open = (): AccountOffice => openAccountOffice(host.url, server.accounts[0]!);
const works = async (office: AccountOffice): Promise<boolean> =>
  (await office.call('findLookupLocks', 'GET', 'lookup-locks')).status === 200;

test('a session is renewed beyond its ten minutes, and what was given out before is worth nothing', async () => {
  const office = open();
  expect((await office.login()).problems).toEqual([]);
  const first = office.token();
  clock.advance(9 * MINUTE);
  expect((await office.refresh()).problems).toEqual([]);
  expect(office.token()).not.toBe(first);
  clock.advance(9 * MINUTE);
  expect(await works(office)).toBe(true);
  const old = await fetch(`${host.url}/accounts/v1/lookup-locks`, {
    headers: { Authorization: `Bearer ${first}` },
  });
  expect(old.status).toBe(401);
});

test('a refresh token that comes twice ends the session for both who hold it', async () => {
  const office = open();
  await office.login();
  const stolen = office.refreshToken();
  await office.refresh();
  expect(await works(office)).toBe(true);
  const thief = await office.refresh(stolen);
  expect([thief.status, thief.body['code'], thief.problems]).toEqual([401, 'REFRESH_REUSED', []]);
  expect(await works(office)).toBe(false);
  expect((await office.refresh()).status).toBe(401);
  const audit = await openControlCalls(host.url, server.adminKey)('readAudit', 'GET', 'audit?limit=1000');
  expect(audit.text).toContain('session.reused');
});

test('of two renewals at the same moment one is given and the other ends the session', async () => {
  const office = open();
  await office.login();
  const token = office.refreshToken();
  const statuses = await Promise.all([open().refresh(token), open().refresh(token)]);
  expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  expect((await open().refresh(token)).status).toBe(401);
});

test('a session that nobody used for half an hour, or that is twelve hours old, is over', async () => {
  const idle = open();
  await idle.login();
  clock.advance(30 * MINUTE);
  expect((await idle.refresh()).status).toBe(401);
  const long = open();
  await long.login();
  for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
    clock.advance(20 * MINUTE);
    expect((await long.refresh()).status).toBe(200);
  }
  clock.advance(20 * MINUTE);
  expect((await long.refresh()).status).toBe(401);
});

test('logging out and suspension end the session with its refresh token; restored accounts begin anew', async () => {
  const office = open();
  await office.login();
  expect((await office.call('closeAccountSession', 'DELETE', 'sessions')).status).toBe(200);
  expect([await works(office), (await office.refresh()).status]).toEqual([false, 401]);
  await office.login();
  const control = openControlCalls(host.url, server.adminKey);
  const { username } = server.accounts[0]!;
  await control('setAccountStatus', 'PUT', `accounts/${username}/status`, { status: 'suspended' });
  expect([await works(office), (await office.refresh()).status]).toEqual([false, 401]);
  await control('setAccountStatus', 'PUT', `accounts/${username}/status`, { status: 'active' });
  expect([await works(office), (await office.refresh()).status]).toEqual([false, 401]);
  expect((await office.login()).status).toBe(200);
});

test('an account calls from its registered networks only, whichever way an address is written', async () => {
  const control = openControlCalls(host.url, server.adminKey);
  const { username, password } = server.accounts[1]!;
  const set = (addresses: unknown): ReturnType<typeof control> =>
    control('setAccountAddresses', 'PUT', `accounts/${username}/addresses`, { addresses });
  expect((await set(['10.0.0.0/99'])).body['code']).toBe('ADDRESS');
  expect((await set(['10.1.0.0/16', '2001:db8::/32'])).problems).toEqual([]);
  const login = async (address: string): Promise<number> =>
    (
      await server.fetch(
        new Request('http://server/accounts/v1/sessions', {
          method: 'POST',
          body: JSON.stringify({ username, password }),
        }),
        { address },
      )
    ).status;
  expect(
    await Promise.all(['10.1.9.9', '::ffff:10.1.9.9', '::ffff:a01:909', '2001:db8::7'].map(login)),
  ).toEqual([200, 200, 200, 200]);
  expect(await Promise.all(['10.2.0.1', '2001:db9::7', '127.0.0.1'].map(login))).toEqual([403, 403, 403]);
  await set(null);
  expect(await login('127.0.0.1')).toBe(200);
});
