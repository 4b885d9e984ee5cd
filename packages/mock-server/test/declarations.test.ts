import { createClient } from '@bhxh/sdk';
import { buildCertificates } from '@bhxh/sdk/claims';
import { readForm } from '@bhxh/sdk/declarations';
import { verify } from '@bhxh/signing';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { reasonSpecs } from '../src/dossiers/reason.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

/** Monday 9:00 in Vietnam. */
const START = new Date('2026-10-12T02:00:00Z');
const DAY = 86_400_000;

let clock: VirtualClock;
let server: BhxhServer;
let office: UnitOffice;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: START });
  server = await createServer({ demo: true, clock });
  office = await openUnitOffice(server, 'ZZ0001A');
  await office.login();
}, 60_000);
afterAll(() => server.close());

const joins = (first: number, count: number, own: Readonly<Record<string, string>> = {}) =>
  Array.from({ length: count }, (_, at) => worker(first + at, 'TD', { tienLuong: '5310000', ...own }));

async function settle(): Promise<void> {
  clock.advance(14 * DAY);
  await server.idle();
  await office.login();
}

describe('a dossier', () => {
  it('goes from filing to result, each step at its time, with signed notices and C12 to the đồng', async () => {
    const answer = await office.file(
      office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', joins(1001, 2))]),
    );
    expect([answer.status, answer.problems]).toEqual([202, []]);
    const id = String(answer.body['maGiaoDich']);
    await server.idle();
    expect((await office.status(id))['state']).toBe('received');

    clock.advance(3 * 60_000);
    await server.idle();
    const recorded = await office.status(id);
    expect(recorded['reasons']).toEqual([]);
    expect(recorded['state']).toBe('recorded');
    expect(recorded['soHoSo']).toBeNull();

    clock.advance(2 * 3_600_000);
    await server.idle();
    await office.login();
    const accepted = await office.status(id);
    expect(accepted).toMatchObject({
      state: 'accepted',
      soHoSo: '00001/2026/09901',
      dueOn: '2026-10-19',
      batch: 1,
    });

    await settle();
    const read = await office.call('readDossier', `dossiers/${id}`);
    expect(read.problems).toEqual([]);
    const done = read.body as unknown as {
      state: string;
      steps: { step: string; at: string }[];
      documents: { id: string; kind: string; form: string; name: string }[];
    };
    expect(done.state).toBe('completed');
    expect(done.steps.map(({ step, at }) => `${step} ${at}`)).toEqual([
      'technical-check 2026-10-12T02:03:00.000Z',
      'intake 2026-10-12T03:33:00.000Z',
      'assignment 2026-10-13T02:00:00.000Z',
      'decision 2026-10-15T08:00:00.000Z',
      'result 2026-10-16T03:00:00.000Z',
    ]);
    expect(done.documents.map(({ name }) => name)).toEqual([
      'XAC-NHAN',
      'TIEP-NHAN',
      'C12-TS',
      'KET-QUA',
      'THE-BHYT',
    ]);

    const pem = await office.call('readNoticeCertificate', 'certificate');
    const anchors = [new X509Certificate(pem.text)];
    for (const { id: name } of done.documents) {
      const { verdict, reasons } = await verify(await office.document(name), {
        profile: 'declaration-xml',
        trust: { anchors },
        now: () => clock.now(),
      });
      expect([verdict, reasons]).toEqual(['valid', []]);
    }
    const c12 = readForm(
      specifications,
      await office.document(done.documents.find(({ form }) => form === 'C12-TS')!.id),
    );
    const line = (stt: string) => c12.rows.find(({ values }) => values['stt'] === stt)?.values;
    expect(line('B.3')).toMatchObject({
      bhxh: '2655000',
      bhyt: '477900',
      bhtn: '212400',
      bhtnld: '53100',
      cong: '3398400',
    });
    expect([line('A.1')?.['cong'], line('B.1.1')?.['cong'], line('Đ.1')?.['cong']]).toEqual(['0', '2', '2']);
    const obligations = await office.call('readObligations', 'units/ZZ0001A/obligations?month=2026-10');
    expect([obligations.problems, obligations.body['period']]).toEqual([
      [],
      { bhxh: '2655000', bhyt: '477900', bhtn: '212400', tnld: '53100', total: '3398400' },
    ]);
  }, 60_000);

  it('is received once, whatever is repeated', async () => {
    const bytes = await office.build(
      office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', joins(1011, 1))]),
    );
    const first = await office.send(bytes, { 'Idempotency-Key': 'a' });
    const again = await office.send(bytes, { 'Idempotency-Key': 'a' });
    const bare = await office.send(bytes);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(bare.body).toEqual({ ...first.body, isReplay: true });
    const other = await office.build(
      office.dossier('600', '2026-10', [office.form('D02-TS', '2026-10', joins(1012, 1))]),
    );
    expect((await office.send(other, { 'Idempotency-Key': 'a' })).body['code']).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    await settle();
  }, 60_000);

  it('is nobody else’s business', async () => {
    const second = await openUnitOffice(server, 'ZZ0002A');
    await second.login();
    const { dossiers } = (await office.call('findDossiers', 'dossiers?unitCode=ZZ0001A')).body as {
      dossiers: { maGiaoDich: string }[];
    };
    const id = dossiers[0]!.maGiaoDich;
    for (const [operation, path] of [
      ['readDossier', `dossiers/${id}`],
      ['readDocument', `documents/${id}-1-XAC-NHAN`],
      ['findDossiers', 'dossiers?unitCode=ZZ0001A'],
      ['readUnit', 'units/ZZ0001A'],
      ['readStatement', 'units/ZZ0001A/statements/2026-10'],
    ] as const)
      expect([path, (await second.call(operation, path)).status]).toEqual([path, 403]);
    const foreign = await office.build(office.dossier('600', '2026-10', []));
    expect((await second.send(foreign)).body['code']).toBe('NOT_YOURS');
    expect((await second.send(Buffer.from('<a>'))).body['code']).toBe('DOSSIER_UNREADABLE');
  }, 60_000);
});

