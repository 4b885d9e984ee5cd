// The same dossiers over PostgreSQL, and two nodes that decide for one unit at a time.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { openUnitOffice, worker, type UnitOffice } from './unit-office.ts';

let database: TestPostgres;
const nodes: BhxhServer[] = [];
const clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
let office: UnitOffice;

beforeAll(async () => {
  database = await startPostgres();
  const store = database.address;
  nodes.push(await createServer({ demo: true, clock, store }));
  // The accounts' passwords are those of the node that started last.
  nodes.push(await createServer({ demo: true, clock, store }));
  office = await openUnitOffice(nodes[1] as BhxhServer, 'ZZ0001A');
  await office.login();
}, 180_000);
afterAll(async () => {
  for (const node of nodes) await node.close();
  await database.stop();
});

it('decides every dossier once, whichever node takes its steps, and the ledger adds up', async () => {
  const ids: string[] = [];
  for (let at = 0; at < 6; at += 1) {
    const row = worker(5_001 + at, 'TD', { tienLuong: '5310000' });
    const { body } = await office.file(
      office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', [row])]),
    );
    ids.push(String(body['maGiaoDich']));
  }
  for (let day = 0; day < 12; day += 1) {
    clock.advance(86_400_000);
    await Promise.all(nodes.map((node) => node.idle()));
  }
  await office.login();
  const states = await Promise.all(ids.map(async (id) => (await office.status(id))['state']));
  expect(states).toEqual(ids.map(() => 'completed'));
  const { body } = await office.call('readObligations', 'units/ZZ0001A/obligations?month=2026-10');
  expect(body['workers']).toBe(6);
  // Six times 5,310,000 at 32 %.
  expect(body['period']).toMatchObject({ total: String(6 * 1_699_200) });
}, 180_000);

it('keeps the fund that somebody has left', async () => {
  const left = worker(5_001, 'GN', { tienLuong: '5310000' });
  await office.file(office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', [left])]));
  for (let day = 0; day < 8; day += 1) {
    clock.advance(86_400_000);
    await Promise.all(nodes.map((node) => node.idle()));
  }
  await office.login();
  const { body } = await office.call('readObligations', 'units/ZZ0001A/obligations?month=2026-10');
  expect(body['period']).toMatchObject({ total: String(6 * 1_699_200 - 106_200) });
}, 180_000);

it('closes a month once, whichever node takes its batches', async () => {
  clock.advanceTo(new Date('2026-11-03T02:00:00Z'));
  await Promise.all(nodes.map((node) => node.idle()));
  const ask = async (node: BhxhServer, method: string, path: string): Promise<Record<string, unknown>> => {
    const answer = await node.fetch(
      new Request(`http://server/control/months/${path}`, {
        method,
        headers: { 'x-bhxh-admin-key': node.adminKey ?? '' },
      }),
      { address: '127.0.0.1' },
    );
    return (await answer.json()) as Record<string, unknown>;
  };
  await Promise.all(nodes.map((node) => ask(node, 'POST', '2026-10/close')));
  let run: Record<string, unknown> = {};
  while (run['state'] !== 'done') {
    await Promise.all(nodes.map((node) => node.idle()));
    run = await ask(nodes[0] as BhxhServer, 'GET', '2026-10');
  }
  expect(run['units']).toBe(run['totalUnits']);
  // One of the six pays no unemployment insurance, 2 % of 5,310,000.
  expect(run).toMatchObject({ workers: 6, principal: String(6 * 1_699_200 - 106_200) });
  await office.login();
  const first = await office.call('readStatement', 'units/ZZ0001A/statements/2026-10');
  const again = await office.call('readStatement', 'units/ZZ0001A/statements/2026-10');
  expect([first.status, again.text]).toEqual([200, first.text]);
}, 180_000);
