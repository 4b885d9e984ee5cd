// whether an account exists cannot be told from the work a login takes. X-21: canaries in no log, metric, event or error.
import * as crypto from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, createHospital, type Answer } from './hospital.ts';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, scrypt: vi.fn(real.scrypt) };
});

const ADMIN = 'CANARY-admin-key-of-this-test';
const isLong = process.env['BHXH_TEST_LONG'] === '1';

let server: BhxhServer;
let clock: VirtualClock;
let log = '';
let caller = 0;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') });
  server = await createServer({
    demo: true,
    clock,
    adminKey: ADMIN,
    log: (entry) => void (log += `${JSON.stringify(entry)}\n`),
  });
}, 60_000);
afterAll(() => server.close());

/** Each from an address of its own, so that no wait comes between. */
async function post(
  path: string,
  fields: Record<string, string>,
  headers = {},
  from?: string,
): Promise<Answer> {
  caller += 1;
  const address = from ?? `10.${(caller >> 16) & 255}.${(caller >> 8) & 255}.${caller & 255}`;
  return await answerOf(
    await server.fetch(
      new Request(`http://server${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) }),
      { address },
    ),
  );
}

const login = (username: string, from?: string, password = '3'.repeat(32)): Promise<Answer> =>
  post('/api/token/take', { username, password }, {}, from);

describe('a login that fails (X-20)', () => {
  beforeEach(() => {
    vi.mocked(crypto.scrypt).mockClear();
  });

  it('derives one key, no more and no less, whether the account exists, does not, or is suspended', async () => {
    const { setAccountStatus } = await import('../src/accounts/accounts.ts');
    await setAccountStatus(server.store, clock, '99012_BV', 'suspended');
    for (const username of ['99001_BV', '99777_BV', '99012_BV', '', 'x'.repeat(500)]) {
      vi.mocked(crypto.scrypt).mockClear();
      const { body } = await login(username);
      const isAsked = username !== '';
      expect([username.length, vi.mocked(crypto.scrypt).mock.calls.length]).toEqual([
        username.length,
        isAsked ? 1 : 0,
      ]);
      if (isAsked) expect(body['maKetQua']).toBe('401');
      for (const [, , length, cost] of vi.mocked(crypto.scrypt).mock.calls)
        expect([length, cost]).toEqual([32, expect.objectContaining({ N: 16_384, r: 8, p: 1 })]);
    }
  });

  it('takes no longer for one kind than for the other, pair by pair', async () => {
    const pairs = isLong ? 2_000 : 30;
    let slower = 0;
    const timed = async (username: string): Promise<number> => {
      const begin = performance.now();
      await login(username);
      return performance.now() - begin;
    };
    for (let pair = 0; pair < pairs; pair += 1) {
      // In turns, so that whatever else the machine does meets both alike.
      const names = ['99001_BV', '99777_BV'];
      if (pair % 2 === 1) names.reverse();
      const first = await timed(names[0]!);
      const second = await timed(names[1]!);
      const [known, unknown] = pair % 2 === 1 ? [second, first] : [first, second];
      if (known > unknown) slower += 1;
    }
    // Where the two are alike, each is the slower one in about half of the pairs; beyond four standard deviations they differ.
    const bound = (4 * Math.sqrt(pairs)) / 2;
    expect(Math.abs(slower - pairs / 2)).toBeLessThan(bound);
  }, 600_000);
});

/** Values that stand for every secret and every personal detail. */
const canaries: Readonly<Record<string, string>> = {
  name: 'Người Canary Thử Nghiệm',
  card: 'DN4990123456789',
  citizenId: '099123456789',
  phone: '0990000987',
  address: '12 Ngõ Canary',
  username: 'CANARY-username-x1',
  password: 'CANARY-password-x1',
  number: '9901234567',
};

const leaks = (texts: readonly string[], secrets: readonly string[]): string[] =>
  secrets.filter((secret) => texts.some((text) => text.includes(secret)));

describe('what is written down (X-21)', () => {
  const written: string[] = [];
  const looked: string[] = [];

  it('holds no secret and no personal value after many flows, also those that fail', async () => {
    const account = server.accounts.find(({ facility }) => facility === '99001')!;
    const hospital = createHospital('http://server', account);
    const here = '127.0.0.1';
    const key = (await login(account.username, here, hospital.md5)).body['APIKey'] as Record<string, string>;
    const [access, id] = [key['access_token']!, key['id_token']!];
    const token = { accessToken: access, tokenId: id, passwordHash: hospital.md5 };
    const query = new URLSearchParams({
      token: access,
      id_token: id,
      username: account.username,
      password: hospital.md5,
    }).toString();
    const person = {
      maThe: canaries['card']!,
      hoTen: canaries['name']!,
      ngaySinh: '15/01/1990',
      hoTenCb: canaries['name']!,
      cccdCb: canaries['citizenId']!,
    };
    const table = `<TONG_HOP><MA_LK>K1</MA_LK><HO_TEN>${canaries['name']}</HO_TEN><SO_CCCD>${canaries['citizenId']}</SO_CCCD><DIA_CHI>${canaries['address']}</DIA_CHI><DIEN_THOAI>${canaries['phone']}</DIEN_THOAI><MA_THE_BHYT>${canaries['card']}</MA_THE_BHYT></TONG_HOP>`;
    const claim = `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${Buffer.from(table).toString('base64')}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>`;
    const fields = {
      username: account.username,
      loaiHoSo: '130',
      maTinh: '99',
      maCSKCB: '99001',
      fileHSBase64: Buffer.from(claim).toString('base64'),
    };
    const json = async (method: string, path: string, body: unknown, headers = {}): Promise<Answer> =>
      await answerOf(
        await server.fetch(
          new Request(`http://server${path}`, {
            method,
            headers: { 'Content-Type': 'application/json', ...headers },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
          { address: here },
        ),
      );
    const control = { 'x-bhxh-admin-key': ADMIN };
    const errors = [
      await login(canaries['username']!, here, canaries['password']),
      await post(`/api/egw/KQNhanLichSuKCB2024?${query}`, person, {}, here),
      await post(`/api/egw/KQNhanLichSuKCB2024?token=${canaries['password']}`, person, {}, here),
      await post('/api/qd130/guiHoSoXmlQD3176', { ...fields, loaiHoSo: canaries['name']! }, token, here),
      await post('/api/qd130/guiHoSoXmlQD3176', { ...fields, maCSKCB: canaries['card']! }, token, here),
      await json('POST', '/declarations/v1/sessions', {
        username: canaries['username'],
        password: canaries['password'],
      }),
      await json('POST', '/declarations/v1/lookups/person', { number: canaries['number'] }),
      await json('GET', `/bhxh/v1/claims/${canaries['number']}?x=${canaries['password']}`, undefined),
      await json('GET', `/nowhere/${canaries['citizenId']}`, undefined),
      await json('PUT', '/control/scenarios', { scenario: canaries['password'] }, control),
      await json('GET', '/control/clock', undefined, { 'x-bhxh-admin-key': canaries['password'] }),
    ];
    const received = await post('/api/qd130/guiHoSoXmlQD3176', fields, token, here);
    expect(received.body['maKetQua']).toBe(200);
    await server.idle();
    await json('POST', '/control/idle', {}, control);
    const metrics = await json('GET', '/metrics', undefined);
    const events = await server.store.read.selectFrom('event').selectAll().execute();
    written.push(
      log,
      metrics.text,
      JSON.stringify(events),
      ...errors.map(({ text }) => text),
      ...errors.map(({ headers }) => JSON.stringify([...headers])),
    );
    const secrets = [
      ...Object.values(canaries),
      ADMIN,
      account.password,
      hospital.md5,
      access,
      id,
      Buffer.from(canaries['name']!).toString('base64').slice(0, 20),
    ];
    looked.push(...secrets);
    expect(leaks(written, looked)).toEqual([]);
    expect(log.split('\n').length).toBeGreaterThan(errors.length);
  }, 60_000);

  it('shows a leak that somebody plants', () => {
    for (const secret of looked) {
      expect(leaks([...written, `{"event":"request","path":"/x","note":"${secret}"}`], looked)).toContain(
        secret,
      );
    }
  });
});
