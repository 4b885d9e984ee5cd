import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createDemoIdentity } from '@bhxh/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { openContract } from '../src/contract/contract.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import {
  reservedBhxhNumber,
  reservedCard,
  reservedCitizenId,
  readReservedCards,
} from '../src/seed/reserved-cards.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, claimPath, createHospital, type Answer, type Hospital } from './hospital.ts';

/** Friday 20:00 in Vietnam: outside the office hours, so that 100 MB are allowed. */
const START = new Date('2026-11-20T13:00:00Z');
const ADMIN = 'admin-key-of-this-test';

let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let log: string[];
let begun = false;

async function begin(at: Date = START): Promise<void> {
  if (begun) await host.close();
  begun = true;
  clock = createVirtualClock(undefined, { frozenAt: at });
  log = [];
  server = await createServer({
    demo: true,
    clock,
    adminKey: ADMIN,
    log: (entry) => log.push(JSON.stringify(entry)),
  });
  host = await startNodeServer(server);
  hospital = createHospital(host.url, server.accounts[0]!);
}

const wire = openContract('claims-gateway.yaml');

/** Every answer of a described operation must be one that its description allows. */
function expectDescribed(operation: string, answer: Answer): void {
  const type = answer.headers.get('content-type');
  const body = answer.text === '' ? undefined : answer.body;
  expect(wire.get(operation)!.checkReply(answer.status, type, body)).toEqual([]);
}

beforeAll(() => begin(), 60_000);
afterAll(() => host.close());

describe('a token', () => {
  it('is given for the MD5 in upper and in lower case, to forms and to JSON, with its end as a UTC date and time', async () => {
    for (const password of [hospital.md5, hospital.md5.toLowerCase()]) {
      const answer = await hospital.token(password);
      expectDescribed('takeToken', answer);
      expect(answer.body).toMatchObject({
        maKetQua: '200',
        APIKey: { expires_in: '2026-11-20T13:10:00.000Z' },
      });
    }
    const json = await answerOf(
      await fetch(`${host.url}/api/token/take`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: hospital.username, password: hospital.md5 }),
      }),
    );
    expect(json.body['maKetQua']).toBe('200');
  });

  it('is refused for a wrong password and for an unknown account with the same HTTP 200 and code 401', async () => {
    const wrong = await hospital.token('0'.repeat(32));
    const unknown = await answerOf(
      await fetch(`${host.url}/api/token/take`, {
        method: 'POST',
        body: new URLSearchParams({ username: '99998_BV', password: '0'.repeat(32) }),
      }),
    );
    expect([wrong.status, wrong.text]).toEqual([200, unknown.text]);
    expect(wrong.body['maKetQua']).toBe('401');
    expectDescribed('takeToken', wrong);
  });

  it('dies after ten minutes: HTTP 200 carrying 401', async () => {
    await begin();
    await hospital.login();
    clock.advance(599_000);
    expect((await hospital.claim(Buffer.from('<a/>'))).body['maKetQua']).toBe(200);
    clock.advance(1_000);
    const late = await hospital.claim(Buffer.from('<b/>'));
    expect([late.status, late.body['maKetQua']]).toEqual([200, 401]);
    expectDescribed('sendClaim3176', late);
  });

  it('is worth nothing from another address, with another password or beside another id', async () => {
    await hospital.login();
    const { access, id } = hospital.tokens();
    const ask = async (headers: Record<string, string>, address: string): Promise<unknown> => {
      const response = await server.fetch(
        new Request(`http://server${claimPath}`, { method: 'POST', headers }),
        { address },
      );
      return ((await response.json()) as { maKetQua: unknown }).maKetQua;
    };
    const good = { accessToken: access, tokenId: id, passwordHash: hospital.md5 };
    expect(await ask(good, '127.0.0.1')).toBe(205);
    expect(await ask(good, '::ffff:127.0.0.1')).toBe(205);
    expect(await ask(good, '127.0.0.2')).toBe(401);
    expect(await ask({ ...good, passwordHash: '0'.repeat(32) }, '127.0.0.1')).toBe(401);
    expect(await ask({ ...good, tokenId: access }, '127.0.0.1')).toBe(401);
    for (const missing of ['accessToken', 'tokenId', 'passwordHash'] as const) {
      const { [missing]: _left, ...rest } = good;
      expect(await ask(rest, '127.0.0.1')).toBe(401);
    }
  });

  it('makes the sixth wrong password wait, lets the owner in from elsewhere, and releases itself (N-47)', async () => {
    await begin();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect((await hospital.token('1'.repeat(32))).body['maKetQua']).toBe('401');
    }
    const sixth = await hospital.token();
    expect([sixth.status, sixth.headers.get('retry-after'), sixth.body['maKetQua']]).toEqual([
      429,
      '1',
      '403',
    ]);
    const elsewhere = await server.fetch(
      new Request(`http://server/api/token/take`, {
        method: 'POST',
        body: new URLSearchParams({ username: hospital.username, password: hospital.md5 }),
      }),
      { address: '10.0.0.7' },
    );
    expect(await elsewhere.json()).toMatchObject({ maKetQua: '200' });
    clock.advance(1_000);
    expect((await hospital.token('1'.repeat(32))).body['maKetQua']).toBe('401');
    expect((await hospital.token()).headers.get('retry-after')).toBe('2');
    clock.advance(900_000);
    expect((await hospital.token()).body['maKetQua']).toBe('200');
  });

  it('dies at once when its account is suspended', async () => {
    await hospital.login();
    const set = (status: string): Promise<Response> =>
      fetch(`${host.url}/control/accounts/${hospital.username}/status`, {
        method: 'PUT',
        headers: { 'x-bhxh-admin-key': ADMIN, 'Content-Type': 'application/json' },
        body: JSON.stringify({ status }),
      });
    expect((await set('suspended')).status).toBe(200);
    expect((await hospital.claim(Buffer.from('<a/>'))).body['maKetQua']).toBe(401);
    expect((await hospital.token()).body['maKetQua']).toBe('403');
    expect((await set('active')).status).toBe(200);
    expect((await hospital.token()).body['maKetQua']).toBe('200');
  });
});

