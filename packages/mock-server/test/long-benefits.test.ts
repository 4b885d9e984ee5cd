// Procedures of long-term benefits are named by their codes alone in public: the dossier is signed, sent, checked and followed.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openUnitOffice, worker, type UnitOffice } from './unit-office.ts';

let clock: VirtualClock;
let server: BhxhServer;
let office: UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-05T02:00:00Z') });
  server = await createServer({ demo: true, clock });
  office = await openUnitOffice(server, 'ZZ0001A');
  await office.login();
}, 60_000);
afterAll(() => server.close());

async function outcome(...filed: Parameters<UnitOffice['dossier']>): Promise<Record<string, unknown>> {
  const { body } = await office.file(office.dossier(...filed));
  clock.advance(14 * 86_400_000);
  await server.idle();
  await office.login();
  return await office.status(String(body['maGiaoDich']));
}

const request = (index: number, own: Readonly<Record<string, string>> = {}) =>
  office.form('M05A-HSB', '2026-10', [
    {
      HoTen: `Worker ${index}`,
      MaSoBhxh: worker(index, 'TD')['Masobhxh'] ?? '',
      NoiDung: 'Fell from a ladder at work',
      ...own,
    },
  ]);

it('takes form 05A-HSB for a member of the unit through intake to its result', async () => {
  const joined = await outcome('600', '2026-10', [
    office.form('D02-TS', '2026-10', [worker(8_601, 'TD', { tienLuong: '5310000' })]),
  ]);
  expect(joined['state']).toBe('completed');
  for (const procedure of ['641a', '648a'])
    expect(await outcome(procedure, '2026-10', [request(8_601)])).toMatchObject({
      procedure,
      state: 'completed',
      reasons: [],
    });
}, 60_000);

it('rejects it for somebody whom the unit does not know, and refuses it without a number', async () => {
  const stranger = await outcome('641a', '2026-10', [request(8_602)]);
  expect(stranger['state']).toBe('rejected');
  expect((stranger['reasons'] as { code: string }[]).map(({ code }) => code)).toContain('member-unknown');
  const nameless = await outcome('641a', '2026-10', [request(8_601, { MaSoBhxh: '' })]);
  expect([
    nameless['state'],
    (nameless['findings'] as { ruleId: string }[]).map(({ ruleId }) => ruleId),
  ]).toEqual(['refused', ['D001']]);
}, 60_000);
