import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { reservedCard } from '../src/seed/reserved-cards.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, claimPath, createHospital, type Answer, type Hospital } from './hospital.ts';

let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let log: string;

beforeAll(async () => {
  log = '';
  server = await createServer({
    demo: true,
    clock: createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') }),
    log: (entry) => void (log += JSON.stringify(entry)),
  });
  host = await startNodeServer(server);
  hospital = createHospital(host.url, server.accounts[0]!);
  await hospital.login();
}, 60_000);
afterAll(() => host.close());

const INJECTIONS = ["' OR '1'='1", '"; DROP TABLE account; --', "99001'--", '%27%20UNION%20SELECT%201'];

const rows = async (): Promise<number> =>
  (await server.store.read.selectFrom('account').select('id').execute()).length;

/** What no answer may show of the inside. */
const INSIDE = /node_modules|\.ts\b|\bat \w+ \(|\/src\/|\bselect\b|sqlite|stack|hono/i;

describe('SQL in a field', () => {
  it('is text like any other: no login, no card, no document, and every table still there', async () => {
    const before = await rows();
    for (const text of INJECTIONS) {
      const login = await answerOf(
        await fetch(`${host.url}/api/token/take`, {
          method: 'POST',
          body: new URLSearchParams({ username: text, password: '0'.repeat(32) }),
        }),
      );
      expect(login.body['APIKey'] ?? null).toBeNull();
      const card = await hospital.ask('/api/egw/KQNhanLichSuKCB2024', {
        maThe: text,
        hoTen: text,
        ngaySinh: '15/01/1990',
        hoTenCb: text,
        cccdCb: text,
      });
      expect(card.body['maKetQua']).not.toBe('000');
      const query = `maCSKCB=${hospital.facility}&MA_LK=${encodeURIComponent(text)}`;
      expect((await hospital.get(`/bhxh/v1/claims?${query}`)).body['claims'] ?? []).toEqual([]);
      expect((await hospital.get(`/bhxh/v1/claims/${encodeURIComponent(text)}`)).status).not.toBe(200);
      for (const field of ['maCSKCB', 'maTinh', 'loaiHoSo', 'username'] as const) {
        expect((await hospital.claim(Buffer.from('<a/>'), { [field]: text })).body['maKetQua']).not.toBe(200);
      }
    }
    expect(await rows()).toBe(before);
  });
});

describe('an answer', () => {
  it('is never a page that runs what was sent: JSON only, never sniffed, never framed, never cached', async () => {
    const markup = '<script>alert(1)</script>';
    const answers = [
      await hospital.claim(Buffer.from('<a/>'), { loaiHoSo: markup }),
      await hospital.get(`/${encodeURIComponent(markup)}`),
      await hospital.get(`/bhxh/v1/claims?maCSKCB=${encodeURIComponent(markup)}`),
      await hospital.get('/.well-known/bhxh'),
      await hospital.get('/control/clock'),
    ];
    for (const { headers, text } of answers) {
      expect(headers.get('content-type')).toMatch(/^application\/(problem\+)?json/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('location')).toBeNull();
      expect(text).not.toContain('<script>');
    }
  });

  it('to a body of the wrong kind is a refusal that shows nothing of the inside', async () => {
    const headers = {
      accessToken: hospital.tokens().access,
      tokenId: hospital.tokens().id,
      passwordHash: hospital.md5,
    };
    const post = async (
      path: string,
      type: string,
      body: string | Uint8Array<ArrayBuffer>,
    ): Promise<Answer> =>
      await answerOf(
        await fetch(host.url + path, { method: 'POST', headers: { ...headers, 'Content-Type': type }, body }),
      );
    const json = 'application/json';
    const form = 'application/x-www-form-urlencoded';
    for (const answer of [
      await post('/api/token/take', json, '{"username":{"$ne":""},"password":["a"]}'),
      await post('/api/token/take', json, '[]'),
      await post('/api/token/take', json, 'null'),
      await post('/api/token/take', json, '{"__proto__":{"username":"a"}}'),
      await post('/api/token/take', json, `${'['.repeat(10_000)}`),
      await post('/api/token/take', form, new Uint8Array([0xff, 0xfe, 0x00])),
      await post(claimPath, json, '{}'),
      await post(claimPath, 'multipart/form-data; boundary=x', '--x--'),
      await post(claimPath, form, 'username=a&username=b'),
      await post(claimPath, form, '%'),
      await post('/control/clock/advance', json, '{}'),
    ]) {
      expect(answer.status).toBeLessThan(500);
      expect(answer.body['maKetQua']).not.toBe(200);
      expect(answer.body['APIKey'] ?? null).toBeNull();
      expect(answer.text).not.toMatch(INSIDE);
    }
  });
});

describe('a path that climbs', () => {
  it('leads nowhere', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/bhxh/v1/claims/..%2f..%2fetc%2fpasswd',
      '/.well-known/..%5c..%5cready.json',
      '/livez/../../package.json',
    ]) {
      const answer = await hospital.get(path);
      expect([path, answer.status === 404 || answer.status === 403]).toEqual([path, true]);
      expect(answer.text).not.toMatch(/root:|adminKey|"name":/);
    }
  });
});