describe('the registers', () => {
  it('issue a number to whom has none, once, with his household, and give his card after the daily run', async () => {
    const person = {
      pa: 'TM',
      Hoten: 'New Person',
      Ngaysinh: '05/06/1992',
      Gioitinh: '0',
      Cmnd: '099192000777',
      chucVu: 'Clerk',
      tienLuong: '6000000',
      tuThang: '10/2026',
    };
    const own = {
      HoTen: 'New Person',
      GioiTinh: '0',
      NgaySinh: '05/06/1992',
      QuocTich: 'VN',
      DanToc: '01',
      SoCccd: '099192000777',
      KhaiSinhXa: '99001',
      KhaiSinhTinh: '99',
      DiaChiNhan: '1 Street',
      DiaChiXa: '99001',
      DiaChiTinh: '99',
      CoPhuLuc: '1',
      NoiKcb: '99002',
    };
    const appendix = [
      { HoTen: 'Head Person', NgaySinh: '1960', GioiTinh: '1', QuanHe: '00' },
      { HoTen: 'New Person', NgaySinh: '05/06/1992', GioiTinh: '0', QuanHe: '08' },
    ];
    const ask = (): Promise<{ body: Record<string, unknown>; problems: readonly unknown[] }> =>
      office.call('lookUpPerson', 'lookups/person', {
        method: 'POST',
        body: JSON.stringify({ number: '099192000777', fullName: 'new person', birthDate: '05/06/1992' }),
      });
    expect((await ask()).body).toEqual({ found: false });
    const { body } = await office.file(
      office.dossier('600', '2026-10', [
        office.form('D02-TS', '2026-10', [person]),
        office.form('TK1-TS', '2026-10', [{ values: own, appendix }]),
      ]),
    );
    await settle();
    expect(await office.status(String(body['maGiaoDich']))).toMatchObject({
      state: 'completed',
      reasons: [],
    });
    const answer = await ask();
    expect(answer.problems).toEqual([]);
    expect(answer.body).toMatchObject({ found: true, isVerified: true, participation: 'working' });
    const number = String(answer.body['bhxhNumber']);
    expect(number).toMatch(/^99\d{8}$/);
    const card = await server.store.read
      .selectFrom('card')
      .select(['number', 'valid_from', 'registered_facility'])
      .where('bhxh_number', '=', number)
      .execute();
    expect(card).toEqual([
      { number: `DN499${number}`, valid_from: '20261001', registered_facility: '99002' },
    ]);
    const household = await server.store.read.selectFrom('household').selectAll().executeTakeFirstOrThrow();
    const members = await office.call('lookUpHousehold', 'lookups/household', {
      method: 'POST',
      body: JSON.stringify({ number: household.number, headName: 'Head Person' }),
    });
    expect([members.problems, members.body['members']]).toMatchObject([
      [],
      [
        { relation: '00', bhxhNumber: null },
        { relation: '08', bhxhNumber: number },
      ],
    ]);
  }, 60_000);

  it('end a card when its holder leaves, and lift what was noted against one that is given again', async () => {
    const reserved = '9900000110';
    const before = await server.store.read
      .selectFrom('card')
      .selectAll()
      .where('bhxh_number', '=', reserved)
      .executeTakeFirst();
    expect(before?.notice_code).toBe('110');
    const { body } = await office.file(
      office.dossier('612', '2026-10', [
        office.form('TK1-TS', '2026-10', [
          {
            values: {
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
              MaSoBhxh: reserved,
              NoiKcb: '99012',
            },
          },
        ]),
      ]),
    );
    const leaving = await office.file(
      office.dossier('600', '2026-11', [
        office.form('D02-TS', '2026-11', [worker(1001, 'GH', { tuThang: '11/2026' })]),
      ]),
    );
    await settle();
    const status = await office.status(String(body['maGiaoDich']));
    expect(status).toMatchObject({ state: 'completed', reasons: [] });
    const again = await server.store.read
      .selectFrom('card')
      .selectAll()
      .where('bhxh_number', '=', reserved)
      .executeTakeFirst();
    expect([again?.notice_code, again?.registered_facility]).toEqual([null, '99012']);
    expect((await office.status(String(leaving.body['maGiaoDich'])))['state']).toBe('completed');
    const gone = await server.store.read
      .selectFrom('card')
      .select('valid_to')
      .where('bhxh_number', '=', '9900001001')
      .executeTakeFirst();
    expect(gone?.valid_to).toBe('20261031');
  }, 60_000);
});

