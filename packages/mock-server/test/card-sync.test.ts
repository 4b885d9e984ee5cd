// One register behind all gateways: what an employer or an organisation declares, a hospital sees after the daily run.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createHospital, type Hospital } from './hospital.ts';
import { openUnitOffice, worker, type UnitOffice } from './unit-office.ts';

let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let office: UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  hospital = createHospital(
    host.url,
    server.accounts.find(({ facility }) => facility === '99001')!,
  );
  office = await openUnitOffice(server, 'ZZ0004A');
}, 60_000);
afterAll(() => host.close());

async function lookUp(number: string, hoTen: string, ngaySinh: string): Promise<Record<string, unknown>> {
  await hospital.login();
  const { body } = await hospital.ask('/api/egw/KQNhanLichSuKCB2024', {
    maThe: number,
    hoTen,
    ngaySinh,
    hoTenCb: 'Trần Văn Thí Điểm',
    cccdCb: '099080000001',
  });
  return body;
}

/** Files, lets the office decide up to the evening, then lets the night pass. */
async function throughTheNight(
  procedure: string,
  form: string,
  row: Readonly<Record<string, string>>,
  between: () => Promise<void>,
): Promise<void> {
  await office.login();
  const month = clock.now().toISOString().slice(0, 7);
  const { body } = await office.file(office.dossier(procedure, month, [office.form(form, month, [row])]));
  const id = String(body['maGiaoDich']);
  const stateNow = () =>
    server.store.read
      .selectFrom('dossier')
      .select(['state', 'reasons'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  // Results come in the morning: eight hours on it is evening, and the daily run has not been yet.
  for (let step = 0; step < 60 && (await stateNow()).state !== 'completed'; step += 1) {
    clock.advance(8 * 3_600_000);
    await server.idle();
  }
  expect(await stateNow()).toEqual({ state: 'completed', reasons: '[]' });
  await between();
  clock.advance(86_400_000);
  await server.idle();
}

describe('a hospital looks a card up', () => {
  it('after an accepted 600: nothing before the daily run, the new card after it', async () => {
    const { Hoten, Masobhxh, Ngaysinh } = worker(9_001, 'TD');
    const ask = () => lookUp(Masobhxh!, Hoten!, Ngaysinh!);
    await throughTheNight('600', 'D02-TS', worker(9_001, 'TD', { tienLuong: '5310000' }), async () => {
      expect((await ask())['maKetQua']).toBe('050');
    });
    expect(await ask()).toMatchObject({ maKetQua: '000', maThe: `DN499${Masobhxh}` });
  }, 60_000);

  it('after an accepted 603: a card of a household for the months that were paid', async () => {
    const number = '9900009003';
    const row = {
      PhuongAn: 'TM',
      HoTen: 'Household Person',
      MaSoBhxh: number,
      NgaySinh: '02/03/1990',
      GioiTinh: '1',
      DiaChi: '1 Street',
      NoiKcb: '99002',
      TuNgay: '01/11/2026',
      SoThang: '12',
      SoTien: '1366200',
    };
    const ask = () => lookUp(number, 'Household Person', '02/03/1990');
    await throughTheNight('603-4', 'D03-TS', row, async () => {
      expect((await ask())['maKetQua']).toBe('050');
    });
    expect(await ask()).toMatchObject({
      maThe: `GD499${number}`,
      gtTheTu: '01/11/2026',
      gtTheDen: '31/10/2027',
    });
  }, 60_000);

  it('after an accepted 612: what was noted against the lost card is gone', async () => {
    const number = '9900000110';
    const ask = () => lookUp(number, 'Nguyễn Thị Thử Nghiệm', '15/01/1990');
    const row = {
      HoTen: 'Nguyễn Thị Thử Nghiệm',
      GioiTinh: '0',
      NgaySinh: '15/01/1990',
      QuocTich: 'VN',
      DanToc: '01',
      SoCccd: '099000000110',
      KhaiSinhXa: '99001',
      KhaiSinhTinh: '99',
      DiaChiNhan: '1 Street',
      DiaChiXa: '99001',
      DiaChiTinh: '99',
      MaSoBhxh: number,
    };
    await throughTheNight('612', 'TK1-TS', row, async () => {
      expect((await ask())['maKetQua']).toBe('110');
    });
    expect((await ask())['maKetQua']).toBe('000');
  }, 60_000);
});