describe('an account', () => {
  it('cannot be found out: a name that exists, one that does not and a suspended one with a wrong password read alike', async () => {
    const say = async (username: string): Promise<string> =>
      (
        await answerOf(
          await fetch(`${host.url}/api/token/take`, {
            method: 'POST',
            body: new URLSearchParams({ username, password: '2'.repeat(32) }),
          }),
        )
      ).text;
    const suspended = server.accounts[2]!.username;
    await server.store.write((connection) =>
      connection
        .updateTable('account')
        .set({ status: 'suspended' })
        .where('username', '=', suspended)
        .execute(),
    );
    const said = [await say(server.accounts[1]!.username), await say('99777_BV'), await say(suspended)];
    expect(new Set(said).size).toBe(1);
  });

  it('has no password that somebody could know: two starts share none', async () => {
    const second = await createServer({ demo: true });
    const passwords = [...server.accounts, ...second.accounts].map(({ password }) => password);
    expect(new Set(passwords).size).toBe(passwords.length);
    expect(passwords.every((password) => password.length >= 20)).toBe(true);
    await second.close();
    const empty = await createServer();
    expect(empty.accounts).toEqual([]);
    expect(await empty.store.read.selectFrom('account').selectAll().execute()).toEqual([]);
    await empty.close();
  });

  it('sees no document of another facility, whichever of all pairs asks, and hears nothing about it (N-44)', async () => {
    const active = server.accounts.filter(({ facility }, index) => facility !== null && index !== 2);
    const hospitals = active.map((account) => createHospital(host.url, account));
    const ids: string[] = [];
    for (const one of hospitals) {
      await one.login();
      ids.push(String((await one.claim(Buffer.from(`<own f="${one.facility}"/>`))).body['maGiaoDich']));
    }
    const nothing = (await hospitals[0]!.result('99001000000000000000000000000')).text;
    for (const [reader, asker] of hospitals.entries()) {
      for (const [owner, id] of ids.entries()) {
        const answer = await asker.result(id);
        if (reader === owner) expect(answer.status).toBe(200);
        else expect([answer.status, answer.text]).toEqual([403, nothing]);
        const list = await asker.get(`/bhxh/v1/claims?maCSKCB=${hospitals[owner]!.facility}`);
        expect(list.status).toBe(reader === owner ? 200 : 403);
      }
    }
  });
});

it('wrote none of what was tried into the log', () => {
  for (const text of [
    'DROP TABLE',
    '<script>',
    hospital.md5,
    hospital.tokens().access,
    reservedCard('000'),
  ]) {
    expect(log).not.toContain(text);
  }
});