describe('an upload', () => {
  beforeEach(() => hospital.login());

  const paths = {
    'check-in': ['checkInKcbQd3176', 'checkInKcbQd4750', 'checkInKcbQd130'],
    claim: ['guiHoSoXmlQD3176', 'guiHoSoXmlQD4750', 'guiHoSoXmlQD130'],
  };

  it('of every qd130 family is received under its own loaiHoSo only', async () => {
    for (const [kind, names] of Object.entries(paths)) {
      for (const name of names) {
        const fields = {
          username: hospital.username,
          loaiHoSo: kind === 'claim' ? '130' : '0',
          maTinh: '99',
          maCSKCB: '99001',
          fileHSBase64: Buffer.from(`<${name}/>`).toString('base64'),
        };
        const right = await hospital.upload(`/api/qd130/${name}`, fields);
        expect(right.body).toMatchObject({
          maKetQua: 200,
          thoiGianTiepNhan: expect.stringMatching(/^\d{14}$/) as string,
        });
        const wrong = await hospital.upload(`/api/qd130/${name}`, { ...fields, loaiHoSo: '12' });
        expect(wrong.body).toMatchObject({ maKetQua: 205, maGiaoDich: null });
        expect(wrong.body['thongDiep']).toContain('loaiHoSo');
      }
    }
  });

  it('for another facility is refused with 403, for a code that no facility has with 402', async () => {
    expect((await hospital.claim(Buffer.from('<a/>'), { maCSKCB: '99002' })).body['maKetQua']).toBe(403);
    expect((await hospital.claim(Buffer.from('<a/>'), { maCSKCB: '99998' })).body['maKetQua']).toBe(402);
    expect((await hospital.claim(Buffer.from('<a/>'), { maTinh: '98' })).body['maKetQua']).toBe(205);
    expect((await hospital.claim(Buffer.from('<a/>'), { username: '99002_BV' })).body['maKetQua']).toBe(401);
  });

  it('with bad base64 is refused with 205 and the reason', async () => {
    for (const [field, reason] of [
      ['YQ', 'thiếu ký tự đệm'],
      ['YWJj\nYWJj', 'xuống dòng'],
      ['a bc', '%2B'],
      ['****', 'không hợp lệ'],
    ] as const) {
      const answer = await hospital.claim(Buffer.from(''), { fileHSBase64: field });
      expect(answer.body['maKetQua']).toBe(205);
      expect(answer.body['thongDiep']).toContain(reason);
    }
  });

  it('must be a form', async () => {
    const { access, id } = hospital.tokens();
    const answer = await answerOf(
      await fetch(host.url + claimPath, {
        method: 'POST',
        headers: {
          accessToken: access,
          tokenId: id,
          passwordHash: hospital.md5,
          'Content-Type': 'application/json',
        },
        body: '{}',
      }),
    );
    expect(answer.body['maKetQua']).toBe(205);
  });

  it('takes catalogues, certificates, summaries and lists under their own field names', async () => {
    const common = { username: hospital.username, maTinh: '99', maCSKCB: '99001' };
    const fileHsBase64 = Buffer.from('<HSDANHMUC/>').toString('base64');
    for (const [name, loaiHs] of [
      ['DanhMucGW/GuiDanhMuc01_BPCMKBCB', '70'],
      ['DanhMucGW/GuiDanhMuc02_NLKCB', '71'],
      ['DanhMucGW/GuiDanhMuc03_DMTHUOC', '10'],
      ['DanhMucGW/GuiDanhMuc04_DMVTYT', '11'],
      ['DanhMucGW/GuiDanhMuc05_DVKT', '12'],
      ['DanhMucGW/GuiDanhMuc06_DMTBYT', '72'],
      ['HoSoTongHop7980/GuiHoSoTongHop01BH', '5'],
      ['HSDCTT12/GuiDanhSach09BH', '73'],
    ] as const) {
      const answer = await hospital.upload(`/api/${name}`, { ...common, loaiHs, fileHsBase64 });
      expect([name, answer.body['maKetQua']]).toEqual([name, 200]);
      const wrong = await hospital.upload(`/api/${name}`, { ...common, loaiHs: '99', fileHsBase64 });
      expect([name, wrong.body['maKetQua']]).toEqual([name, 205]);
    }
    const { access, id } = hospital.tokens();
    const paper = {
      maCskcb: '99001',
      token: access,
      id_token: id,
      username: hospital.username,
      password: hospital.md5,
      fileBase64Str: Buffer.from('<HSCHUNGTU/>').toString('base64'),
    };
    const certificates = await hospital.upload('/api/chungtugw/GuiHoSoChungTu2025', {
      ...paper,
      loaiHs: '39',
    });
    expectDescribed('sendCertificates', certificates);
    expect(certificates.body).toMatchObject({ MaKetQua: '200' });
    for (const loaiHs of ['60', '61']) {
      const answer = await hospital.upload('/api/hososuckhoe/guiGiayToDienTu', { ...paper, loaiHs });
      expect(answer.body).toMatchObject({ MaKetQua: '200' });
    }
    expect(
      (await hospital.upload('/api/chungtugw/GuiHoSoChungTu2025', { ...paper, loaiHs: '60' })).body,
    ).toMatchObject({
      MaKetQua: '205',
    });
    const stale = await hospital.upload('/api/chungtugw/GuiHoSoChungTu2025', {
      ...paper,
      loaiHs: '39',
      token: 'x',
    });
    expect(stale.body).toMatchObject({ MaKetQua: '401' });
  });

  it('of a certificate is refused from a facility that may not issue any', async () => {
    const restricted = createHospital(
      host.url,
      server.accounts.find(({ facility }) => facility === '99099')!,
    );
    await restricted.login();
    const { access, id } = restricted.tokens();
    const answer = await restricted.upload('/api/chungtugw/GuiHoSoChungTu2025', {
      maCskcb: '99099',
      token: access,
      id_token: id,
      username: restricted.username,
      password: restricted.md5,
      loaiHs: '39',
      fileBase64Str: 'YQ==',
    });
    expect(answer.body).toMatchObject({ MaKetQua: '403' });
  });

  it('of a driver certificate carries name and password in its headers', async () => {
    const send = async (password: string, number: string): Promise<Record<string, unknown>> =>
      (
        await answerOf(
          await fetch(`${host.url}/api/hssk/gksk`, {
            method: 'POST',
            headers: { Username: hospital.username, Password: password, 'Content-Type': 'application/json' },
            body: JSON.stringify({
              SO: number,
              HOTEN: 'Nguyễn Thị Thử Nghiệm',
              GIOITINHVAL: 1,
              NGAYSINH: '15/01/1990',
              IDBENHVIEN: '99001',
              NGAYKETLUAN: '20/11/2026',
              BACSYKETLUAN: 'Trần Văn Thử',
              KETLUAN: 'Đủ điều kiện',
              HANGBANGLAI: 'B2',
              STATE: 'ADD',
              SIGNDATA: 'PGEvPg==',
            }),
          }),
        )
      ).body;
    expect(await send(hospital.md5, '00001/GKSKLX/99001/26')).toMatchObject({
      MSG_STATE: 1,
      SO: '00001/GKSKLX/99001/26',
    });
    expect(await send(hospital.md5, '00001/GKSKLX/99002/26')).toMatchObject({ MSG_STATE: 0 });
    expect(await send('0'.repeat(32), '00001/GKSKLX/99001/26')).toMatchObject({ MSG_STATE: 0 });
  });

  it('of the 4210 time is a JSON array of bytes', async () => {
    const { access, id } = hospital.tokens();
    const query = new URLSearchParams({
      token: access,
      id_token: id,
      username: hospital.username,
      password: hospital.md5,
      loaiHoSo: '4210',
      maTinh: '99',
      maCSKCB: '99001',
    });
    const answer = await answerOf(
      await fetch(`${host.url}/api/egw/guiHoSoGiamDinh4210?${query.toString()}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify([...Buffer.from('<GIAMDINHHS/>')]),
      }),
    );
    expect(answer.body['maKetQua']).toBe(200);
  });
});

describe('the size of an upload', () => {
  it('is measured on the base64 field, against the window of the moment', async () => {
    await begin(new Date('2026-11-20T07:00:00Z'));
    await hospital.login();
    const allowed = 20 * 1024 * 1024;
    const answer = await hospital.claim(Buffer.alloc(0), { fileHSBase64: `${'A'.repeat(allowed)}AAAA` });
    expect([answer.status, answer.body['maKetQua']]).toEqual([200, 1001]);
    // All percent signs: 24 MB on the wire, 8 MB as a field. It is no base64, and says so.
    const escaped = await hospital.claim(Buffer.alloc(0), { fileHSBase64: '%'.repeat(8_000_000) });
    expect(escaped.body['maKetQua']).toBe(205);
    await begin();
    await hospital.login();
    const evening = await hospital.claim(Buffer.alloc((allowed / 4) * 3 + 3));
    expect(evening.body['maKetQua']).not.toBe(1001);
  });

  it('is refused before the body is read when Content-Length gives it away', async () => {
    await hospital.login();
    const { access, id } = hospital.tokens();
    const sent = await rawRequest(host.port, [
      `POST ${claimPath} HTTP/1.1`,
      'Host: localhost',
      `accessToken: ${access}`,
      `tokenId: ${id}`,
      `passwordHash: ${hospital.md5}`,
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 9000000000',
    ]);
    expect(sent).toContain('"maKetQua":1001');
    expect(sent.toLowerCase()).toContain('connection: close');
  });

  it('may come packed, but not grow a thousandfold', async () => {
    await hospital.login();
    const { access, id } = hospital.tokens();
    const send = (form: string): Promise<Response> =>
      fetch(host.url + claimPath, {
        method: 'POST',
        headers: {
          accessToken: access,
          tokenId: id,
          passwordHash: hospital.md5,
          'content-type': 'application/x-www-form-urlencoded',
          'content-encoding': 'gzip',
        },
        body: gzipSync(form),
      });
    const fields = `username=${hospital.username}&loaiHoSo=130&maTinh=99&maCSKCB=99001&fileHSBase64=`;
    const packed = await send(`${fields}${Buffer.from('<a/>').toString('base64')}`);
    expect(packed.status).toBe(200);
    expect(((await packed.json()) as { maKetQua: unknown }).maKetQua).toBe(200);
    const bomb = await send(fields + 'A'.repeat(50_000_000));
    expect(bomb.status).toBe(413);
    expect(((await bomb.json()) as { maKetQua: unknown }).maKetQua).toBe(1001);
  });

  it('that ends before Content-Length does is never received', async () => {
    await hospital.login();
    const before = await server.store.read.selectFrom('submission').select('id').execute();
    const { access, id } = hospital.tokens();
    await rawRequest(
      host.port,
      [
        `POST ${claimPath} HTTP/1.1`,
        'Host: localhost',
        `accessToken: ${access}`,
        `tokenId: ${id}`,
        `passwordHash: ${hospital.md5}`,
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 500',
      ],
      `username=${hospital.username}&loaiHoSo=130&maTinh=99&maCSKCB=99001&fileHSBase64=PGEvPg==`,
    );
    const after = await server.store.read.selectFrom('submission').select('id').execute();
    expect(after.length).toBe(before.length);
  });
});

describe('a card look-up', () => {
  const path = '/api/egw/KQNhanLichSuKCB2024';
  const person = { hoTen: 'Nguyễn Thị Thử Nghiệm', ngaySinh: '15/01/1990' };
  const officer = { hoTenCb: 'Trần Văn Thí Điểm', cccdCb: '099080000001' };

  beforeEach(() => hospital.login());

  it('answers every code of the table for its reserved card', async () => {
    const codes = readReservedCards().cards.map(({ code }) => code);
    expect(codes).toHaveLength(26);
    for (const code of codes) {
      const answer = await hospital.ask(path, { maThe: reservedCard(code), ...person, ...officer });
      expect([code, answer.body['maKetQua']]).toEqual([code, code]);
      expectDescribed('lookUpCard', answer);
    }
  });

  it('finds a person by card, by BHXH number and by CCCD, with the birth date in any of its forms', async () => {
    for (const maThe of [reservedCard('000'), reservedBhxhNumber('000'), reservedCitizenId('000')]) {
      for (const ngaySinh of ['15/01/1990', '15011990', '01/1990', '1990']) {
        const { body } = await hospital.ask(path, { ...person, ...officer, maThe, ngaySinh });
        expect(body).toMatchObject({
          maKetQua: '000',
          maThe: reservedCard('000'),
          gioiTinh: 'Nữ',
          gtTheDen: '31/12/2029',
        });
      }
    }
  });

  it('tells wrong names, birth dates, numbers and officers apart, and then says nothing about the person', async () => {
    const maThe = reservedCard('000');
    for (const [change, code] of [
      [{ hoTen: 'Lê Thị Khác' }, '060'],
      [{ hoTen: 'Ngô Thị Khác' }, '061'],
      [{ ngaySinh: '16/01/1990' }, '070'],
      [{ maThe: '9911111111' }, '050'],
      [{ maThe: `XX4${maThe.slice(3)}` }, '051'],
      [{ maThe: `DN4${'00'}${maThe.slice(5)}` }, '052'],
      [{ maThe: `DN9${maThe.slice(3)}` }, '053'],
      [{ maThe: 'DN4' }, '205'],
      [{ cccdCb: '099080000002' }, '054'],
      [{ hoTenCb: 'Trần Văn Khác' }, '055'],
    ] as const) {
      const { body } = await hospital.ask(path, { maThe, ...person, ...officer, ...change });
      expect([change, body['maKetQua']]).toEqual([change, code]);
      expect(body['diaChi']).toBeUndefined();
    }
  });

  it('points from an old card to the new one, and finds a card expired once its time is over', async () => {
    const { body } = await hospital.ask(path, { maThe: reservedCard('003'), ...person, ...officer });
    expect(body).toMatchObject({ maKetQua: '003', maTheMoi: reservedCard('000'), gtTheDenMoi: '31/12/2029' });
    await begin(new Date('2030-01-01T00:00:00Z'));
    await hospital.login();
    const late = await hospital.ask(path, { maThe: reservedCard('000'), ...person, ...officer });
    expect(late.body['maKetQua']).toBe('010');
    await begin();
  });

  it('of the history is for granted accounts and refuses JSON; of the co-payment writes PascalCase', async () => {
    const history = await hospital.ask('/api/egw/Lskcb2025', {
      maThe: reservedCard('000'),
      ...person,
      ...officer,
    });
    expect(history.body).toMatchObject({ maKetQua: '000', dsLichSuKCB2025: null });
    expectDescribed('lookUpHistory', history);
    const restricted = createHospital(
      host.url,
      server.accounts.find(({ facility }) => facility === '99099')!,
    );
    await restricted.login();
    const refused = await restricted.ask('/api/egw/Lskcb2025', {
      maThe: reservedCard('000'),
      ...person,
      ...officer,
    });
    expect(refused.body['maKetQua']).toBe('403');
    const { access, id } = hospital.tokens();
    const query = new URLSearchParams({
      token: access,
      id_token: id,
      username: hospital.username,
      password: hospital.md5,
    });
    const post = async (
      target: string,
      body: unknown,
      headers: Record<string, string> = {},
    ): Promise<Answer> =>
      await answerOf(
        await fetch(host.url + target, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      );
    const json = await post(`/api/egw/Lskcb2025?${query.toString()}`, {
      maThe: reservedCard('000'),
      ...person,
      ...officer,
    });
    expect(json.body['maKetQua']).toBe('205');
    const token = { accessToken: access, tokenId: id, passwordHash: hospital.md5 };
    const body = { username: hospital.username, maThe: reservedCard('000'), ...person };
    const coPayment = await post('/api/TraCuuCCT/TraCuuTienMCCT', body, token);
    expect(coPayment.body).toMatchObject({
      MaKetQua: 204,
      DataCCT: [],
      ThongTinSoThe: { maBhxh: reservedBhxhNumber('000') },
    });
    expectDescribed('lookUpCoPayment', coPayment);
    const stranger = await post('/api/TraCuuCCT/TraCuuTienMCCT', body, { ...token, tokenId: 'x' });
    expect([stranger.status, stranger.text]).toEqual([401, '']);
    expect(
      (await post('/api/TraCuuCCT/TraCuuTienMCCT', { username: hospital.username }, token)).body['MaKetQua'],
    ).toBe(400);
  });
});

describe('a scenario', () => {
  beforeEach(() => hospital.login());

  it('that nobody defined is refused with the list of those there are', async () => {
    const answer = await hospital.claim(Buffer.from('<a/>'), {}, { 'x-bhxh-scenario': 'nonsense' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'SCENARIO_UNKNOWN' });
    expect(answer.body['scenarios']).toContain('stuck-processing');
  });

  it('answers with its code in the shape of the path called', async () => {
    for (const [scenario, code] of [
      ['success', 200],
      ['token-expired', 401],
      ['wrong-facility', 402],
      ['locked', 403],
      ['server-error', 500],
      ['bad-parameters', 205],
      ['bad-format', 123],
      ['saved-later', 124],
      ['content-wrong', 125],
      ['gateway-timeout', 408],
      ['wrong-time', 701],
      ['too-large', 1001],
    ] as const) {
      const answer = await hospital.claim(Buffer.from(`<${scenario}/>`), {}, { 'x-bhxh-scenario': scenario });
      expect([scenario, answer.status, answer.body['maKetQua']]).toEqual([scenario, 200, code]);
    }
  });

  it('spoils the answer after the document was stored', async () => {
    for (const [scenario, check] of [
      ['html-page', (answer: Answer) => answer.headers.get('content-type')?.startsWith('text/html')],
      ['empty-answer', (answer: Answer) => answer.text === ''],
      [
        'truncated-answer',
        (answer: Answer) => answer.text.startsWith('{') && answer.body['maKetQua'] === undefined,
      ],
      ['garbage-answer', (answer: Answer) => answer.body['maKetQua'] === undefined],
      ['flipped-type', (answer: Answer) => answer.body['maKetQua'] === '200'],
      ['slow-answer', (answer: Answer) => answer.body['maKetQua'] === 200],
    ] as const) {
      const bytes = Buffer.from(`<${scenario}/>`);
      expect([scenario, check(await hospital.claim(bytes, {}, { 'x-bhxh-scenario': scenario }))]).toEqual([
        scenario,
        true,
      ]);
      const again = await hospital.claim(bytes);
      expect(again.body['thongDiep']).toContain('trước đó');
    }
  });

  it('cuts the connection after the document was stored (timeout-after-commit)', async () => {
    const bytes = Buffer.from('<cut/>');
    await expect(hospital.claim(bytes, {}, { 'x-bhxh-scenario': 'timeout-after-commit' })).rejects.toThrow();
    expect((await hospital.claim(bytes)).body['thongDiep']).toContain('trước đó');
  });

  it('refuses before anything is stored (service-unavailable, rate-limited)', async () => {
    for (const [scenario, status] of [
      ['service-unavailable', 503],
      ['rate-limited', 429],
    ] as const) {
      const bytes = Buffer.from(`<${scenario}/>`);
      const answer = await hospital.claim(bytes, {}, { 'x-bhxh-scenario': scenario });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '5']);
      expect((await hospital.claim(bytes)).body['thongDiep']).not.toContain('trước đó');
    }
  });

  it('decides what becomes of a claim, named by header or by a reserved MA_LK', async () => {
    const stateOf = async (answer: Answer): Promise<unknown> => {
      await server.idle();
      return (await hospital.result(String(answer.body['maGiaoDich']))).body['state'];
    };
    const claim = (key: string): Buffer =>
      Buffer.from(
        `<GIAMDINHHS><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${Buffer.from(
          `<TONG_HOP><MA_LK>${key}</MA_LK></TONG_HOP>`,
        ).toString('base64')}</NOIDUNGFILE></FILEHOSO></HOSO></GIAMDINHHS>`,
      );
    const header = { 'x-bhxh-scenario': 'received-then-failed' };
    expect(await stateOf(await hospital.claim(claim('S1'), {}, header))).toBe('rejected');
    expect(await stateOf(await hospital.claim(claim('SCENARIO.stuck-processing.1')))).toBe('checking');
    const slow = await hospital.claim(claim('SCENARIO.slow-checking'));
    expect(await stateOf(slow)).toBe('received');
    clock.advance(3_600_000);
    await hospital.login();
    expect(await stateOf(slow)).toBe('rejected');
    expect((await hospital.claim(claim('SCENARIO.locked'))).body['maKetQua']).toBe(403);
    expect((await hospital.claim(claim('SCENARIO.nonsense'))).body['maKetQua']).toBe(205);
  });

  it('stands for every request once the control API has chosen it, but not for the control API', async () => {
    const choose = (scenario: string): Promise<Response> =>
      fetch(`${host.url}/control/scenarios`, {
        method: 'PUT',
        headers: { 'x-bhxh-admin-key': ADMIN, 'Content-Type': 'application/json' },
        body: JSON.stringify({ scenario }),
      });
    expect((await choose('locked')).status).toBe(200);
    expect((await hospital.token()).body['maKetQua']).toBe('403');
    expect((await choose('nonsense')).status).toBe(400);
    expect((await choose('success')).status).toBe(200);
    expect((await hospital.token()).body['maKetQua']).toBe('200');
  });
});

describe('the control API', () => {
  const control = (path: string, options: RequestInit = {}, key: string = ADMIN): Promise<Response> =>
    fetch(`${host.url}/control/${path}`, {
      ...options,
      headers: { 'x-bhxh-admin-key': key, 'Content-Type': 'application/json' },
    });

  it('moves the clock forward, and never back', async () => {
    const described = openContract('control.yaml');
    const read = await answerOf(await control('clock'));
    expect(described.get('readClock')!.checkReply(200, read.headers.get('content-type'), read.body)).toEqual(
      [],
    );
    const before = clock.now().getTime();
    await control('clock/advance', { method: 'POST', body: '{"seconds":60}' });
    expect(clock.now().getTime()).toBe(before + 60_000);
    const to = new Date(before + 120_000).toISOString();
    expect((await control('clock/advance', { method: 'POST', body: JSON.stringify({ to }) })).status).toBe(
      200,
    );
    expect(
      (
        await control('clock/advance', {
          method: 'POST',
          body: JSON.stringify({ to: '2020-01-01T00:00:00Z' }),
        })
      ).status,
    ).toBe(409);
    expect((await control('clock/advance', { method: 'POST', body: '{"seconds":-1}' })).status).toBe(400);
  });

  it('registers certificates, and nothing else under that name', async () => {
    const post = async (facility: string, pem: string): Promise<number> =>
      (
        await control(`facilities/${facility}/certificates`, {
          method: 'POST',
          body: JSON.stringify({ pem }),
        })
      ).status;
    const { authority } = createDemoIdentity({ mst: '9900000019', name: 'Test', now: () => clock.now() });
    expect(await post('99001', authority.certificatePem)).toBe(200);
    expect(await post('99998', authority.certificatePem)).toBe(404);
    expect(await post('99001', 'no certificate')).toBe(400);
  });

  it('is not there for other machines, and refuses a wrong key', async () => {
    const far = await server.fetch(
      new Request('http://server/control/clock', { headers: { 'x-bhxh-admin-key': ADMIN } }),
      { address: '10.0.0.7' },
    );
    expect(far.status).toBe(404);
    expect((await control('clock', {}, 'wrong')).status).toBe(401);
  });
});

describe('a server without extensions', () => {
  it('has what the real gateway has, and nothing else', async () => {
    const legacy = await createServer({ demo: true, legacy: true });
    const statusOf = async (path: string, method = 'GET'): Promise<number> =>
      (await legacy.fetch(new Request(`http://server${path}`, { method }))).status;
    expect(await statusOf('/.well-known/bhxh')).toBe(404);
    expect(await statusOf('/bhxh/v1/claims?maCSKCB=99001')).toBe(404);
    expect(await statusOf(claimPath, 'POST')).toBe(200);
    await legacy.close();
  });
});

describe('every answer', () => {
  it('forbids caching and sniffing, and errors tell nothing about the inside', async () => {
    const answer = await answerOf(await fetch(`${host.url}/nowhere`));
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const broken = await createServer({ adminKey: null });
    await broken.store.close();
    const failed = await answerOf(
      await broken.fetch(
        new Request('http://server/api/token/take', {
          method: 'POST',
          body: new URLSearchParams({ username: 'a', password: '0'.repeat(32) }),
        }),
      ),
    );
    expect([failed.status, failed.body['code']]).toEqual([500, 'INTERNAL']);
    expect(failed.text).not.toMatch(/node_modules|\.ts|select|sqlite/i);
  });

  it('leaves no secret and no personal value in the log', async () => {
    await hospital.login();
    await hospital.ask('/api/egw/KQNhanLichSuKCB2024', {
      maThe: reservedCard('000'),
      hoTen: 'Nguyễn Thị Thử Nghiệm',
      ngaySinh: '15/01/1990',
      hoTenCb: 'Trần Văn Thí Điểm',
      cccdCb: '099080000001',
    });
    const { access, id } = hospital.tokens();
    const said = log.join('\n');
    expect(said).toContain('/api/egw/KQNhanLichSuKCB2024');
    for (const secret of [
      hospital.md5,
      access,
      id,
      reservedCard('000'),
      'Thử Nghiệm',
      '099080000001',
      ADMIN,
    ]) {
      expect(said).not.toContain(secret);
    }
  });

  it('comes to curl with nothing but form fields and headers', async () => {
    const curl = async (...words: string[]): Promise<Record<string, unknown>> =>
      JSON.parse((await promisify(execFile)('curl', ['-s', ...words])).stdout) as Record<string, unknown>;
    const token = await curl(
      '-d',
      `username=${hospital.username}&password=${hospital.md5}`,
      `${host.url}/api/token/take`,
    );
    const key = token['APIKey'] as { access_token: string; id_token: string };
    const headers = [
      `accessToken: ${key.access_token}`,
      `tokenId: ${key.id_token}`,
      `passwordHash: ${hospital.md5}`,
    ];
    const fields = [`username=${hospital.username}`, 'loaiHoSo=130', 'maTinh=99', 'maCSKCB=99001'];
    const words = [
      ...headers.flatMap((header) => ['-H', header]),
      ...fields.flatMap((field) => ['-d', field]),
    ];
    const file = `fileHSBase64=${Buffer.from('<GIAMDINHHS/>').toString('base64')}`;
    const claim = await curl(...words, '--data-urlencode', file, host.url + claimPath);
    expect(claim).toMatchObject({ maKetQua: 200 });
  });
});

/** Writes a request by hand and returns what comes back until the server closes, or nothing more comes. */
function rawRequest(port: number, head: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('utf8')));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    if (body !== '') setTimeout(() => socket.end(), 50);
    socket.setTimeout(1_000, () => socket.destroy());
  });
}
