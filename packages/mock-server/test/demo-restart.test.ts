// What units and providers decided stays decided when the demo server is started again on the same store.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openUnitOffice, registrationHeader } from './unit-office.ts';

const UNIT = 'ZZ0002A';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (at: string): Promise<BhxhServer> =>
  createServer({
    demo: true,
    store: join(folder, 'demo.db'),
    clock: createVirtualClock(undefined, { frozenAt: new Date(at) }),
  });

/** What the ready file says the provider acts for, and what it is answered about the unit. */
async function provider(server: BhxhServer): Promise<readonly unknown[]> {
  const account = server.accounts.find(({ role }) => role === 'ivan');
  const ask = (path: string, init: RequestInit): Promise<Response> =>
    server.fetch(new Request(`http://server/declarations/v1/${path}`, init));
  const opened = await ask('sessions', {
    method: 'POST',
    body: JSON.stringify({ username: account?.username, password: account?.password }),
  });
  const { token } = (await opened.json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  return [account?.units, (await ask(`units/${UNIT}`, { headers })).status];
}

it('gives the provider no unit again that has gone to another one', async () => {
  const first = await start('2026-10-12T02:00:00Z');
  expect(await provider(first)).toEqual([['ZZ0001A', 'ZZ0002A', 'ZZ0003A'], 200]);
  const office = await openUnitOffice(first, UNIT);
  await office.login();
  const { body } = await office.file(
    office.dossier('04_DK-IVAN', '2026-10', [
      {
        form: '04_DK-IVAN',
        header: {
          ...registrationHeader(office),
        },
        rows: [
          {
            values: {
              MaThuTuc: '04_DK-IVAN',
              MaSoBHXH: UNIT,
              MaIVAN: '99998',
              TenIVAN: 'Another Provider',
              Serial: '01AB',
              Subject: 'CN=Unit',
              TuNgay: '01/01/2026',
              DenNgay: '31/12/2028',
            },
          },
        ],
      },
    ]),
  );
  first.clock.advance(14 * 86_400_000);
  await first.idle();
  await office.login();
  expect(await office.status(String(body['maGiaoDich']))).toMatchObject({ state: 'completed', reasons: [] });
  expect((await provider(first))[1]).toBe(403);
  await first.close();

  const second = await start('2026-10-27T02:00:00Z');
  expect(await provider(second)).toEqual([['ZZ0001A', 'ZZ0003A'], 403]);
  await second.close();
}, 120_000);
