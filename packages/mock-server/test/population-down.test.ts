// While the population database does not answer, nobody is refused for it: the dossier says so, waits, and goes on.
import { readForm } from '@bhxh/sdk/declarations';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

const MINUTE = 60_000;
const DOWN = { 'x-bhxh-scenario': 'dossier-population-unavailable' };

let clock: VirtualClock;
let server: BhxhServer;
let office: UnitOffice;

beforeAll(async () => {
  // Eight in the morning in Vietnam.
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T01:00:00Z') });
  server = await createServer({ demo: true, clock });
  office = await openUnitOffice(server, 'ZZ0001A');
  await office.login();
}, 60_000);
afterAll(() => server.close());

async function after(minutes: number): Promise<void> {
  clock.advance(minutes * MINUTE);
  await server.idle();
  await office.login();
}

async function file(row: Readonly<Record<string, string>>): Promise<string> {
  const { body } = await office.file(
    office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', [row])]),
    DOWN,
  );
  return String(body['maGiaoDich']);
}

const codes = (status: Record<string, unknown>): readonly string[] =>
  (status['reasons'] as readonly { readonly code: string }[]).map(({ code }) => code);

it('waits without a number, a day or a notice, says why, and is accepted when the database answers again', async () => {
  const id = await file(worker(7_201, 'TD', { tienLuong: '5310000' }));
  await after(120);
  const waiting = await office.call('readDossier', `dossiers/${id}`);
  expect(waiting.problems).toEqual([]);
  expect(waiting.body).toMatchObject({ state: 'recorded', isFinal: false, soHoSo: null, dueOn: null });
  expect(codes(waiting.body)).toEqual(['population-unavailable']);
  expect((waiting.body['documents'] as { name: string }[]).map(({ name }) => name)).toEqual(['XAC-NHAN']);
  await after(120);
  const still = await office.status(id);
  expect([still['state'], (still['steps'] as unknown[]).length]).toEqual(['recorded', 2]);
  await after(180);
  const accepted = await office.status(id);
  expect(accepted).toMatchObject({ state: 'accepted', reasons: [] });
  expect(accepted['soHoSo']).toMatch(/^\d{5}\/2026\/09901$/);
  const { documents } = accepted as { documents: { id: string }[] };
  const notice = readForm(specifications, await office.document(documents.at(-1)?.id ?? ''));
  expect(notice.header['LoaiThongBao']).toBe('TIEP-NHAN');
}, 60_000);

it('refuses at once what is wrong whatever the database would say', async () => {
  const id = await file(worker(7_202, 'GH'));
  await after(120);
  const status = await office.status(id);
  expect([status['state'], codes(status).toSorted()]).toEqual([
    'rejected',
    ['member-unknown', 'population-unavailable'],
  ]);
}, 60_000);

it('says to whoever looks a person up that the identity could not be asked', async () => {
  await after(14 * 24 * 60);
  const ask = async (headers: Readonly<Record<string, string>>) => {
    const { body, problems } = await office.call('lookUpPerson', 'lookups/person', {
      method: 'POST',
      body: JSON.stringify({ number: '9900007201', fullName: 'Worker 7201', birthDate: '02/03/1990' }),
      headers,
    });
    expect(problems).toEqual([]);
    return [body['found'], body['identity'], body['isVerified']];
  };
  expect(await ask({})).toEqual([true, 'confirmed', true]);
  expect(await ask(DOWN)).toEqual([true, 'unavailable', false]);
});