describe('a request of sickness benefit', () => {
  it('is decided when a hospital has sent the paper it cites; a 630a citing a certificate serial that no hospital sent is rejected', async () => {
    const month = '2026-12';
    await office.file(
      office.dossier('600', month, [office.form('D02-TS', month, joins(1501, 1, { tuThang: '12/2026' }))]),
    );
    await settle();
    const number = worker(1501, 'TD')['Masobhxh'] as string;
    const paper = buildCertificates(
      [
        {
          kind: 'CT07',
          row: {
            SO_SERI: 'S0001',
            SO_KCB: '1',
            MA_BHXH: number,
            HO_TEN: 'Worker 1501',
            NGAY_SINH: '19900302',
            GIOI_TINH: '1',
            DON_VI: 'Unit',
            CHANDOAN_DIEUTRI: 'A09',
            TU_NGAY: '20261201',
            DEN_NGAY: '20261203',
            MA_CCHN: '1',
            TEN_NGUOI_HANH_NGHE: 'Doctor',
            TEKT: '0',
          },
        },
      ],
      { facility: '99001', createdOn: '20261203', tables: specifications.certificates(), id: 'Id-1' },
    );
    const hospital = createClient({
      environment: 'mock',
      url: 'http://127.0.0.1',
      facility: '99001',
      credentials: {
        username: '99001_BV',
        password: server.accounts.find(({ facility }) => facility === '99001')?.password ?? '',
      },
      now: () => clock.now(),
      fetch: (request) => server.fetch(request),
    });
    await hospital.sendCertificates(paper);
    await server.idle();
    const request = (serial: string) =>
      office.dossier('630a', month, [
        office.form('M01B-HSB', month, [
          {
            LoaiDanhSach: '1',
            NhomHuong: 'om-thuong',
            HoTen: 'Worker 1501',
            MaSoBhxh: number,
            TuNgay: '01/12/2026',
            DenNgay: '03/12/2026',
            TongSoNgay: '3',
            TuNgayDonVi: '01/12/2026',
            SoSeri: serial,
          },
        ]),
      ]);
    const known = await office.file(request('S0001'));
    const unknown = await office.file(request('S0002'));
    await settle();
    expect(await office.status(String(unknown.body['maGiaoDich']))).toMatchObject({
      state: 'rejected',
      reasons: [{ code: 'certificate-not-found', at: 'M01B-HSB[1].SoSeri' }],
    });
    const status = await office.status(String(known.body['maGiaoDich']));
    expect(status).toMatchObject({ state: 'completed', reasons: [] });
    const { documents } = status as unknown as { documents: { id: string; form: string }[] };
    const list = readForm(
      specifications,
      await office.document(documents.find(({ form }) => form === 'C70A-HD')?.id ?? ''),
    );
    // 5,310,000 x 75 % / 24 x 3 days.
    expect(list.rows[0]?.values).toMatchObject({ SoNgay: '3', TienLuong: '5310000', SoTien: '497813' });
    await hospital.close();
  }, 60_000);
});

describe('a scenario', () => {
  const plain = () =>
    office.dossier('600', '2026-11', [
      office.form(
        'D02-TS',
        '2026-11',
        joins(2000 + (Math.floor(clock.now().getTime() / DAY) % 500), 1, { tuThang: '11/2026' }),
      ),
    ]);

  const refusals = reasonSpecs(specifications).filter(({ stage }) => stage !== 'wait');
  it.each(refusals.map(({ code, stage }) => [code, stage] as const))(
    'rejects for %s, at the step that finds it (%s)',
    async (code, stage) => {
      const { body } = await office.file(plain(), { 'x-bhxh-scenario': `dossier-${code}` });
      await settle();
      const status = await office.call('readDossier', `dossiers/${String(body['maGiaoDich'])}`);
      expect(status.problems).toEqual([]);
      expect(status.body).toMatchObject({
        state: stage === 'technical' ? 'refused' : 'rejected',
        reasons: [{ code }],
        soHoSo: null,
        isFinal: true,
      });
      const { documents } = status.body as { documents: { id: string; name: string }[] };
      const notice = readForm(specifications, await office.document(documents.at(-1)!.id));
      expect([notice.header['LoaiThongBao'], notice.rows.map(({ values }) => values['ma'])]).toEqual([
        'TU-CHOI',
        [code],
      ]);
    },
    60_000,
  );

  it.each(['received', 'recorded', 'accepted', 'processing', 'approval'])(
    'leaves a dossier in %s for ever',
    async (state) => {
      const dossier = plain();
      const { body } = await office.file({
        ...dossier,
        dossier: { ...dossier.dossier, QuyTrinhISO: `SCENARIO.dossier-stuck-${state}` },
      });
      await settle();
      expect((await office.status(String(body['maGiaoDich'])))['state']).toBe(state);
    },
    60_000,
  );

  it('makes a result late, and the statistics say so', async () => {
    const month = clock.now().toISOString().slice(0, 7);
    const count = async (): Promise<{ late: number; onTime: number; received: number }> => {
      const answer = await office.call('readStatistics', `statistics?agency=09901&month=${month}`);
      expect(answer.problems).toEqual([]);
      return (
        (answer.body as { lines: { late: number; onTime: number; received: number }[] }).lines[0] ?? {
          late: 0,
          onTime: 0,
          received: 0,
        }
      );
    };
    const before = await count();
    await office.file(plain(), { 'x-bhxh-scenario': 'dossier-late' });
    await settle();
    const after = await count();
    expect(after.received).toBe(before.received + 1);
    expect(after.late).toBeGreaterThan(before.late);
  }, 60_000);
});
